// What a node knows without asking an actor, as Prometheus text.
#pragma once

#include "adapters/http/server.hpp"
#include "adapters/media/call_media.hpp"

#include <string>

namespace unpod {

std::string gauges_text(const media_figures& media, const http_figures& http);

} // namespace unpod
