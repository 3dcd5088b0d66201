// What a node knows without asking an actor, as Prometheus text.
#pragma once

#include "adapters/http/server.hpp"
#include "adapters/media/call_media.hpp"
#include "messages/outbound.hpp"

#include <string>

namespace unpod {

std::string gauges_text(const media_figures& media, const http_figures& http,
                        const queue_figures& queue);

} // namespace unpod
