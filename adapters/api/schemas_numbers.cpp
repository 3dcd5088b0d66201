// Telephone numbers and trunks as JSON Schema: the management surface.
#include "adapters/api/schemas.hpp"

namespace unpod {

const char* const number_schemas = R"({
"Number": {"type": "object",
  "description": "Keys that were given and that the node does not know are shown with it.",
  "required": ["number_id", "number", "project_id", "status", "country", "capabilities", "pipe_id",
    "agent_id", "trunk_type", "trunk_id", "provider_trunk_id", "inbound_trunk_id",
    "outbound_trunk_id", "bridge_slug", "region", "active_call_id", "created", "modified"],
  "properties": {
    "number_id": {"type": "string", "examples": ["NUM_14155550101"]},
    "number": {"type": "string", "description": "E.164", "examples": ["+14155550101"]},
    "project_id": {"type": "string"},
    "status": {"type": "string", "enum": ["available", "assigned", "disabled"]},
    "country": {"$ref": "#/components/schemas/Text"},
    "capabilities": {"type": "array", "items": {"type": "string"}},
    "pipe_id": {"type": ["string", "null"], "description": "What answers its calls"},
    "agent_id": {"$ref": "#/components/schemas/Text"},
    "trunk_type": {"type": "string", "enum": ["byo", "livekit"]},
    "trunk_id": {"$ref": "#/components/schemas/Text"},
    "provider_trunk_id": {"$ref": "#/components/schemas/Text"},
    "inbound_trunk_id": {"$ref": "#/components/schemas/Text"},
    "outbound_trunk_id": {"$ref": "#/components/schemas/Text"},
    "bridge_slug": {"$ref": "#/components/schemas/Text"},
    "region": {"$ref": "#/components/schemas/Text"},
    "active_call_id": {"$ref": "#/components/schemas/Text"},
    "created": {"$ref": "#/components/schemas/Time"},
    "modified": {"$ref": "#/components/schemas/Time"}}},

"NumberPatch": {"type": "object",
  "description": "What is not there stays as it is; other keys are kept and shown again.",
  "properties": {
    "agent_id": {"type": ["string", "null"], "maxLength": 256, "description": "Whose default voice answers"},
    "pipe_id": {"type": ["string", "null"], "maxLength": 256, "description": "The pipe that answers"},
    "status": {"type": ["string", "null"], "enum": ["available", "assigned", "disabled", null], "description": "disabled: takes no calls; available: does again"},
    "country": {"type": ["string", "null"], "pattern": "^$|^[A-Za-z]{2}$"},
    "inbound_trunk_id": {"type": ["string", "null"], "maxLength": 256},
    "outbound_trunk_id": {"type": ["string", "null"], "maxLength": 256},
    "bridge_slug": {"type": ["string", "null"], "maxLength": 256},
    "region": {"type": ["string", "null"], "maxLength": 256},
    "attach_type": {"type": ["string", "null"], "enum": ["agent", "pipeline", null]}},
  "examples": [{"agent_id": "baker"}]},

"NumberCreate": {"type": "object", "required": ["number"],
  "properties": {
    "number": {"type": "string", "pattern": "^\\+[1-9][0-9]{1,14}$", "description": "E.164"},
    "agent_id": {"type": ["string", "null"], "maxLength": 256},
    "pipe_id": {"type": ["string", "null"], "maxLength": 256},
    "country": {"type": ["string", "null"], "pattern": "^$|^[A-Za-z]{2}$"},
    "inbound_trunk_id": {"type": ["string", "null"], "maxLength": 256},
    "outbound_trunk_id": {"type": ["string", "null"], "maxLength": 256},
    "bridge_slug": {"type": ["string", "null"], "maxLength": 256},
    "region": {"type": ["string", "null"], "maxLength": 256}},
  "examples": [{"number": "+14155550101", "agent_id": "baker"}]},

"NumberAttach": {"type": "object",
  "properties": {
    "agent_id": {"type": ["string", "null"], "maxLength": 256},
    "pipe_id": {"type": ["string", "null"], "maxLength": 256},
    "number": {"type": ["string", "null"], "pattern": "^$|^\\+[1-9][0-9]{1,14}$", "description": "Goes before the id in the path, which may be another system's"},
    "inbound_trunk_id": {"type": ["string", "null"], "maxLength": 256},
    "outbound_trunk_id": {"type": ["string", "null"], "maxLength": 256},
    "bridge_slug": {"type": ["string", "null"], "maxLength": 256},
    "region": {"type": ["string", "null"], "maxLength": 256},
    "attach_type": {"type": ["string", "null"], "enum": ["agent", "pipeline", null]}},
  "anyOf": [
    {"required": ["agent_id"], "properties": {"agent_id": {"type": "string", "minLength": 1}}},
    {"required": ["pipe_id"], "properties": {"pipe_id": {"type": "string", "minLength": 1}}}],
  "examples": [{"agent_id": "baker"}]},

"NumberSync": {"type": "object", "required": ["synced", "new"],
  "properties": {"synced": {"type": "integer"}, "new": {"type": "integer"}}},

"Trunk": {"type": "object",
  "required": ["trunk_id", "project_id", "name", "type", "status", "provider_trunk_id",
    "byo_config_provider", "byo_config_sip_domain", "byo_config_auth_username",
    "byo_config_transport", "created", "modified"],
  "properties": {
    "trunk_id": {"type": "string", "examples": ["TK_482910374"]},
    "project_id": {"type": "string"},
    "name": {"type": "string"},
    "type": {"type": "string", "enum": ["byo", "livekit"]},
    "status": {"type": "string"},
    "provider_trunk_id": {"$ref": "#/components/schemas/Text"},
    "byo_config_provider": {"$ref": "#/components/schemas/Text"},
    "byo_config_sip_domain": {"$ref": "#/components/schemas/Text"},
    "byo_config_auth_username": {"$ref": "#/components/schemas/Text"},
    "byo_config_transport": {"$ref": "#/components/schemas/Text"},
    "created": {"type": "string", "format": "date-time"},
    "modified": {"type": "string", "format": "date-time"}}},

"TrunkPatch": {"type": "object", "description": "What is not there stays as it is",
  "properties": {
    "name": {"type": "string", "minLength": 1, "maxLength": 256},
    "type": {"type": "string", "enum": ["byo", "livekit"]},
    "provider_trunk_id": {"type": ["string", "null"], "maxLength": 256},
    "byo_config": {"type": ["object", "null"], "properties": {
      "provider": {"type": ["string", "null"], "maxLength": 256},
      "sip_domain": {"type": "string", "minLength": 1, "maxLength": 253, "description": "host or host:port; another one needs auth_password again"},
      "auth_username": {"type": ["string", "null"], "maxLength": 256},
      "auth_password": {"type": ["string", "null"], "maxLength": 256, "description": "Never shown"},
      "transport": {"type": ["string", "null"], "description": "tls, tcp or udp"}}}},
  "examples": [{"name": "carrier"}]},

"TrunkCreate": {"type": "object", "required": ["name", "type"],
  "properties": {
    "name": {"type": "string", "minLength": 1, "maxLength": 256},
    "type": {"type": "string", "enum": ["byo", "livekit"]},
    "provider_trunk_id": {"type": ["string", "null"], "maxLength": 256},
    "byo_config": {"type": ["object", "null"], "required": ["sip_domain"], "properties": {
      "provider": {"type": ["string", "null"], "maxLength": 256},
      "sip_domain": {"type": "string", "minLength": 1, "maxLength": 253, "description": "host or host:port"},
      "auth_username": {"type": ["string", "null"], "maxLength": 256},
      "auth_password": {"type": ["string", "null"], "maxLength": 256, "description": "Never shown"},
      "transport": {"type": ["string", "null"], "description": "tls, tcp or udp", "default": "tls"}}}},
  "examples": [{"name": "carrier", "type": "byo", "byo_config": {"sip_domain": "sip.example.com", "transport": "tls"}}]}
})";

} // namespace unpod
