// Bodies about agents and their voices into rows (contract §1.6, §1.7), with words for
// every mistake. Pure.
#pragma once

#include "adapters/api/bodies.hpp"

#include <string>

namespace unpod {

/// The body of `POST agents`: a row with a brain.
bool read_agent(const json::value& body, const body_rules& rules, pipe_record& into,
                std::string& why);

/// The body of `PUT agents/{id}`, into each of its rows: what it does not name stays. A
/// voice profile is a voice's own and refused; what only answers say is passed over, so
/// that an agent may be sent back as it was read.
bool read_agent_change(const json::value& body, const body_rules& rules, pipe_record& into,
                       std::string& why);

/// The body of `POST agents/{id}/voices`, into a copy of the agent's default row.
bool read_new_voice(const json::value& body, const body_rules& rules, pipe_record& into,
                    std::string& why);

/// The body of `PATCH agents/{id}/voices/{vp}`: greeting; `is_default`, which can be
/// given and not taken.
bool read_voice_change(const json::value& body, pipe_record& into, bool& make_default,
                       std::string& why);

/// The body of `POST agent/voice`: a pipe from exactly one of agent_id, agent_endpoint,
/// prompt and playbook. A prompt or a playbook makes an agent, whose id is the caller's.
bool read_voice_agent(const json::value& body, const body_rules& rules, pipe_record& into,
                      std::string& why);

/// A handle out of a name: lower case, words joined by '-'; "agent" when nothing is left.
std::string slug_of(const std::string& name);

} // namespace unpod
