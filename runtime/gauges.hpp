// What a node knows without asking an actor, as Prometheus text.
#pragma once

#include "adapters/http/server.hpp"
#include "adapters/media/call_media.hpp"
#include "messages/outbound.hpp"

#include <cstddef>
#include <map>
#include <string>

namespace unpod {

std::string gauges_text(const media_figures& media, const http_figures& http,
                        const queue_figures& queue);

/// Connections that stand by for voices, by provider.
std::string standby_gauges_text(const std::map<std::string, std::size_t>& standing);

} // namespace unpod
