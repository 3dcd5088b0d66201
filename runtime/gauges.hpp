// What a node knows without asking an actor, as Prometheus text.
#pragma once

#include "adapters/api/node_figures.hpp"
#include "adapters/http/server.hpp"
#include "adapters/media/call_media.hpp"
#include "messages/activity_registry.hpp"
#include "messages/outbound.hpp"

#include <string>

namespace unpod {

std::string gauges_text(const media_figures& media, const http_figures& http,
                        const queue_figures& queue);

/// The living actors by kind, what waits for them, and those that died of something.
std::string actor_gauges_text(const activity_registry& actors);

/// The process as the Prometheus client libraries name it.
std::string process_gauges_text(const node_figures& process);

} // namespace unpod
