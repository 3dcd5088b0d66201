// The API described as an OpenAPI 3.1 document: the table of routes, with what
// route_notes.hpp and schemas.hpp say about each. Pure.
#pragma once

#include "adapters/api/desk.hpp"

#include <string>
#include <vector>

namespace unpod {

extern const char* const program_version;

/// A route without a note is in the document too, under the heading "Other".
std::string openapi_json(const std::vector<api_route>& routes);

} // namespace unpod
