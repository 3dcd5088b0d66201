#include "adapters/api/schemas.hpp"

#include "messages/json_line.hpp"

namespace unpod {

const char* const common_schemas = R"({
"Text": {"type": ["string", "null"]},
"Time": {"type": ["string", "null"], "format": "date-time"},
"Error": {"type": "object", "required": ["detail"], "properties": {
  "detail": {"type": "string", "description": "What is wrong, in words: names the field, says what to do"},
  "code": {"type": "string", "description": "There where programs tell cases apart"}}}
})";

std::string every_schema() {
  json_line all;
  for (const auto* group : {common_schemas, pipe_schemas, call_schemas, number_schemas,
                            telephony_schemas, analytics_schemas, tool_schemas, webhook_schemas,
                            account_schemas, node_schemas, watch_schemas})
    all.members_of(group);
  return all.str();
}

} // namespace unpod
