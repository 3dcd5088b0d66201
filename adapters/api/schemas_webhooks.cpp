// Webhooks, their deliveries and usage as JSON Schema.
#include "adapters/api/schemas.hpp"

namespace unpod {

const char* const webhook_schemas = R"({
"WebhookEvents": {"type": ["array", "null"], "maxItems": 6, "description": "Which; none: all of them",
  "items": {"type": "string", "enum": ["call_started", "call_ended", "call_failed",
    "transcript_ready", "recording_ready", "handover_initiated"]}},

"WebhookCreate": {"type": "object", "required": ["url"],
  "properties": {
    "url": {"type": "string", "minLength": 1, "maxLength": 2048, "pattern": "^https?://[^@#/?\\u0000-\\u0020]+[^#\\u0000-\\u0020]*$"},
    "events": {"$ref": "#/components/schemas/WebhookEvents"},
    "description": {"type": ["string", "null"], "maxLength": 256},
    "status": {"type": "string", "enum": ["active", "paused"], "default": "active"}},
  "examples": [{"url": "https://example.org/calls", "events": ["call_ended", "call_failed"]}]},

"WebhookPatch": {"type": "object",
  "properties": {
    "url": {"type": "string", "minLength": 1, "maxLength": 2048},
    "events": {"$ref": "#/components/schemas/WebhookEvents"},
    "description": {"type": ["string", "null"], "maxLength": 256},
    "status": {"type": "string", "enum": ["active", "paused"]},
    "rotate_secret": {"type": ["boolean", "null"], "description": "A new secret, shown in the answer; for a day deliveries are signed with both"}},
  "examples": [{"status": "paused"}, {"rotate_secret": true}]},

"Webhook": {"type": "object",
  "required": ["webhook_id", "project_id", "url", "events", "status", "description",
    "old_secret_until", "created", "modified"],
  "properties": {
    "webhook_id": {"type": "string"},
    "project_id": {"type": "string"},
    "url": {"type": "string"},
    "events": {"type": "array", "items": {"type": "string"}},
    "status": {"type": "string", "description": "active or paused; what a paused one is to be told waits"},
    "description": {"$ref": "#/components/schemas/Text"},
    "secret": {"type": "string", "description": "Signs every delivery; shown when it was made, and nowhere else"},
    "old_secret_until": {"$ref": "#/components/schemas/Time"},
    "created": {"$ref": "#/components/schemas/Time"},
    "modified": {"$ref": "#/components/schemas/Time"}}},

"Delivery": {"type": "object",
  "required": ["delivery_id", "webhook_id", "event", "call_id", "status", "attempts",
    "last_status", "last_error", "due", "delivered_at", "created"],
  "properties": {
    "delivery_id": {"type": "string", "description": "The same for every attempt, and in X-Unpod-Delivery"},
    "webhook_id": {"type": "string"},
    "event": {"type": "string"},
    "call_id": {"$ref": "#/components/schemas/Text"},
    "status": {"type": "string", "description": "pending, delivered or dead"},
    "attempts": {"type": "integer"},
    "last_status": {"type": ["integer", "null"], "description": "Of the last answer; null: none came"},
    "last_error": {"$ref": "#/components/schemas/Text"},
    "due": {"$ref": "#/components/schemas/Time"},
    "delivered_at": {"$ref": "#/components/schemas/Time"},
    "created": {"$ref": "#/components/schemas/Time"},
    "payload": {"type": ["object", "null"], "description": "What is sent; not in lists"}}},

"UsageReport": {"type": "object", "required": ["seq", "counters"],
  "properties": {
    "source": {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9_.-]+$", "default": "sdk", "not": {"const": "node"}},
    "seq": {"type": "integer", "minimum": 0, "maximum": 999999999999, "description": "Which report of this source: it counts once"},
    "counters": {"type": "object", "maxProperties": 32, "propertyNames": {"pattern": "^[A-Za-z0-9_.-]{1,64}$"},
      "additionalProperties": {"type": "integer", "minimum": 0, "maximum": 1000000000000}},
    "providers": {"type": ["object", "null"], "maxProperties": 32, "propertyNames": {"pattern": "^[A-Za-z0-9_.-]{1,64}$"},
      "additionalProperties": {"type": "string", "maxLength": 256}}},
  "examples": [{"source": "sdk", "seq": 1, "counters": {"llm_prompt_tokens": 812, "llm_completion_tokens": 40}}]},

"UsageTaken": {"type": "object", "required": ["session_id", "source", "seq", "duplicate"],
  "properties": {
    "session_id": {"type": "string"},
    "source": {"type": "string"},
    "seq": {"type": "integer"},
    "duplicate": {"type": "boolean", "description": "It was counted before, and is not again"}}},

"Usage": {"type": "object", "required": ["by", "from", "to", "rows", "total", "partial"],
  "properties": {
    "by": {"type": "string"},
    "from": {"$ref": "#/components/schemas/Time"},
    "to": {"$ref": "#/components/schemas/Time"},
    "rows": {"type": "array", "items": {"type": "object"}, "description": "Each with call_id, agent_id or project_id, `calls`, every counter, and cost_usd: null where no voice profile states a price"},
    "total": {"type": "object"},
    "partial": {"type": "boolean", "description": "There was more than one answer holds: ask for a shorter time"}}}
})";

} // namespace unpod
