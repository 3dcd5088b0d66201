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

/// A model behind a chat-completions URL, which the node asks itself: no runner is looked for.
inline bool is_model_brain(std::string_view brain_json) {
  const auto type = brain_type_of(brain_json);
  return type == "prompt" || type == "endpoint";
}

/// Is this agent_endpoint a webhook, asked when there is no runner?
inline bool is_webhook(std::string_view endpoint) {
  return endpoint.rfind("http://", 0) == 0 || endpoint.rfind("https://", 0) == 0;
}

/// Why nobody answers for an agent whose brain is of a kind this node cannot run, and what
/// to do; empty when a runner is what was missing.
inline std::string missing_brain_words(std::string_view brain_json, const std::string& agent) {
  if (brain_type_of(brain_json) != "playbook")
    return {};
  return "agent '" + agent
         + "' has a brain of type playbook, which this node cannot run; give it a prompt or an "
           "endpoint, or register a runner as '"
         + agent + "' and give the agent a runner brain";
}

} // namespace unpod
