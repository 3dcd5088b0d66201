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
    "to_number", "session_id", "room_name", "instructions", "data", "started_at", "ended_at",
    "duration_s", "status", "end_reason", "worker_id", "recording", "transcript_turns", "created",
    "modified"],
  "properties": {
    "call_id": {"type": "string", "examples": ["SCL_0mYb3kQz4cT9aVxW2rLd7e"]},
    "project_id": {"type": "string"},
    "pipe_id": {"$ref": "#/components/schemas/Text"},
    "agent_id": {"$ref": "#/components/schemas/Text"},
    "direction": {"type": "string", "description": "inbound, outbound or web"},
    "from_number": {"$ref": "#/components/schemas/Text"},
    "to_number": {"$ref": "#/components/schemas/Text"},
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
    "transcript_turns": {"type": "integer"},
    "transcript": {"type": "array", "items": {"$ref": "#/components/schemas/Turn"}, "description": "Not in lists"},
    "created": {"$ref": "#/components/schemas/Time"},
    "modified": {"$ref": "#/components/schemas/Time"}}},

"Session": {"type": "object",
  "required": ["session_id", "call_id", "project_id", "room_name", "pipe_id", "participant_count",
    "participants", "started_at", "ended_at", "duration_s", "status", "end_reason", "transcript",
    "recording", "usage", "metadata", "created", "modified"],
  "properties": {
    "session_id": {"type": "string"},
    "call_id": {"type": "string", "description": "The same as session_id"},
    "project_id": {"type": "string"},
    "room_name": {"type": "string"},
    "pipe_id": {"$ref": "#/components/schemas/Text"},
    "participant_count": {"type": "integer"},
    "participants": {"type": "array", "items": {"type": "string"}},
    "started_at": {"$ref": "#/components/schemas/Time"},
    "ended_at": {"$ref": "#/components/schemas/Time"},
    "duration_s": {"type": "integer"},
    "status": {"type": "string", "description": "active, closed or failed"},
    "end_reason": {"$ref": "#/components/schemas/Text"},
    "transcript": {"type": "array", "items": {"$ref": "#/components/schemas/Turn"}},
    "recording": {"$ref": "#/components/schemas/Text"},
    "usage": {"type": "object"},
    "metadata": {"type": "object", "description": "What the token carried"},
    "created": {"$ref": "#/components/schemas/Time"},
    "modified": {"$ref": "#/components/schemas/Time"}}},

"SessionEnd": {"type": "object", "required": ["session_id", "state"],
  "properties": {"session_id": {"type": "string"}, "state": {"type": "string"}}},

"TokenCreate": {"type": "object", "required": ["pipe_id"],
  "properties": {
    "pipe_id": {"type": "string"},
    "metadata": {"type": ["object", "null"], "description": "At most 64 KB; the runner sees it"}},
  "examples": [{"pipe_id": "PIPE_0mYb3kQz4cT9aVxW2rLd7e", "metadata": {"order": 17}}]},

"SessionToken": {"type": "object", "required": ["token", "expires_at"],
  "properties": {
    "token": {"type": "string", "description": "Shown here and nowhere else; used once, in /v1/pipes/{pipe_id}/connect?token="},
    "expires_at": {"type": "string", "format": "date-time"}}}
})";

} // namespace unpod
