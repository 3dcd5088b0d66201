// What is seen of a node at work as JSON Schema: actors, the node, its log, timelines.
#include "adapters/api/schemas.hpp"

namespace unpod {

const char* const watch_schemas = R"({
"Actor": {"type": "object",
  "required": ["id", "parent_id", "kind", "subject", "state", "level", "children", "matches",
    "started_at", "age_s", "mailbox", "handled", "per_s", "p50_us", "p99_us", "handler_s",
    "busy_ms", "idle_s", "bytes", "restarts", "last_exit", "suspended"],
  "properties": {
    "id": {"type": "string"},
    "parent_id": {"$ref": "#/components/schemas/Text"},
    "kind": {"type": "string"},
    "subject": {"$ref": "#/components/schemas/Text"},
    "state": {"$ref": "#/components/schemas/Text"},
    "level": {"type": "integer", "description": "In the tree; the root is 0"},
    "children": {"type": "integer", "description": "How many live"},
    "matches": {"type": "boolean", "description": "false: shown only for one below it"},
    "started_at": {"$ref": "#/components/schemas/Time"},
    "age_s": {"type": "number"},
    "mailbox": {"type": "integer", "description": "Messages that wait"},
    "handled": {"type": "integer"},
    "per_s": {"type": "number", "description": "Messages handled in the last second"},
    "p50_us": {"type": "number", "description": "Time of one message; sampled, to within a fifth"},
    "p99_us": {"type": "number"},
    "handler_s": {"type": "number", "description": "Time in its handlers, extrapolated"},
    "busy_ms": {"type": "number", "description": "In its handler now, for so long; 0: it is not"},
    "idle_s": {"type": "number", "description": "Since it began its last message"},
    "bytes": {"type": "integer", "description": "Its own block; what it points to is not counted"},
    "restarts": {"type": "integer", "description": "Deaths of those that were in its place before"},
    "last_exit": {"type": ["string", "null"], "description": "What the last of them died of"},
    "suspended": {"type": "boolean"}}},

"ActorAlone": {"allOf": [{"$ref": "#/components/schemas/Actor"},
  {"type": "object", "required": ["can_suspend", "can_kill", "children_rows", "children_died"],
   "properties": {
     "can_suspend": {"type": "boolean"},
     "can_kill": {"type": "boolean"},
     "children_rows": {"type": "array", "items": {"$ref": "#/components/schemas/Actor"}},
     "children_died": {"type": "array", "items": {"$ref": "#/components/schemas/ActorDeath"}}}}]},

"ActorDeath": {"type": "object",
  "required": ["id", "parent_id", "kind", "subject", "reason", "at"],
  "properties": {
    "id": {"type": "string"},
    "parent_id": {"type": "string"},
    "kind": {"type": "string"},
    "subject": {"$ref": "#/components/schemas/Text"},
    "reason": {"type": "string"},
    "at": {"$ref": "#/components/schemas/Time"}}},

"ActorHold": {"type": "object",
  "properties": {"seconds": {"type": "integer", "minimum": 1, "maximum": 60, "default": 60}},
  "examples": [{"seconds": 10}]},

"ActorTrace": {"type": "object",
  "properties": {
    "seconds": {"type": "integer", "minimum": 1, "maximum": 60, "default": 10},
    "words": {"type": "boolean", "default": false, "description": "Show texts, and what was said in calls among them; without it only their lengths"}},
  "examples": [{"seconds": 10}]},

"ActorChaos": {"type": "object", "required": ["do"],
  "properties": {
    "do": {"type": "string", "enum": ["stall", "slow", "drop"]},
    "seconds": {"type": "integer", "minimum": 1, "maximum": 60, "default": 5},
    "ms": {"type": "integer", "minimum": 1, "maximum": 5000, "default": 100, "description": "What each message of a slowed actor waits for its turn"}},
  "examples": [{"do": "slow", "ms": 200, "seconds": 10}]},

"RunnerDrained": {"type": "object", "required": ["worker_id", "draining"],
  "properties": {"worker_id": {"type": "string"}, "draining": {"type": "boolean"}}},

"Node": {"type": "object",
  "required": ["version", "pid", "status", "started_at", "uptime_s", "cpu_s", "memory_bytes",
    "disk_free_bytes", "calls_live", "calls_started", "calls_ended", "turns", "barge_ins", "seats",
    "latencies", "media_ticks", "media_late_ticks", "realtime", "store", "actors", "limits",
    "providers", "queues", "threads"],
  "properties": {
    "version": {"type": "string"},
    "pid": {"type": "integer"},
    "status": {"type": "string", "enum": ["ok", "draining"]},
    "started_at": {"$ref": "#/components/schemas/Time"},
    "uptime_s": {"type": "number"},
    "cpu_s": {"type": "number"},
    "memory_bytes": {"type": "integer"},
    "disk_free_bytes": {"type": "integer"},
    "calls_live": {"type": "integer"},
    "calls_started": {"type": "integer"},
    "calls_ended": {"type": "integer"},
    "turns": {"type": "integer"},
    "barge_ins": {"type": "integer"},
    "seats": {"type": "object", "properties": {"runners": {"type": "integer"}, "total": {"type": "integer"}, "busy": {"type": "integer"}}},
    "latencies": {"type": "array", "items": {"type": "object", "properties": {"stage": {"type": "string"}, "p50_ms": {"type": ["number", "null"]}, "p95_ms": {"type": ["number", "null"]}, "p99_ms": {"type": ["number", "null"]}}}},
    "media_ticks": {"type": "integer"},
    "media_late_ticks": {"type": "integer"},
    "realtime": {"type": "boolean", "description": "The media threads have real-time priority"},
    "store": {"type": "object", "properties": {"writable": {"type": "boolean"}, "trouble": {"type": ["string", "null"]}, "journal_waiting": {"type": "integer"}, "journal_dropped": {"type": "integer"}}},
    "actors": {"type": "object", "description": "How many live, what waits for them, who died"},
    "limits": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}, "used": {"type": "integer"}, "most": {"type": ["integer", "null"]}, "percent": {"type": ["integer", "null"]}}}},
    "providers": {"type": "array", "items": {"type": "object", "required": ["name", "state"], "properties": {
      "name": {"type": "string"},
      "state": {"type": "string", "description": "closed, open, probing of its breaker; or well, failing, unused"},
      "successes": {"type": "integer"}, "failures": {"type": "integer"}, "failures_in_a_row": {"type": "integer"},
      "last_failure": {"type": ["string", "null"]},
      "first_byte_p50_ms": {"type": ["number", "null"]}, "first_byte_p99_ms": {"type": ["number", "null"]}}}},
    "queues": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}, "used": {"type": "integer", "description": "That wait"}, "most": {"type": ["integer", "null"]}, "percent": {"type": ["integer", "null"]}}}},
    "threads": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}, "id": {"type": "integer"}, "cpu_s": {"type": "number"}}}}}},

