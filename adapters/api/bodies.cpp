#include "adapters/api/bodies.hpp"

#include "adapters/api/member_reader.hpp"
#include "messages/json_line.hpp"

#include <algorithm>
#include <cctype>

namespace unpod {

namespace {

void read_profile(member_reader& members, const body_rules& rules, pipe_record& into) {
  std::string wanted = into.voice_profile;
  members.text("voice_profile_id", wanted);
  members.text("voice_profile", wanted);
  const auto fallback = rules.profiles->empty() ? std::string{} : rules.profiles->front().id;
  const auto* profile = find_profile(*rules.profiles, wanted.empty() ? fallback : wanted);
  if (profile)
    into.voice_profile = profile->id;
  else
    members.fail("voice_profile_not_found:", "'" + wanted + "'");
}

void read_speech(member_reader& members, const body_rules& rules, pipe_record& into) {
  members.text("greeting", into.greeting, long_text_bytes_max);
  members.text("apology", into.apology, long_text_bytes_max);
  members.text("first_speaker", into.first_speaker);
  members.text("stt_grammar", into.stt_grammar, extra_bytes_max);
  if (!into.stt_grammar.empty() && rules.grammar_mistake)
    if (const auto mistake = rules.grammar_mistake(into.stt_grammar); !mistake.empty())
      members.fail("stt_grammar:", mistake);
  members.whole("end_of_turn_silence_ms", 0, 5'000, into.end_of_turn_silence_ms);
  members.whole("barge_in_min_speech_ms", 0, 5'000, into.barge_in_min_speech_ms);
}

void read_common(member_reader& members, const body_rules& rules, pipe_record& into) {
  members.text("name", into.name);
  members.flag("recording", into.recording);
  members.whole("max_call_duration_s", 1, 86'400, into.max_call_duration_s);
  members.whole("max_concurrent", 0, 100'000, into.max_concurrent);
  read_profile(members, rules, into);
  read_speech(members, rules, into);
}

/// Each key once: what was given now replaces what was kept.
std::string merged(const std::string& kept, const std::string& given) {
  std::string why;
  const auto old = json::parse(kept, extra_depth_max, why);
  const auto now = json::parse(given, extra_depth_max, why);
  json_line line;
  if (old && old->IsObject() && now)
    for (const auto& member : old->GetObject())
      if (!json::member(*now, member.name.GetString()))
        line.raw({member.name.GetString(), member.name.GetStringLength()},
                 json::dump(member.value));
  return line.members_of(given).str();
}

bool has_scheme(const std::string& url) {
  for (const auto* scheme : {"ws://", "wss://", "http://", "https://"})
    if (url.rfind(scheme, 0) == 0)
      return true;
  return url.empty();
}

} // namespace

bool read_pipe(const json::value& body, const body_rules& rules, bool partial, pipe_record& into,
               std::string& why) {
  if (!body.IsObject()) {
    why = "the body must be a JSON object";
    return false;
  }
  member_reader members{body, why};
  read_common(members, rules, into);
  std::string agent = into.agent.str();
  members.text("agent_id", agent);
  into.agent = agent_id{agent};
  members.text("agent_endpoint", into.agent_endpoint, long_text_bytes_max);
  members.text("agent_secret", into.agent_secret);
  if (!has_scheme(into.agent_endpoint))
    members.fail("agent_endpoint", "must begin with ws://, wss://, http:// or https://");
  if (!partial && into.name.empty())
    members.fail("name", "is missing");
  for (const auto* ours : {"pipe_id", "project_id", "status", "created", "modified"})
    members.wanted(ours);
  const auto rest = members.rest();
  if (rest != "{}")
    into.extra_json = partial ? merged(into.extra_json, rest) : rest;
  if (into.extra_json.size() > extra_bytes_max)
    members.fail("the pipe", "has more than " + std::to_string(extra_bytes_max)
                               + " bytes of other keys");
  return why.empty();
}

bool read_agent(const json::value& body, const body_rules& rules, pipe_record& into,
                std::string& why) {
  if (!body.IsObject()) {
    why = "the body must be a JSON object";
    return false;
  }
  member_reader members{body, why};
  std::string agent, execution;
  members.text("agent_id", agent);
  if (agent.empty())
    members.fail("agent_id", "is missing");
  into.agent = agent_id{agent};
  into.name = agent;
  read_common(members, rules, into);
  members.text("brain_execution", execution);
  const auto* brain = members.wanted("brain");
  const auto type = brain ? json::text(*brain, "type") : std::nullopt;
  if (!type || (*type != "runner" && *type != "prompt" && *type != "endpoint" && *type != "playbook"))
    members.fail("brain", "must be an object whose type is runner, prompt, endpoint or playbook");
  if (!why.empty())
    return false;
  into.brain_json = json::dump(*brain);
  if (into.brain_json.size() > extra_bytes_max)
    members.fail("brain", "is larger than " + std::to_string(extra_bytes_max) + " bytes");
  if (*type == "runner")
    into.runner_agent = agent_id{json::text(*brain, "ref").value_or("")};
  return why.empty();
}

const voice_profile* find_profile(const std::vector<voice_profile>& all,
                                  const std::string& wanted) {
  const auto same = [](const std::string& a, const std::string& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
      return std::tolower(x) == std::tolower(y);
    });
  };
  for (const auto& profile : all)
    if (profile.id == wanted)
      return &profile;
  for (const auto& profile : all)
    if (same(profile.name, wanted))
      return &profile;
  return nullptr;
}

} // namespace unpod
