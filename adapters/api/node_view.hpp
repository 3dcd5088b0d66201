// The node at one moment as JSON: figures, limits, threads, latencies, deaths. Pure.
#pragma once

#include "adapters/api/actor_census.hpp"
#include "adapters/api/actor_rows.hpp"
#include "adapters/api/node_figures.hpp"
#include "messages/limits.hpp"
#include "messages/log_book.hpp"
#include "messages/orchestrator.hpp"
#include "messages/providers.hpp"
#include "messages/store.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace unpod {

/// Everything that `GET /v1/node` puts together.
struct node_sight {
  node_figures figures;
  limits bounds;
  std::string metrics; // Prometheus text
  store_health store;
  std::vector<runner_row> runners;
  std::vector<provider_health> providers;
  actor_sums actors;
  std::vector<actor_exit> exits;
  std::map<std::string, std::uint64_t> died;
  both_clocks now;
  bool draining = false;
};

std::string node_json(const node_sight& sight);

std::string log_line_json(const log_line& line);

} // namespace unpod
