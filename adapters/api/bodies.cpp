#include "adapters/api/bodies.hpp"

#include "adapters/api/member_reader.hpp"
#include "adapters/api/secrets.hpp"
#include "messages/access.hpp"
#include "messages/json_line.hpp"
#include "messages/transfer_policy.hpp"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <string_view>
#include <utility>

namespace unpod {

namespace {

/// Keys that this node only keeps and the SDK reads back by type: text, or one of few words.
void check_kept_texts(const json::value& body, member_reader& members) {
  static constexpr std::pair<const char*, std::string_view> table[]{
    {"domain", ""},
    {"llm_model", ""},
    {"playbook_id", ""},
    {"background_sound", "office city forest crowded_room none"},
    {"cache_mode", "active shadow off"},
    {"noise_cancellation", "rnnoise hush aic krisp bvc bvc-telephony none"},
    {"brain_execution", "bridge embedded"}};
  for (const auto& [key, words] : table) {
    const auto* found = json::member(body, key);
    if (!found || found->IsNull())
      continue;
    if (!found->IsString() || found->GetStringLength() > short_text_bytes_max)
      members.fail(key,
                   "must be text of at most " + std::to_string(short_text_bytes_max) + " bytes");
    else if (!words.empty() && !has_word(words, {found->GetString(), found->GetStringLength()}))
      members.fail(key, "must be one of: " + std::string{words});
  }
}

/// The same for the rest. Where the SDK takes no null, a null is as good as nothing.
void check_kept_others(const json::value& body, member_reader& members) {
  const auto look = [&](const char* key, bool (json::value::*is_right)() const, const char* words) {
    const auto* found = json::member(body, key);
    if (found && found->IsNull())
      members.wanted(key);
    else if (found && !(found->*is_right)())
      members.fail(key, words);
  };
  if (const auto* found = json::member(body, "brain_execution"); found && found->IsNull())
    members.wanted("brain_execution");
  for (const auto* key : {"background_sound_enabled", "mute_until_first_bot_complete"})
    look(key, &json::value::IsBool, "must be true or false");
  for (const auto* key : {"fillers", "tools"})
    look(key, &json::value::IsObject, "must be an object");
  const auto* volume = json::member(body, "background_sound_volume");
  if (volume && !volume->IsNull()
      && !(volume->IsNumber() && volume->GetDouble() >= 0 && volume->GetDouble() <= 1))
    members.fail("background_sound_volume", "must be a number from 0 to 1");
}

void read_hours(member_reader& members, const body_rules& rules, pipe_record& into) {
  members.text("calling_hours", into.calling_hours);
  std::string why;
  if (into.calling_hours.empty())
    return;
  const auto hours = read_calling_hours(into.calling_hours, why);
  if (!hours)
    members.fail("calling_hours", why);
  else if (!hours->zone.empty() && rules.zones && !rules.zones(hours->zone, wall_now()))
    members.fail("calling_hours", "names no time zone with '" + hours->zone + "'");
}

void read_speech(member_reader& members, const body_rules& rules, pipe_record& into) {
  members.text("greeting", into.greeting, long_text_bytes_max);
  members.text("apology", into.apology, long_text_bytes_max);
  members.text("first_speaker", into.first_speaker);
  members.text("stt_grammar", into.stt_grammar, extra_bytes_max);
  if (!into.stt_grammar.empty() && rules.grammar_mistake)
    if (const auto mistake = rules.grammar_mistake(into.stt_grammar); !mistake.empty())
      members.fail("stt_grammar:", mistake);
  read_hours(members, rules, into);
  members.whole("end_of_turn_silence_ms", 0, 5'000, into.end_of_turn_silence_ms);
  members.whole("barge_in_min_speech_ms", 0, 5'000, into.barge_in_min_speech_ms);
}

/// A list of numbers, or of beginnings of numbers, which are kept with a '*' behind.
void read_numbers(member_reader& members, const char* key, const std::string& mark,
                  std::string& allow) {
  const auto* given = members.wanted(key);
  if (!given)
    return;
  std::string kept; // of the other list
  std::istringstream words{allow};
  for (std::string word; words >> word;)
    if ((word.back() == '*') != !mark.empty())
      kept += (kept.empty() ? "" : " ") + word;
  allow = kept;
  if (given->IsNull())
    return;
  if (!given->IsArray() || given->Size() > transfer_targets_max)
    return members.fail(key, "must be an array of at most " + std::to_string(transfer_targets_max)
                               + " numbers");
  for (const auto& one : given->GetArray()) {
    const std::string text = one.IsString() ? one.GetString() : "";
    // A beginning is shorter than any number: two digits stand for the rest.
    if (!is_phone_number(mark.empty() ? text : text + "00"))
      return members.fail(key, mark.empty() ? "must hold numbers in E.164"
                                            : "must hold beginnings of numbers, as in +1415");
    allow += (allow.empty() ? "" : " ") + text + mark;
  }
}

bool has_scheme(const std::string& url) {
  for (const auto* scheme : {"ws://", "wss://", "http://", "https://"})
    if (url.rfind(scheme, 0) == 0)
      return true;
  return url.empty();
}

/// Never kept: what only an answer says.
void skip_ours(member_reader& members) {
  for (const auto* ours : {"pipe_id", "project_id", "status", "created", "modified", "voices",
                           "voice_profile_name", "is_default", "number_id", "number"})
    members.wanted(ours);
}

} // namespace

void read_agent_id(member_reader& members, agent_id& into) {
  std::string id = into.str();
  members.text("agent_id", id);
  const bool clean = std::none_of(
    id.begin(), id.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f || c == '/'; });
  if (id != into.str()
      && (!clean || id == "." || id == ".."
          || (!id.empty() && (id.front() == ' ' || id.back() == ' '))))
    members.fail("agent_id", "is a part of a path: it must have no '/', no control characters and "
                             "no blanks at its ends, and be neither '.' nor '..'");
  into = agent_id{id};
}

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

void read_common(const json::value& body, member_reader& members, const body_rules& rules,
                 pipe_record& into) {
  members.text("name", into.name);
  members.flag("recording", into.recording);
  members.whole("max_call_duration_s", 1, 86'400, into.max_call_duration_s);
  members.whole("max_concurrent", 0, 100'000, into.max_concurrent);
  const auto endpoint = into.agent_endpoint;
  members.text("agent_endpoint", into.agent_endpoint, long_text_bytes_max);
  into.agent_endpoint = kept_url(into.agent_endpoint, endpoint);
  members.text("agent_secret", into.agent_secret);
  if (!has_scheme(into.agent_endpoint))
    members.fail("agent_endpoint", "must begin with ws://, wss://, http:// or https://");
  read_speech(members, rules, into);
  read_numbers(members, "transfer_allowed_numbers", "", into.transfer_allow);
  read_numbers(members, "transfer_allowed_prefixes", "*", into.transfer_allow);
  members.text("transfer_refusal_phrase", into.transfer_refusal, long_text_bytes_max);
  check_kept_texts(body, members);
  check_kept_others(body, members);
}

bool read_pipe(const json::value& body, const body_rules& rules, bool partial, pipe_record& into,
               std::string& why) {
  if (!body.IsObject()) {
    why = "the body must be a JSON object";
    return false;
  }
  member_reader members{body, why};
  read_profile(members, rules, into);
  read_common(body, members, rules, into);
  const auto agent = into.agent;
  read_agent_id(members, into.agent);
  if (!into.brain_json.empty() && into.agent != agent)
    members.fail("agent_id", "is the agent's own: make another agent, POST /v1/agents");
  if (into.name.empty())
    members.fail("name", partial ? "must not be empty" : "is missing");
  if (members.wanted("brain"))
    members.fail("brain", "is an agent's: POST or PUT /v1/agents");
  for (const auto* source : {"prompt", "playbook"})
    if (!into.brain_json.empty() && json::member(body, source))
      members.fail(source, "is the agent's brain: PUT /v1/agents/" + into.agent.str());
  keep_rest(body, members, partial, into);
  return why.empty();
}

void keep_rest(const json::value& body, member_reader& members, bool partial, pipe_record& into) {
  skip_ours(members);
  const bool no_domain = json::text(body, "domain") == "";
  if (no_domain)
    members.wanted("domain");
  auto rest = members.rest();
  if (no_domain)
    rest = json_line{}.members_of(rest).raw("domain", "null").str();
  if (rest != "{}")
    into.extra_json = partial ? merged_extra(into.extra_json, rest) : rest;
  if (into.extra_json.size() > extra_bytes_max)
    members.fail("the pipe",
                 "has more than " + std::to_string(extra_bytes_max) + " bytes of other keys");
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

std::string merged_extra(const std::string& kept, const std::string& given) {
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

} // namespace unpod
