// Analytics blocks and results as JSON Schema.
#include "adapters/api/schemas.hpp"

namespace unpod {

const char* const analytics_schemas = R"({
"AnalyticsField": {"type": "object", "required": ["name"],
  "description": "choices are needed for the type enum, and refused for any other.",
  "properties": {
    "name": {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[^.\\x00-\\x1f]+$"},
    "type": {"type": "string", "enum": ["str", "int", "float", "bool", "list[str]", "enum"], "default": "str"},
    "description": {"type": ["string", "null"], "maxLength": 4096},
    "choices": {"type": ["array", "null"], "minItems": 1, "maxItems": 64, "uniqueItems": true,
      "items": {"type": "string", "minLength": 1, "maxLength": 256}}},
  "if": {"required": ["type"], "properties": {"type": {"const": "enum"}}},
  "then": {"required": ["choices"], "properties": {"choices": {"type": "array"}}},
  "else": {"properties": {"choices": {"type": "null"}}}},

"AnalyticsBlockPatch": {"type": "object",
  "description": "What is not there stays as it is.",
  "properties": {
    "name": {"type": "string", "minLength": 1, "maxLength": 256},
    "prompt": {"type": "string", "minLength": 1, "maxLength": 16384, "description": "What the model shall judge"},
    "fields": {"type": ["array", "null"], "maxItems": 64, "items": {"$ref": "#/components/schemas/AnalyticsField"},
      "description": "What to extract; a summary always is"},
    "summary_description": {"type": ["string", "null"], "maxLength": 4096},
    "model": {"type": ["string", "null"], "maxLength": 256, "description": "Not there: the node's default"},
    "success_enabled": {"type": ["boolean", "null"]},
    "success_description": {"type": ["string", "null"], "maxLength": 4096},
    "success_type": {"type": ["string", "null"], "enum": ["bool", "enum", null]},
    "success_choices": {"type": ["array", "null"], "minItems": 1, "maxItems": 64, "uniqueItems": true,
      "items": {"type": "string", "minLength": 1, "maxLength": 256}, "description": "Needed for the success_type enum, refused for bool; alone they mean enum"},
    "condition": {"type": ["object", "null"], "additionalProperties": false,
      "properties": {"min_turns": {"type": "integer", "minimum": 0, "maximum": 10000}},
      "description": "Which sessions it is asked of"}},
  "if": {"required": ["success_type"], "properties": {"success_type": {"const": "enum"}}},
  "then": {"required": ["success_choices"], "properties": {"success_choices": {"type": "array"}}},
  "else": {"if": {"required": ["success_type"], "properties": {"success_type": {"const": "bool"}}},
    "then": {"properties": {"success_choices": {"type": "null"}}}},
  "examples": [{"prompt": "Is the caller a qualified lead, and why?"}]},

"AnalyticsBlockCreate": {"allOf": [{"$ref": "#/components/schemas/AnalyticsBlockPatch"}],
  "type": "object", "required": ["name", "prompt"],
  "examples": [{"name": "Lead qualification", "prompt": "Is the caller a qualified lead, and why?",
    "fields": [{"name": "budget", "type": "int"},
      {"name": "mood", "type": "enum", "choices": ["pleased", "neutral", "annoyed"]}]}]},

"AnalyticsAttach": {"type": "object", "required": ["agent_id"],
  "properties": {"agent_id": {"type": "string", "minLength": 1, "maxLength": 256, "pattern": "^[^ \\t\\r\\n]+$"}},
  "examples": [{"agent_id": "baker"}]},

"AnalyticsTemplate": {"type": "object",
  "required": ["template_id", "name", "description", "prompt", "fields"],
  "properties": {
    "template_id": {"type": "string"},
    "name": {"type": "string"},
    "description": {"type": "string"},
    "prompt": {"type": "string"},
    "fields": {"type": "array", "items": {"$ref": "#/components/schemas/AnalyticsField"}},
    "summary_description": {"type": "string"},
    "success_description": {"type": "string"},
    "success_type": {"type": "string", "enum": ["bool", "enum"]},
    "success_choices": {"type": "array", "items": {"type": "string"}},
    "condition": {"type": "object"}}},

"AnalyticsBlock": {"type": "object",
  "required": ["block_id", "name", "prompt", "fields", "summary_description", "model", "project_id",
    "org_id", "success_enabled", "success_description", "success_type", "success_choices",
    "condition", "template_id", "version", "state", "agent_ids", "created", "modified"],
  "properties": {
    "block_id": {"type": "string", "examples": ["ABK_0mYb3kQz4cT9aVxW2rLd7e"]},
    "name": {"type": "string"},
    "prompt": {"type": "string"},
    "fields": {"type": "array", "items": {"$ref": "#/components/schemas/AnalyticsField"}},
    "summary_description": {"$ref": "#/components/schemas/Text"},
    "model": {"$ref": "#/components/schemas/Text"},
    "project_id": {"type": "string"},
    "org_id": {"$ref": "#/components/schemas/Text"},
    "success_enabled": {"type": "boolean"},
    "success_description": {"$ref": "#/components/schemas/Text"},
    "success_type": {"type": "string", "enum": ["bool", "enum"]},
    "success_choices": {"type": ["array", "null"], "items": {"type": "string"}},
    "condition": {"type": ["object", "null"]},
    "template_id": {"$ref": "#/components/schemas/Text"},
    "version": {"type": "integer", "minimum": 1},
    "state": {"type": "string", "enum": ["active", "archived"]},
    "agent_ids": {"type": "array", "items": {"type": "string"}},
    "created": {"$ref": "#/components/schemas/Time"},
    "modified": {"$ref": "#/components/schemas/Time"}}},

"AnalyticsResult": {"type": "object",
  "required": ["result_id", "block_id", "name", "session_id", "call_id", "agent_id", "status",
    "summary", "success_evaluation", "data", "error", "model", "latency_ms", "block_version",
    "created"],
  "properties": {
    "result_id": {"type": "string"},
    "block_id": {"type": "string"},
    "name": {"$ref": "#/components/schemas/Text"},
    "session_id": {"type": "string"},
    "call_id": {"type": "string"},
    "agent_id": {"$ref": "#/components/schemas/Text"},
    "status": {"type": "string", "enum": ["ok", "failed", "skipped"]},
    "summary": {"type": "string"},
    "success_evaluation": {"type": ["boolean", "string", "null"]},
    "data": {"type": "object", "description": "The block's own fields"},
    "error": {"$ref": "#/components/schemas/Text"},
    "model": {"$ref": "#/components/schemas/Text"},
    "latency_ms": {"type": ["integer", "null"]},
    "block_version": {"type": "integer"},
    "created": {"$ref": "#/components/schemas/Time"}}},

"AnalyticsColumn": {"type": "object", "required": ["key", "name", "type"],
  "properties": {
    "key": {"type": "string", "description": "Where a row has its value"},
    "name": {"type": "string"},
    "type": {"type": "string"},
    "description": {"type": "string"},
    "choices": {"type": "array", "items": {"type": "string"}}}},

"AnalyticsTable": {"type": "object", "required": ["columns", "rows"],
  "properties": {
    "columns": {"type": "array", "items": {"$ref": "#/components/schemas/AnalyticsColumn"}},
    "rows": {"type": "array", "items": {"type": "object"}}}}
})";

} // namespace unpod
