// The node's own things as JSON Schema: voices, runners, health.
#include "adapters/api/schemas.hpp"

namespace unpod {

const char* const node_schemas = R"({
"VoiceProfile": {"type": "object",
  "required": ["profile_id", "name", "description", "gender", "quality", "language", "languages",
    "stt_provider", "stt_model", "stt_languages", "tts_provider", "tts_model", "tts_voice",
    "tts_language", "stt", "tts", "voice_speed", "estimated_cost_per_min_usd", "latency_ms",
    "available", "missing"],
  "properties": {
    "profile_id": {"type": "string"},
    "name": {"type": "string"},
    "description": {"$ref": "#/components/schemas/Text"},
    "gender": {"$ref": "#/components/schemas/Text"},
    "quality": {"$ref": "#/components/schemas/Text"},
    "language": {"type": "string"},
    "languages": {"type": "array", "items": {"type": "string"}},
    "stt_provider": {"$ref": "#/components/schemas/Text"},
    "stt_model": {"$ref": "#/components/schemas/Text"},
    "stt_languages": {"type": "array", "items": {"type": "string"}},
    "tts_provider": {"$ref": "#/components/schemas/Text"},
    "tts_model": {"$ref": "#/components/schemas/Text"},
    "tts_voice": {"$ref": "#/components/schemas/Text"},
    "tts_language": {"type": "string"},
    "stt": {"type": "array", "items": {"$ref": "#/components/schemas/ProviderChoice"}, "description": "In the order of failover"},
    "tts": {"type": "array", "items": {"$ref": "#/components/schemas/ProviderChoice"}},
    "voice_speed": {"type": "number"},
    "estimated_cost_per_min_usd": {"type": ["number", "null"]},
    "latency_ms": {"type": ["integer", "null"]},
    "available": {"type": "boolean", "description": "Can a call use it on this node?"},
    "missing": {"type": ["string", "null"], "description": "What it lacks here, for instance a provider's key"}}},

"ProviderChoice": {"type": "object", "required": ["provider", "model", "voice"],
  "properties": {
    "provider": {"type": "string"},
    "model": {"$ref": "#/components/schemas/Text"},
    "voice": {"$ref": "#/components/schemas/Text"}}},

"SpeechProvider": {"type": "object",
  "required": ["provider", "hears", "speaks", "state", "successes", "failures",
    "failures_in_a_row", "failures_by_kind", "last_failure", "probes", "probes_failed",
    "first_byte_p50_ms", "first_byte_p99_ms", "stt_seconds", "tts_characters"],
  "properties": {
    "provider": {"type": "string", "description": "With its region: deepgram@eu"},
    "hears": {"type": "boolean", "description": "False for those that are part of the node"},
    "speaks": {"type": "boolean"},
    "state": {"type": "string", "enum": ["closed", "open", "half_open"], "description": "Of its circuit breaker; new calls go to closed ones first"},
    "successes": {"type": "integer"},
    "failures": {"type": "integer", "description": "Streams of calls that were lost"},
    "failures_in_a_row": {"type": "integer"},
    "failures_by_kind": {"type": "object", "additionalProperties": {"type": "integer"}},
    "last_failure": {"$ref": "#/components/schemas/Text"},
    "probes": {"type": "integer", "description": "The node's own trials that went well"},
    "probes_failed": {"type": "integer"},
    "first_byte_p50_ms": {"type": ["number", "null"]},
    "first_byte_p99_ms": {"type": ["number", "null"]},
    "stt_seconds": {"type": "number", "description": "Of callers' audio it was given"},
    "tts_characters": {"type": "integer", "description": "It was given to speak"}}},

"ProviderTested": {"type": "object", "required": ["provider", "ok", "took_ms"],
  "properties": {
    "provider": {"type": "string"},
    "ok": {"type": "boolean"},
    "took_ms": {"type": ["number", "null"]},
    "kind": {"type": "string"},
    "why": {"type": "string"}}},

"ProfilesReloaded": {"type": "object", "required": ["profiles", "available"],
  "properties": {"profiles": {"type": "integer"}, "available": {"type": "integer"}}},

"BackupCreate": {"type": "object",
  "properties": {"to": {"type": ["string", "null"], "description": "A name of letters, digits, '-', '_' and '.'; not there: the time"}},
  "examples": [{"to": "before-the-move"}]},

"Backup": {"type": "object", "required": ["folder", "bytes"],
  "properties": {"folder": {"type": "string"}, "bytes": {"type": "integer"}}},

"Runner": {"type": "object",
  "required": ["worker_id", "pool", "agent_id", "max_concurrent", "active_jobs", "reserved",
    "has_capacity", "transport", "voice_profiles", "last_heartbeat_age_s", "kind", "eligible",
    "draining", "hostname", "region", "bridge_base"],
  "properties": {
    "worker_id": {"type": "string"},
    "pool": {"type": "string"},
    "agent_id": {"type": "string"},
    "max_concurrent": {"type": "integer"},
    "active_jobs": {"type": "integer"},
    "reserved": {"type": "integer"},
    "has_capacity": {"type": "boolean"},
    "transport": {"type": "string", "enum": ["dial_out", "serve"]},
    "voice_profiles": {"type": "array", "items": {"type": "string"}},
    "last_heartbeat_age_s": {"type": "number"},
    "kind": {"type": "string"},
    "eligible": {"type": "boolean"},
    "draining": {"type": "boolean"},
    "hostname": {"$ref": "#/components/schemas/Text"},
    "region": {"$ref": "#/components/schemas/Text"},
    "bridge_base": {"$ref": "#/components/schemas/Text"}}},

"Health": {"type": "object", "required": ["status"],
  "properties": {"status": {"type": "string", "enum": ["ok", "draining"]}}},

"OpenAPI": {"type": "object", "required": ["openapi", "info", "paths"]}
})";

} // namespace unpod
