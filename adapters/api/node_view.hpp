// The node at one moment as JSON: figures, limits, threads, latencies, deaths. Pure.
#pragma once

#include "adapters/api/actor_rows.hpp"
#include "adapters/api/node_figures.hpp"
#include "messages/limits.hpp"
#include "messages/log_book.hpp"
#include "messages/orchestrator.hpp"
#include "messages/providers.hpp"
#include "messages/store.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unpod {

/// The value in seconds that this share of a histogram's entries stayed below, from
/// Prometheus text, within its bucket by proportion; nothing without entries. The
/// histograms of all labels count together.
std::optional<double> histogram_quantile(std::string_view metrics, std::string_view name,
                                         double share);

/// The sum of a counter over its labels; 0 when there is none.
double counter_total(std::string_view metrics, std::string_view name);

/// Everything that `GET /v1/node` puts together.
struct node_sight {
  node_figures figures;
  limits bounds;
  std::string metrics; // Prometheus text
  store_health store;
  std::vector<runner_row> runners;
  std::vector<provider_health> providers;
  std::vector<activity> actors;
  std::vector<actor_exit> exits;
  std::map<std::string, std::uint64_t> died;
  both_clocks now;
  bool draining = false;
};

std::string node_json(const node_sight& sight);

std::string log_line_json(const log_line& line);

} // namespace unpod
