// Tools and domain dictionaries as JSON Schema.
#include "adapters/api/schemas.hpp"

namespace unpod {

const char* const tool_schemas = R"({
"ToolCatalogue": {"type": "object", "required": ["builtin", "custom"],
  "properties": {
    "builtin": {"type": "array", "items": {"type": "object",
      "required": ["name", "description", "availability", "config_key", "parameters"],
      "properties": {
        "name": {"type": "string"},
        "description": {"type": "string"},
        "availability": {"type": "string", "description": "always or opt-in"},
        "config_key": {"$ref": "#/components/schemas/Text"},
        "parameters": {"type": "object"}}}},
    "custom": {"type": "object",
      "required": ["supported", "config_key", "arg_types", "methods", "default_timeout_s",
        "max_timeout_s", "notes", "example"],
      "properties": {
        "supported": {"type": "boolean", "description": "Do calls run them? Not on this node yet"},
        "config_key": {"type": "string"},
        "arg_types": {"type": "array", "items": {"type": "string"}},
        "methods": {"type": "array", "items": {"type": "string"}},
        "default_timeout_s": {"type": "number"},
        "max_timeout_s": {"type": "number"},
        "notes": {"type": "array", "items": {"type": "string"}},
        "example": {"type": "object"}}}}},

"CustomTool": {"type": "object",
  "required": ["tool_id", "description", "method", "url", "headers", "body", "args", "timeout", "agent_ids"],
  "additionalProperties": false,
  "properties": {
    "tool_id": {"type": "string"},
    "description": {"type": "string"},
    "method": {"type": "string", "enum": ["GET", "POST", "PUT", "PATCH", "DELETE"]},
    "url": {"type": "string"},
    "headers": {"type": "object", "description": "What is a secret by its name, and no template, is shown as a mask; the mask sent back keeps it", "additionalProperties": {"type": "string"}},
    "body": {"type": "object"},
    "args": {"type": "object"},
    "timeout": {"type": ["number", "null"]},
    "agent_ids": {"type": "array", "items": {"type": "string"}}}},

"ToolPut": {"type": "object", "required": ["url"], "additionalProperties": false,
  "description": "In place of all that was there. `{{ args.NAME }}` and `{{ env.NAME }}` may stand in url, headers and body.",
  "properties": {
    "url": {"type": "string", "maxLength": 4096, "pattern": "^https?://", "description": "Its host in plain, neither private nor reserved"},
    "description": {"type": ["string", "null"], "maxLength": 4096},
    "method": {"type": ["string", "null"], "description": "GET, POST, PUT, PATCH or DELETE", "default": "GET"},
    "headers": {"type": ["object", "null"], "additionalProperties": {"type": "string"}},
    "body": {"type": ["object", "null"]},
    "args": {"type": ["object", "null"], "maxProperties": 32,
      "propertyNames": {"pattern": "^[A-Za-z_][A-Za-z0-9_-]{0,63}$"},
      "additionalProperties": {"type": "object", "required": ["type"], "properties": {
        "type": {"type": "string", "enum": ["string", "number", "integer", "boolean", "array", "object"]},
        "description": {"type": "string"},
        "required": {"type": "boolean"}}}},
    "timeout": {"type": ["number", "null"], "exclusiveMinimum": 0, "maximum": 30, "description": "Seconds; 10 unless it says"},
    "tool_id": {"description": "The path says it"},
    "agent_ids": {"description": "Attaching says it"}},
  "examples": [{"url": "https://bakery.example/stock/{{ args.bread }}", "description": "How many loaves of a bread are left", "args": {"bread": {"type": "string", "description": "Which bread", "required": true}}}]},

"AgentAttach": {"type": "object", "required": ["agent_id"],
  "properties": {"agent_id": {"type": "string", "minLength": 1, "maxLength": 256}},
  "examples": [{"agent_id": "baker"}]},

"ToolAttached": {"type": "object", "required": ["tool_id", "agent_id", "attached"],
  "properties": {
    "tool_id": {"type": "string"},
    "agent_id": {"type": "string"},
    "attached": {"type": "boolean"}}},

"DictionaryRow": {"type": "object", "required": ["key", "value"],
  "properties": {"key": {"type": "string"}, "value": {"type": "string"}}},

"Dictionary": {"type": "object",
  "required": ["domain", "resolved_key", "vocabulary", "pronunciation", "fillers", "settings",
    "agent_ids", "updated_by_user_id", "updated_at"],
  "properties": {
    "domain": {"type": "string"},
    "resolved_key": {"type": "null", "description": "No dictionary is bundled with this node"},
    "vocabulary": {"type": "array", "items": {"$ref": "#/components/schemas/DictionaryRow"}, "description": "How a word is heard, and what it may be misheard as"},
    "pronunciation": {"type": "array", "items": {"$ref": "#/components/schemas/DictionaryRow"}, "description": "How a word is said"},
    "fillers": {"type": "array", "items": {"$ref": "#/components/schemas/DictionaryRow"}, "description": "Phrases by language"},
    "settings": {"type": "object"},
    "agent_ids": {"type": "array", "items": {"type": "string"}, "description": "Who is attached; what an agent speaks with is its own `domain`"},
    "seeded": {"type": "boolean"},
    "seed_vocabulary": {"type": "array", "items": {"$ref": "#/components/schemas/DictionaryRow"}},
    "seed_pronunciation": {"type": "array", "items": {"$ref": "#/components/schemas/DictionaryRow"}},
    "updated_by_user_id": {"type": "null"},
    "updated_at": {"$ref": "#/components/schemas/Time"}}},

"DictionaryRows": {"type": ["array", "null"], "maxItems": 2000, "items": {"type": "object", "required": ["key"],
  "properties": {
    "key": {"type": "string", "minLength": 1, "maxLength": 256},
    "value": {"type": ["string", "null"], "maxLength": 4096}}}},

"DictionaryPut": {"type": "object", "additionalProperties": false,
  "description": "In place of all rows that were there; settings that are left out stay.",
  "properties": {
    "vocabulary": {"$ref": "#/components/schemas/DictionaryRows"},
    "pronunciation": {"$ref": "#/components/schemas/DictionaryRows"},
    "fillers": {"$ref": "#/components/schemas/DictionaryRows"},
    "settings": {"type": ["object", "null"]}},
  "examples": [{"vocabulary": [{"key": "rye", "value": "wry"}]}]},

"DictionaryClone": {"type": "object", "required": ["new_domain"],
  "properties": {"new_domain": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[^\\u0000-\\u001f\\u007f]*$", "description": "Without blanks at its ends"}},
  "examples": [{"new_domain": "mill"}]}
})";

} // namespace unpod
