// What a node knows without asking an actor, as Prometheus text.
#pragma once

#include "adapters/api/node_figures.hpp"
#include "adapters/http/server.hpp"
#include "adapters/media/call_media.hpp"
#include "messages/activity_registry.hpp"
#include "messages/outbound.hpp"

#include <cstddef>
#include <map>
#include <string>

namespace unpod {

std::string gauges_text(const media_figures& media, const http_figures& http,
                        const queue_figures& queue);

/// The living actors by kind, what waits for them, and those that died of something.
std::string actor_gauges_text(const activity_registry& actors);

/// Connections that stand by for voices, by provider.
std::string standby_gauges_text(const std::map<std::string, std::size_t>& standing);

/// The process as the Prometheus client libraries name it.
std::string process_gauges_text(const node_figures& process);

} // namespace unpod
