// Calls, sessions and their tokens as JSON Schema.
#include "adapters/api/schemas.hpp"

namespace unpod {

const char* const call_schemas = R"({
"Turn": {"type": "object", "required": ["role", "content", "timestamp", "turn", "interrupted"],
  "properties": {
    "role": {"type": "string", "enum": ["user", "agent"]},
    "content": {"type": "string", "description": "Of an agent: what the caller really heard"},
    "timestamp": {"$ref": "#/components/schemas/Time"},
    "turn": {"type": "integer"},
    "interrupted": {"type": "boolean"},
    "words": {"description": "Word times, where the provider gives them"},
    "ledger_ms": {"type": "object", "description": "What each stage of an answer took"}}},

"Call": {"type": "object",
  "required": ["call_id", "project_id", "pipe_id", "agent_id", "direction", "from_number",
    "to_number", "number_id", "trunk_id", "attempts", "next_attempt_at", "last_failure",
    "session_id", "room_name", "instructions", "data", "started_at", "ended_at",
    "duration_s", "status", "end_reason", "worker_id", "recording", "recording_url",
    "transcript_turns", "created", "modified"],
  "properties": {
    "call_id": {"type": "string", "examples": ["SCL_0mYb3kQz4cT9aVxW2rLd7e"]},
    "project_id": {"type": "string"},
    "pipe_id": {"$ref": "#/components/schemas/Text"},
    "agent_id": {"$ref": "#/components/schemas/Text"},
    "direction": {"type": "string", "description": "inbound, outbound or web"},
    "from_number": {"$ref": "#/components/schemas/Text"},
    "to_number": {"$ref": "#/components/schemas/Text"},
    "number_id": {"type": ["string", "null"], "description": "Outbound: the number it is called from"},
    "trunk_id": {"type": ["string", "null"], "description": "Outbound: the trunk that dials; `loopback` is the node's synthetic callee"},
    "attempts": {"type": "integer", "description": "Outbound: dialled so often"},
    "next_attempt_at": {"$ref": "#/components/schemas/Time"},
    "last_failure": {"type": ["string", "null"], "description": "How the attempt before ended: no_answer, media_unavailable"},
    "queue_position": {"type": "integer", "description": "Of one call that waits: its place among the project's; 0 beyond 10,000"},
    "session_id": {"type": "string", "description": "The same as call_id"},
    "room_name": {"type": "string"},
    "instructions": {"$ref": "#/components/schemas/Text"},
    "data": {"type": "object", "description": "What the creator attached"},
    "started_at": {"$ref": "#/components/schemas/Time"},
    "ended_at": {"$ref": "#/components/schemas/Time"},
    "duration_s": {"type": "number"},
    "status": {"type": "string", "description": "pending, ringing, active, completed, failed or cancelled"},
    "end_reason": {"$ref": "#/components/schemas/Text"},
    "worker_id": {"type": ["string", "null"], "description": "The runner that answered"},
    "recording": {"$ref": "#/components/schemas/Text"},
    "recording_url": {"type": ["string", "null"], "description": "Signed; it expires, and dies with a restart of the node"},
    "transcript_turns": {"type": "integer"},
    "transcript": {"type": "array", "items": {"$ref": "#/components/schemas/Turn"}, "description": "Not in lists"},
    "usage": {"type": "object", "description": "Seconds, characters and tokens so far, and cost_usd; not in lists"},
    "created": {"$ref": "#/components/schemas/Time"},
    "modified": {"$ref": "#/components/schemas/Time"}}},

"Session": {"type": "object",
  "required": ["session_id", "call_id", "project_id", "room_name", "pipe_id", "agent_id",
    "participant_count", "participants", "started_at", "ended_at", "duration_s", "status", "end_reason", "transcript",
    "recording", "recording_url", "usage", "metadata", "created", "modified"],
  "properties": {
    "session_id": {"type": "string"},
    "call_id": {"type": "string", "description": "The same as session_id"},
    "project_id": {"type": "string"},
    "room_name": {"type": "string"},
    "pipe_id": {"$ref": "#/components/schemas/Text"},
    "agent_id": {"$ref": "#/components/schemas/Text"},
    "participant_count": {"type": "integer"},
    "participants": {"type": "array", "items": {"type": "string"}},
    "started_at": {"$ref": "#/components/schemas/Time"},
    "ended_at": {"$ref": "#/components/schemas/Time"},
    "duration_s": {"type": "integer"},
    "status": {"type": "string", "description": "active, closed or failed"},
    "end_reason": {"$ref": "#/components/schemas/Text"},
    "transcript": {"type": "array", "items": {"$ref": "#/components/schemas/Turn"}},
    "recording": {"$ref": "#/components/schemas/Text"},
    "recording_url": {"type": ["string", "null"], "description": "Signed; it expires, and dies with a restart of the node"},
    "usage": {"type": "object", "description": "Seconds, characters and tokens so far, and cost_usd; empty in lists"},
    "metadata": {"type": "object", "description": "What the token carried"},
    "created": {"$ref": "#/components/schemas/Time"},
    "modified": {"$ref": "#/components/schemas/Time"}}},

"CallCreate": {"type": "object", "required": ["to_number"],
  "properties": {
    "to_number": {"type": "string", "pattern": "^\\+[1-9][0-9]{1,14}$", "description": "E.164"},
    "agent_id": {"type": ["string", "null"], "maxLength": 256, "description": "Who speaks; goes before pipe_id"},
    "pipe_id": {"type": ["string", "null"], "maxLength": 256},
    "from_number": {"type": ["string", "null"], "pattern": "^$|^\\+[1-9][0-9]{1,14}$", "description": "One of the project's numbers; not there: the pipe's own"},
    "instructions": {"type": ["string", "null"], "maxLength": 65536},
    "data": {"type": ["object", "null"], "description": "At most 64 KB; the runner sees it. `timezone` names the callee's zone for calling hours; `loopback` says how a synthetic callee behaves",
      "properties": {"timezone": {"type": "string"}, "loopback": {"type": "object"}}}},
  "anyOf": [
    {"required": ["agent_id"], "properties": {"agent_id": {"type": "string", "minLength": 1}}},
    {"required": ["pipe_id"], "properties": {"pipe_id": {"type": "string", "minLength": 1}}}],
  "examples": [{"to_number": "+14155550101", "agent_id": "baker"}]},

"QueuedCall": {"type": "object",
  "required": ["call_id", "position", "status", "pipe_id", "from_number", "to_number", "trunk_id",
    "attempts", "last_failure", "next_attempt_at", "created"],
  "properties": {
    "call_id": {"type": "string"},
    "position": {"type": "integer", "description": "From 1, in the order in which they are placed"},
    "status": {"type": "string"},
    "pipe_id": {"type": "string"},
    "from_number": {"type": "string"},
    "to_number": {"type": "string"},
    "trunk_id": {"type": "string"},
    "attempts": {"type": "integer"},
    "last_failure": {"$ref": "#/components/schemas/Text"},
    "next_attempt_at": {"$ref": "#/components/schemas/Time"},
    "created": {"$ref": "#/components/schemas/Time"}}},

"SessionTransfer": {"type": "object", "required": ["to"],
  "properties": {
    "to": {"type": "object", "required": ["type"], "properties": {
      "type": {"type": "string", "enum": ["sip", "agent", "webrtc", "livekit"]},
      "config": {"type": ["object", "null"], "properties": {
        "agent_id": {"type": "string", "maxLength": 256, "description": "agent: who takes over, with the history"},
        "announcement": {"type": "string", "maxLength": 4096, "description": "agent, warm: said first"},
        "metadata": {"type": "object", "description": "agent: for the one who takes over"},
        "session_id": {"type": "string", "maxLength": 256, "description": "webrtc: whose caller joins"},
        "number": {"type": "string", "maxLength": 256, "description": "sip: E.164, allowed by the pipe"}}}}},
    "mode": {"type": "string", "enum": ["cold", "warm"], "default": "cold"},
    "warm_handoff_ms": {"type": ["integer", "null"], "minimum": 0, "maximum": 600000, "description": "Kept for the SDK: an announcement is always heard out"},
    "drop_participant_id": {"type": ["string", "null"], "maxLength": 256, "description": "Shown out when it is done"}},
  "examples": [{"to": {"type": "agent", "config": {"agent_id": "billing", "announcement": "One moment please."}}, "mode": "warm"}]},

"CallSay": {"type": "object", "required": ["text"],
  "properties": {"text": {"type": "string", "minLength": 1, "maxLength": 2000}},
  "examples": [{"text": "This call may be listened to by a colleague."}]},

"CallSaid": {"type": "object", "required": ["call_id", "status"],
  "properties": {"call_id": {"type": "string"}, "status": {"type": "string"}}},

"SessionTransferred": {"type": "object", "required": ["session_id", "added_participant_id", "mode"],
  "properties": {"session_id": {"type": "string"}, "added_participant_id": {"type": "string"},
    "mode": {"type": "string"}, "removed_participant_id": {"type": "string"}}},

"SessionMerged": {"type": "object", "required": ["primary_session_id", "outcomes"],
  "properties": {"primary_session_id": {"type": "string"},
    "outcomes": {"type": "array", "items": {"type": "object",
      "required": ["session_id", "status", "moved_participant_ids"],
      "properties": {
        "session_id": {"type": "string"},
        "status": {"type": "string", "enum": ["merged", "failed"]},
        "moved_participant_ids": {"type": "array", "items": {"type": "string"}},
        "error": {"type": "string"}}}}}},

"SessionMerge": {"type": "object", "required": ["primary_session_id", "secondary_session_ids"],
  "properties": {
    "primary_session_id": {"type": "string", "minLength": 1, "maxLength": 256},
    "secondary_session_ids": {"type": "array", "minItems": 1, "maxItems": 16, "uniqueItems": true,
      "items": {"type": "string", "minLength": 1, "maxLength": 256}},
    "drop_participants": {"type": ["array", "null"], "maxItems": 16, "items": {"type": "object",
      "required": ["participant_id"], "properties": {"participant_id": {"type": "string", "minLength": 1, "maxLength": 256}}}}},
  "examples": [{"primary_session_id": "SCL_1", "secondary_session_ids": ["SCL_2"]}]},

"SessionEnd": {"type": "object", "required": ["session_id", "state"],
  "properties": {"session_id": {"type": "string"}, "state": {"type": "string"}}},

"TokenCreate": {"type": "object", "required": ["pipe_id"],
  "properties": {
    "pipe_id": {"type": "string"},
    "metadata": {"type": ["object", "null"], "description": "At most 64 KB; the runner sees it. With listen_only and the call_id of a live call of this pipe the token lets a supervisor hear that call, never be heard"}},
  "examples": [{"pipe_id": "PIPE_0mYb3kQz4cT9aVxW2rLd7e", "metadata": {"order": 17}}]},

"SessionToken": {"type": "object", "required": ["token", "expires_at"],
  "properties": {
    "token": {"type": "string", "description": "Shown here and nowhere else; used once, in /v1/pipes/{pipe_id}/connect?token="},
    "expires_at": {"type": "string", "format": "date-time"}}}
})";

} // namespace unpod
