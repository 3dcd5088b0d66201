// JSON Schema (2020-12) of what the API takes and gives: members of the document's
// components.schemas, one group a file. True to shapes.hpp and bodies.hpp.
#pragma once

#include <string>

namespace unpod {

extern const char* const common_schemas;
extern const char* const pipe_schemas;
extern const char* const call_schemas;
extern const char* const number_schemas;
extern const char* const telephony_schemas;
extern const char* const analytics_schemas;
extern const char* const tool_schemas;
extern const char* const account_schemas;
extern const char* const node_schemas;
extern const char* const webhook_schemas;
extern const char* const watch_schemas;

/// All groups as one object.
std::string every_schema();

} // namespace unpod
