// The node at one moment as JSON: figures, limits, threads, latencies, deaths. Pure.
#pragma once

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

/// The living actors added up: of thousands of them a node's view shows these few figures.
struct actor_sums {
  /// A PROVIDER: whose it is, and the phase it shows.
  struct provider {
    std::uint64_t actor = 0;
    std::string name, state;
  };

  std::uint64_t living = 0, suspended = 0;
  std::uint64_t waiting = 0, waiting_for_store = 0, deepest = 0; // messages
  double per_s = 0;
  std::vector<provider> providers;
};

actor_sums sums_of(const std::vector<activity>& actors);

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