"LogLine": {"type": "object",
  "required": ["seq", "at", "level", "room", "about", "actor", "words", "skipped"],
  "properties": {
    "seq": {"type": "integer"},
    "at": {"$ref": "#/components/schemas/Time"},
    "level": {"type": "string", "enum": ["debug", "info", "warn", "error"]},
    "room": {"type": "string"},
    "about": {"type": ["string", "null"], "description": "A call, or a peer"},
    "actor": {"type": ["string", "null"], "description": "The id of the actor that said it"},
    "words": {"type": "string"},
    "skipped": {"type": "integer", "description": "Lines like it that were left out before"}}},

"LogLevelSet": {"type": "object", "required": ["level"],
  "properties": {
    "room": {"type": "string", "description": "As in adapters.speech, or adapters for all below it; not there: every other"},
    "level": {"type": "string", "enum": ["debug", "info", "warn", "error"]}},
  "examples": [{"room": "adapters.speech", "level": "debug"}]},

"LogLevels": {"type": "object", "required": ["level", "rooms"],
  "properties": {
    "level": {"type": "string", "description": "Of rooms without one of their own"},
    "rooms": {"type": "object", "additionalProperties": {"type": "string"}}}},

"Timeline": {"type": "object",
  "required": ["call_id", "status", "started_at", "ended_at", "end_reason", "ended_by", "worker_id",
    "why", "rows"],
  "properties": {
    "call_id": {"type": "string"},
    "status": {"type": "string"},
    "started_at": {"$ref": "#/components/schemas/Time"},
    "ended_at": {"$ref": "#/components/schemas/Time"},
    "end_reason": {"$ref": "#/components/schemas/Text"},
    "ended_by": {"$ref": "#/components/schemas/Text"},
    "worker_id": {"$ref": "#/components/schemas/Text"},
    "why": {"type": "string", "description": "The whole of it in a paragraph"},
    "rows": {"type": "array", "items": {"type": "object", "required": ["at", "after_ms", "kind", "data"],
      "properties": {
        "at": {"$ref": "#/components/schemas/Time"},
        "after_ms": {"type": "integer", "description": "Since the call began"},
        "kind": {"type": "string"},
        "data": {"type": "object"}}}}}}
})";

} // namespace unpod
