// Telephone numbers and trunks as JSON Schema: the SDK's telephony surface.
#include "adapters/api/schemas.hpp"

namespace unpod {

const char* const telephony_schemas = R"({
"TelephonyNumber": {"type": "object", "required": ["id", "number", "active", "state", "agent_id"],
  "properties": {
    "id": {"type": "integer", "description": "The number's digits"},
    "number": {"type": "string"},
    "active": {"type": "boolean"},
    "state": {"type": "string", "enum": ["ASSIGNED", "NOT_ASSIGNED"]},
    "agent_id": {"$ref": "#/components/schemas/Text"}}},

"NumberOverview": {"type": "object",
  "required": ["number", "number_id", "bridge_slug", "connection_state", "termination_kind",
    "agent_id", "provider", "trunk_id", "sync_state", "in_sync"],
  "properties": {
    "number": {"type": "string"},
    "number_id": {"type": "integer"},
    "bridge_slug": {"$ref": "#/components/schemas/Text"},
    "connection_state": {"type": "string", "enum": ["LINKED", "NOT_LINKED"]},
    "termination_kind": {"type": ["string", "null"], "description": "agent or pipeline"},
    "agent_id": {"$ref": "#/components/schemas/Text"},
    "provider": {"$ref": "#/components/schemas/Text"},
    "trunk_id": {"type": ["integer", "null"]},
    "sync_state": {"type": "string"},
    "in_sync": {"type": "boolean"}}},

"NumbersAttach": {"type": "object", "required": ["numbers"],
  "properties": {
    "numbers": {"type": "array", "minItems": 1, "maxItems": 200, "items": {"type": "string", "maxLength": 256}, "description": "E.164; what is none is told in its own result"},
    "agent_id": {"type": ["string", "null"], "maxLength": 256},
    "pipe_id": {"type": ["string", "null"], "maxLength": 256, "description": "attach_type pipeline needs it"},
    "attach_type": {"type": ["string", "null"], "enum": ["agent", "pipeline", null]},
    "bridge_slug": {"type": ["string", "null"], "maxLength": 256},
    "region": {"type": ["string", "null"], "maxLength": 256}},
  "examples": [{"numbers": ["+14155550101"], "agent_id": "baker"}]},

"NumbersDetach": {"type": "object", "required": ["numbers"],
  "properties": {
    "numbers": {"type": "array", "minItems": 1, "maxItems": 200, "items": {"type": "string", "maxLength": 256}}},
  "examples": [{"numbers": ["+14155550101"]}]},

"NumberResult": {"type": "object",
  "required": ["number_id", "number", "connection_state", "agent_id", "ok", "error"],
  "properties": {
    "number_id": {"type": "integer"},
    "number": {"type": "string"},
    "connection_state": {"type": "string", "enum": ["LINKED", "NOT_LINKED", "ERROR"]},
    "agent_id": {"$ref": "#/components/schemas/Text"},
    "ok": {"type": "boolean"},
    "error": {"type": ["string", "null"], "description": "Why not, in words"}}},

"NumberResults": {"type": "object", "required": ["numbers", "message"],
  "properties": {
    "agent_id": {"type": "string"},
    "numbers": {"type": "array", "items": {"$ref": "#/components/schemas/NumberResult"}},
    "message": {"type": "string"}}},

"TelephonyTrunk": {"type": "object",
  "required": ["id", "name", "sip_url", "transport", "port", "auth_username", "auth_password",
    "allowed_ips", "active", "trunk_id", "type"],
  "properties": {
    "id": {"type": "integer"},
    "name": {"type": "string"},
    "sip_url": {"$ref": "#/components/schemas/Text"},
    "transport": {"type": "string"},
    "port": {"$ref": "#/components/schemas/Text"},
    "auth_username": {"$ref": "#/components/schemas/Text"},
    "auth_password": {"type": ["string", "null"], "description": "A mask, or null when there is none"},
    "allowed_ips": {"$ref": "#/components/schemas/Text"},
    "active": {"type": "boolean"},
    "trunk_id": {"type": "string"},
    "type": {"type": "string"}}},

"TelephonyTrunkCreate": {"type": "object", "required": ["name", "sip_url"],
  "properties": {
    "name": {"type": "string", "minLength": 1, "maxLength": 256},
    "sip_url": {"type": "string", "minLength": 1, "maxLength": 256, "description": "sip:host or sip:host:port"},
    "auth_username": {"type": ["string", "null"], "maxLength": 256},
    "auth_password": {"type": ["string", "null"], "maxLength": 256, "description": "Never shown"},
    "transport": {"type": ["string", "null"], "description": "tls, tcp or udp", "default": "tls"},
    "port": {"type": ["string", "integer", "null"]},
    "source_ips": {"type": ["array", "null"], "maxItems": 64, "items": {"type": "string"}, "description": "Addresses and networks"}},
  "examples": [{"name": "carrier", "sip_url": "sip:sip.example.com"}]},

"TelephonyTrunkPatch": {"type": "object", "description": "What is not there stays as it is",
  "properties": {
    "name": {"type": "string", "minLength": 1, "maxLength": 256},
    "sip_url": {"type": "string", "minLength": 1, "maxLength": 256, "description": "Another one needs auth_password again"},
    "auth_username": {"type": ["string", "null"], "maxLength": 256},
    "auth_password": {"type": ["string", "null"], "maxLength": 256, "description": "Never shown"},
    "transport": {"type": ["string", "null"], "description": "tls, tcp or udp"},
    "port": {"type": ["string", "integer", "null"]},
    "source_ips": {"type": ["array", "null"], "maxItems": 64, "items": {"type": "string"}}},
  "examples": [{"name": "carrier"}]},

"TrunkNumbers": {"type": "object", "required": ["number_ids"],
  "properties": {
    "number_ids": {"type": "array", "minItems": 1, "maxItems": 200, "items": {"type": ["integer", "string"], "maxLength": 256}},
    "bridge_slug": {"type": ["string", "null"], "maxLength": 256},
    "region": {"type": ["string", "null"], "maxLength": 256}},
  "examples": [{"number_ids": [14155550101]}]},

"TrunkAttached": {"type": "object", "required": ["trunk_id", "numbers", "message", "origin_endpoint"],
  "properties": {
    "trunk_id": {"type": "integer"},
    "numbers": {"type": "array", "items": {"$ref": "#/components/schemas/NumberResult"}},
    "message": {"type": "string"},
    "origin_endpoint": {"type": "object", "required": ["ingress", "dids", "accepted_source_ips", "region"],
      "properties": {
        "ingress": {"type": "string", "description": "Empty: this node takes no SIP yet"},
        "dids": {"type": "array", "items": {"type": "string"}},
        "accepted_source_ips": {"type": "array", "items": {"type": "string"}},
        "region": {"$ref": "#/components/schemas/Text"}}}}},

"TrunkDetached": {"type": "object", "required": ["trunk_id", "numbers", "message"],
  "properties": {
    "trunk_id": {"type": "integer"},
    "numbers": {"type": "array", "items": {"$ref": "#/components/schemas/NumberResult"}},
    "message": {"type": "string"}}}
})";

} // namespace unpod
