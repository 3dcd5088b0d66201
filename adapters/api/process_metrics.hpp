// What a node knows of its actors and its process, as Prometheus text. Pure.
#pragma once

#include "adapters/api/node_figures.hpp"
#include "messages/activity_registry.hpp"

#include <string>

namespace unpod {

/// The living actors by kind, what waits for them, and those that died of something.
std::string actor_metrics(const activity_registry& actors);

/// The process as the Prometheus client libraries name it.
std::string process_metrics(const node_figures& process);

} // namespace unpod
