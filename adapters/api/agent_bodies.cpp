#include "adapters/api/agent_bodies.hpp"

#include "adapters/api/brains.hpp"
#include "adapters/api/member_reader.hpp"

#include <cctype>

namespace unpod {

namespace {

bool is_object(const json::value& body, std::string& why) {
  if (!body.IsObject())
    why = "the body must be a JSON object";
  return body.IsObject();
}

/// The brain and, with a runner's, whose runners answer.
void read_brain_member(member_reader& members, bool partial, pipe_record& into, std::string& why) {
  const auto* brain = members.wanted("brain");
  if (!why.empty() || (partial && (!brain || brain->IsNull())))
    return;
  static const json::value nothing;
  if (!read_brain(brain ? *brain : nothing, into.brain_json, into.brain_json, why))
    return;
  const bool runs = json::text(*brain, "type") == "runner";
  into.runner_agent = agent_id{runs ? json::text(*brain, "ref").value_or("") : ""};
}

/// The older call's names for a brain: kept, they would look as if they were one.
void refuse_sources(const json::value& body, member_reader& members) {
  for (const auto* source : {"prompt", "playbook"})
    if (json::member(body, source))
      members.fail(source, "is a brain's ref here: send brain");
}

void refuse_rest(member_reader& members, const std::string& words) {
  const auto rest = members.rest();
  if (rest == "{}")
    return;
  std::string why;
  const auto other = json::parse(rest, extra_depth_max, why);
  members.fail(other && other->IsObject() ? other->MemberBegin()->name.GetString() : "the body",
               words);
}

} // namespace

bool read_agent(const json::value& body, const body_rules& rules, pipe_record& into,
                std::string& why) {
  if (!is_object(body, why))
    return false;
  member_reader members{body, why};
  read_agent_id(members, into.agent);
  if (into.agent.empty())
    members.fail("agent_id", "is missing");
  read_profile(members, rules, into);
  read_common(body, members, rules, into);
  if (into.name.empty())
    into.name = into.agent.str();
  read_brain_member(members, false, into, why);
  refuse_sources(body, members);
  keep_rest(body, members, false, into);
  return why.empty();
}

bool read_agent_change(const json::value& body, const body_rules& rules, pipe_record& into,
                       std::string& why) {
  if (!is_object(body, why))
    return false;
  member_reader members{body, why};
  std::string agent = into.agent.str();
  members.text("agent_id", agent);
  if (agent != into.agent.str())
    members.fail("agent_id", "cannot be changed: create another agent");
  for (const auto* own : {"voice_profile", "voice_profile_id"})
    if (members.wanted(own))
      members.fail(own, "is a voice's own: POST /v1/agents/" + into.agent.str() + "/voices");
  read_common(body, members, rules, into);
  if (into.name.empty())
    members.fail("name", "must not be empty");
  read_brain_member(members, true, into, why);
  refuse_sources(body, members);
  keep_rest(body, members, true, into);
  return why.empty();
}

bool read_new_voice(const json::value& body, const body_rules& rules, pipe_record& into,
                    std::string& why) {
  if (!is_object(body, why))
    return false;
  member_reader members{body, why};
  if (!json::member(body, "voice_profile") && !json::member(body, "voice_profile_id"))
    members.fail("voice_profile", "is missing");
  into.voice_profile.clear();
  read_profile(members, rules, into);
  members.text("greeting", into.greeting, long_text_bytes_max);
  refuse_rest(members, "is no voice's own: PUT /v1/agents/" + into.agent.str());
  return why.empty();
}

bool read_voice_change(const json::value& body, pipe_record& into, bool& make_default,
                       std::string& why) {
  if (!is_object(body, why))
    return false;
  member_reader members{body, why};
  members.text("greeting", into.greeting, long_text_bytes_max);
  make_default = into.is_default;
  const auto* wish = members.wanted("is_default");
  if (wish && !wish->IsBool())
    members.fail("is_default", "must be true");
  else if (wish && !wish->GetBool() && into.is_default)
    members.fail("is_default", "cannot be taken away: make another voice the default");
  else if (wish && wish->GetBool())
    make_default = true;
  refuse_rest(members, "is no voice's own: PUT /v1/agents/" + into.agent.str());
  return why.empty();
}

bool read_voice_agent(const json::value& body, const body_rules& rules, pipe_record& into,
                      std::string& why) {
  if (!is_object(body, why))
    return false;
  static constexpr const char* sources[] = {"agent_id", "agent_endpoint", "prompt", "playbook"};
  std::string source;
  for (const auto* one : sources)
    if (const auto* found = json::member(body, one); found && !found->IsNull()) {
      if (!source.empty() || !found->IsString() || found->GetStringLength() == 0) {
        why = source.empty() ? std::string{one} + " must be text"
                             : source + " and " + one
                                 + " are given: exactly one of agent_id, agent_endpoint, prompt "
                                   "and playbook is wanted";
        return false;
      }
      source = one;
    }
  member_reader members{body, why};
  if (source.empty())
    members.fail("agent_id,",
                 "agent_endpoint, prompt or playbook is missing: exactly one is wanted");
  std::string prompt, playbook;
  read_agent_id(members, into.agent);
  members.text("prompt", prompt, extra_bytes_max);
  members.text("playbook", playbook, extra_bytes_max);
  read_profile(members, rules, into);
  read_common(body, members, rules, into);
  if (into.name.empty())
    members.fail("name", "is missing");
  if (members.wanted("brain"))
    members.fail("brain", "is one of agent_id, agent_endpoint, prompt and playbook here");
  keep_rest(body, members, false, into);
  if (source == "prompt" || source == "playbook")
    into.brain_json =
      json_line{}.text("type", source).text("ref", source == "prompt" ? prompt : playbook).str();
  return why.empty();
}

std::string slug_of(const std::string& name) {
  std::string slug;
  for (const unsigned char c : name)
    if (c < 0x80 && std::isalnum(c))
      slug += static_cast<char>(std::tolower(c));
    else if (!slug.empty() && slug.back() != '-')
      slug += '-';
  while (!slug.empty() && slug.back() == '-')
    slug.pop_back();
  return slug.empty() ? "agent" : slug;
}

} // namespace unpod
