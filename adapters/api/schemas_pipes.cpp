// Pipes and agents as JSON Schema.
#include "adapters/api/schemas.hpp"

namespace unpod {

const char* const pipe_schemas = R"({
"Pipe": {"type": "object",
  "description": "Keys that were given and that the node does not know are shown with it.",
  "required": ["pipe_id", "name", "project_id", "voice_profile_id", "agent_id", "agent_endpoint",
    "recording", "max_call_duration_s", "status", "first_speaker", "greeting", "stt_grammar",
    "apology", "created", "modified"],
  "properties": {
    "pipe_id": {"type": "string", "examples": ["PIPE_0mYb3kQz4cT9aVxW2rLd7e"]},
    "name": {"type": "string"},
    "project_id": {"type": "string"},
    "voice_profile_id": {"$ref": "#/components/schemas/Text"},
    "agent_id": {"$ref": "#/components/schemas/Text"},
    "agent_endpoint": {"$ref": "#/components/schemas/Text"},
    "recording": {"type": "boolean"},
    "max_call_duration_s": {"type": "integer"},
    "max_concurrent": {"type": "integer", "description": "Calls at once; not there: the node's own limit"},
    "status": {"type": "string"},
    "first_speaker": {"$ref": "#/components/schemas/Text"},
    "greeting": {"$ref": "#/components/schemas/Text"},
    "stt_grammar": {"$ref": "#/components/schemas/Text"},
    "apology": {"$ref": "#/components/schemas/Text"},
    "end_of_turn_silence_ms": {"type": "integer"},
    "barge_in_min_speech_ms": {"type": "integer"},
    "created": {"$ref": "#/components/schemas/Time"},
    "modified": {"$ref": "#/components/schemas/Time"}}},

"PipePatch": {"type": "object",
  "description": "What is not there stays as it is; other keys are kept and shown again.",
  "properties": {
    "name": {"type": "string", "maxLength": 256},
    "agent_id": {"type": ["string", "null"], "maxLength": 256, "description": "Whose runners answer"},
    "agent_endpoint": {"type": ["string", "null"], "maxLength": 4096, "pattern": "^$|^(ws|http)s?://",
      "description": "A runner that serves: ws:// or wss://"},
    "agent_secret": {"type": ["string", "null"], "maxLength": 256, "description": "Signs the handshake with agent_endpoint; never shown"},
    "voice_profile": {"type": ["string", "null"], "maxLength": 256, "description": "Id or name of a voice profile"},
    "voice_profile_id": {"type": ["string", "null"], "maxLength": 256, "description": "The same; voice_profile wins"},
    "recording": {"type": ["boolean", "object", "null"]},
    "max_call_duration_s": {"type": ["integer", "null"], "minimum": 1, "maximum": 86400},
    "max_concurrent": {"type": ["integer", "null"], "minimum": 0, "maximum": 100000, "description": "Calls at once; 0: the node's own limit"},
    "greeting": {"type": ["string", "null"], "maxLength": 4096, "description": "What is said first"},
    "first_speaker": {"type": ["string", "null"], "maxLength": 256, "description": "agent or user"},
    "apology": {"type": ["string", "null"], "maxLength": 4096, "description": "What is said when a call cannot go on"},
    "stt_grammar": {"type": ["string", "null"], "maxLength": 65536, "description": "JSGF: all that the recogniser listens for"},
    "end_of_turn_silence_ms": {"type": ["integer", "null"], "minimum": 0, "maximum": 5000, "description": "0: the node's default"},
    "barge_in_min_speech_ms": {"type": ["integer", "null"], "minimum": 0, "maximum": 5000, "description": "0: the node's default"}},
  "examples": [{"greeting": "Good morning, this is the bakery.", "recording": true}]},

"PipeCreate": {"allOf": [{"$ref": "#/components/schemas/PipePatch"}],
  "type": "object", "required": ["name"],
  "properties": {"name": {"type": "string", "minLength": 1, "maxLength": 256}},
  "examples": [{"name": "bakery", "agent_id": "baker", "voice_profile": "embedded-en"}]},

"Brain": {"type": "object", "required": ["type"],
  "description": "Who thinks. Only runner can be called on this node.",
  "properties": {
    "type": {"type": "string", "enum": ["runner", "prompt", "endpoint", "playbook"]},
    "ref": {"type": "string", "description": "runner: the agent_id its runners register under; prompt: the text; endpoint: the URL; playbook: its id"},
    "cfg": {"type": "object", "description": "endpoint: model, timeout_s and the like; api_key and headers are never shown"}}},

"Agent": {"type": "object",
  "required": ["agent_id", "name", "brain", "brain_execution", "voices"],
  "properties": {
    "agent_id": {"type": "string"},
    "name": {"type": "string"},
    "brain": {"type": "object", "description": "As it was given, without secrets"},
    "brain_execution": {"type": "string"},
    "voices": {"type": "array", "items": {"$ref": "#/components/schemas/AgentVoice"}}}},

"AgentVoice": {"type": "object",
  "required": ["agent_id", "voice_profile_id", "name", "brain", "brain_execution", "is_default", "pipe_id"],
  "properties": {
    "agent_id": {"type": "string"},
    "voice_profile_id": {"$ref": "#/components/schemas/Text"},
    "name": {"type": "string"},
    "brain": {"type": "object"},
    "brain_execution": {"type": "string"},
    "is_default": {"type": "boolean"},
    "pipe_id": {"type": "string"}}},

"AgentCreate": {"type": "object", "required": ["agent_id", "brain"],
  "properties": {
    "agent_id": {"type": "string", "minLength": 1, "maxLength": 256},
    "name": {"type": ["string", "null"], "maxLength": 256, "description": "Not there: the agent_id"},
    "brain": {"$ref": "#/components/schemas/Brain"},
    "brain_execution": {"type": ["string", "null"], "maxLength": 256},
    "voice_profile": {"type": ["string", "null"], "maxLength": 256, "description": "Id or name of a voice profile"},
    "greeting": {"type": ["string", "null"], "maxLength": 4096},
    "recording": {"type": ["boolean", "object", "null"]},
    "max_call_duration_s": {"type": ["integer", "null"], "minimum": 1, "maximum": 86400},
    "max_concurrent": {"type": ["integer", "null"], "minimum": 0, "maximum": 100000}},
  "examples": [{"agent_id": "baker", "brain": {"type": "runner"}, "voice_profile": "embedded-en"}]}
})";

} // namespace unpod
