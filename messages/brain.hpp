// What kind of brain an agent row has, read without a JSON reader: the API writes
// a brain with its type first.
#pragma once

#include <string>
#include <string_view>

namespace unpod {

/// "runner", "prompt", "endpoint" or "playbook" of `{"type":"…",…}`; empty for anything else.
inline std::string_view brain_type_of(std::string_view brain_json) {
  constexpr std::string_view opening = R"({"type":")";
  if (brain_json.substr(0, opening.size()) != opening)
    return {};
  const auto type = brain_json.substr(opening.size());
  return type.substr(0, type.find('"'));
}

/// Why nobody answers for an agent whose brain is not a runner, and what to do; empty
/// when a runner is what was missing.
inline std::string missing_brain_words(std::string_view brain_json, std::string_view agent_endpoint,
                                       const std::string& agent) {
  const auto type = brain_type_of(brain_json);
  const auto instead = "; register a runner as '" + agent + "' or give the agent a runner brain";
  if (!type.empty() && type != "runner")
    return "agent '" + agent + "' has a brain of type " + std::string{type}
           + ", which this node cannot run yet" + instead;
  if (agent_endpoint.rfind("http", 0) == 0)
    return "the pipe's agent_endpoint is an http address, which this node cannot call yet"
           "; name a runner that serves at ws:// or wss://, or register one as '"
           + agent + "'";
  return {};
}

} // namespace unpod
