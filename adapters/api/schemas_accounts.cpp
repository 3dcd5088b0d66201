// Organisations, projects, keys and the audit log as JSON Schema.
#include "adapters/api/schemas.hpp"

namespace unpod {

const char* const account_schemas = R"({
"Org": {"type": "object",
  "required": ["org_id", "handle", "name", "default_project_id", "created", "modified"],
  "properties": {
    "org_id": {"type": "string"},
    "handle": {"type": "string", "description": "What an Org-Handle header names"},
    "name": {"type": "string"},
    "default_project_id": {"type": "string"},
    "created": {"$ref": "#/components/schemas/Time"},
    "modified": {"$ref": "#/components/schemas/Time"}}},

"OrgCreate": {"type": "object", "required": ["name"],
  "properties": {
    "name": {"type": "string", "minLength": 1, "maxLength": 256},
    "handle": {"type": "string", "description": "1 to 63 letters, digits and '-'; not there: made of the name"}},
  "examples": [{"name": "Brown's bakery", "handle": "browns"}]},

"Project": {"type": "object",
  "required": ["project_id", "org_id", "name", "is_default", "created", "modified"],
  "properties": {
    "project_id": {"type": "string"},
    "org_id": {"type": "string"},
    "name": {"type": "string"},
    "is_default": {"type": "boolean"},
    "created": {"$ref": "#/components/schemas/Time"},
    "modified": {"$ref": "#/components/schemas/Time"}}},

"ProjectMade": {"allOf": [{"$ref": "#/components/schemas/Project"}], "type": "object", "required": ["space_token", "key_id"],
  "properties": {
    "space_token": {"type": "string", "description": "Its first key, shown here and nowhere else"},
    "key_id": {"type": "string"}}},

"ProjectCreate": {"type": "object", "required": ["name"],
  "properties": {
    "name": {"type": "string", "minLength": 1, "maxLength": 256},
    "org_id": {"type": ["string", "null"], "maxLength": 256, "description": "Not there: the key's own"}},
  "examples": [{"name": "bakery"}]},

"ApiKey": {"type": "object",
  "required": ["key_id", "name", "org_id", "project_id", "status", "scopes", "node_admin", "created",
    "last_used"],
  "properties": {
    "key_id": {"type": "string"},
    "name": {"type": "string"},
    "org_id": {"type": "string"},
    "project_id": {"type": "string"},
    "status": {"type": "string", "enum": ["active", "revoked"]},
    "scopes": {"$ref": "#/components/schemas/Scopes"},
    "node_admin": {"type": "boolean"},
    "created": {"$ref": "#/components/schemas/Time"},
    "last_used": {"type": ["string", "null"], "format": "date-time", "description": "To the minute"},
    "raw_key": {"type": "string", "description": "The key itself, once"}}},

"Scopes": {"type": "array", "items": {"type": "string", "enum": ["admin", "call", "read", "runner"]}},

"ApiKeyCreate": {"type": "object", "required": ["name"],
  "properties": {
    "name": {"type": "string", "minLength": 1, "maxLength": 256},
    "org_id": {"type": ["string", "null"], "maxLength": 256, "description": "Not there: the key's own"},
    "project_id": {"type": ["string", "null"], "maxLength": 256, "description": "Not there: the organisation's default project"},
    "scopes": {"type": ["array", "string", "null"], "minItems": 1, "maxItems": 4,
      "items": {"type": "string", "enum": ["admin", "call", "read", "runner"]}, "description": "Not there: admin"},
    "node_admin": {"type": ["boolean", "null"]}},
  "examples": [{"name": "the bakery's runner", "scopes": ["runner"]}]},

"Caller": {"type": "object",
  "required": ["key_id", "name", "org_id", "org_handle", "project_id", "scopes", "node_admin",
    "created", "last_used"],
  "properties": {
    "key_id": {"type": "string"},
    "name": {"$ref": "#/components/schemas/Text"},
    "org_id": {"type": "string"},
    "org_handle": {"type": "string"},
    "project_id": {"type": "string"},
    "scopes": {"$ref": "#/components/schemas/Scopes"},
    "node_admin": {"type": "boolean"},
    "created": {"$ref": "#/components/schemas/Time"},
    "last_used": {"$ref": "#/components/schemas/Time"}}},

"AuditEntry": {"type": "object",
  "required": ["audit_id", "project_id", "key_id", "action", "target", "peer", "at"],
  "properties": {
    "audit_id": {"type": "string"},
    "project_id": {"type": "string"},
    "key_id": {"$ref": "#/components/schemas/Text"},
    "action": {"type": "string", "examples": ["POST /v1/pipes"]},
    "target": {"type": "string", "description": "What it changed"},
    "peer": {"$ref": "#/components/schemas/Text"},
    "at": {"$ref": "#/components/schemas/Time"}}}
})";

} // namespace unpod
