// Ending a call, whoever has it: the CALL QUEUE while it waits, rings or talks outbound,
// else its CALL.
#pragma once

#include "adapters/api/desk.hpp"

#include <functional>

namespace unpod {

/// Ends it, and answers with what `then` makes of the record as it stands afterwards. A live
/// call is over some moments later.
void end_call_then(const api_desk& desk, const api_visit& visit, const call_record& call,
                   std::function<http_response(const call_record& call)> then);

} // namespace unpod
