// How the API answers: one envelope (contract §1.4), one form of error, times as
// ISO 8601. Pure.
#pragma once

#include "adapters/http/exchange.hpp"
#include "messages/clock.hpp"
#include "messages/refusal.hpp"

#include <caf/error.hpp>

#include <string>
#include <string_view>

namespace unpod {

/// `{"status_code": N, "message": "…", "data": …}`; `data` is JSON already. The
/// SDK unwraps it because `message` is there; without it lists with siblings fail.
http_response ok_answer(int status, std::string_view data_json, std::string_view message = "ok");

/// `{"detail": "…"}`.
http_response error_answer(int status, std::string_view detail);

/// `{"detail": "code: …", "code": "code"}`: for mistakes that programs tell apart. Releases
/// since 0.5 of the SDK read the code beside the detail.
http_response coded_answer(int status, std::string_view code, std::string_view words);

/// The status and words of a refusal by an actor.
http_response refusal_answer(const caf::error& error);

/// 204, no body.
http_response empty_answer();

/// "2026-01-31T12:00:00.000Z", quoted; `null` for 0.
std::string json_time(wall_ms at);

/// A JSON string, or `null` when empty.
std::string json_or_null(std::string_view text);

} // namespace unpod
