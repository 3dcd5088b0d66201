// Reading a call from the API and putting its turns together.
#include "adapters/peers/demo_story.hpp"

#include "adapters/json/json.hpp"

#include <cmath>
#include <cstdio>

namespace unpod {

namespace {

constexpr std::size_t depth_max = 32;
constexpr std::size_t turns_max = 2'000; // store_limits::transcript_turns_max
constexpr std::size_t parts_max = 32;    // of one ledger
constexpr double ledger_sum_off_max_ms = 1.0;

std::string base_name(const std::string& path) {
  return path.substr(path.find_last_of('/') + 1); // npos + 1 is 0
}

turn_ledger read_ledger(const json::value& turn) {
  turn_ledger ledger;
  if (const auto* parts = json::member(turn, "ledger_ms"); parts != nullptr && parts->IsObject())
    for (auto part = parts->MemberBegin(); part != parts->MemberEnd(); ++part)
      if (part->value.IsNumber() && ledger.size() < parts_max)
        ledger.emplace_back(std::string{part->name.GetString(), part->name.GetStringLength()},
                            part->value.GetDouble());
  return ledger;
}

std::string ms_text(double ms) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", ms);
  return text;
}

/// The parts must make the total.
std::string why_off(const turn_ledger& ledger) {
  double sum = 0;
  for (const auto& [name, ms] : ledger)
    sum += name == "total" ? 0 : ms;
  const auto total = ledger_part(ledger, "total");
  if (total < 0)
    return "the transcript has no latency ledger";
  if (std::abs(sum - total) > ledger_sum_off_max_ms)
    return "the ledger's parts make " + ms_text(sum) + " ms, its total is " + ms_text(total);
  return {};
}

/// The transcript's user turns, each with what the agent said after it.
struct exchange {
  std::string user;
  std::string agent;
  turn_ledger ledger;
};

std::vector<exchange> exchanges_of(const told_call& told) {
  std::vector<exchange> all;
  for (const auto& turn : told.transcript) {
    if (turn.role == "user") {
      all.push_back({turn.content, {}, {}});
    } else if (!all.empty()) {
      auto& last = all.back();
      last.agent += (last.agent.empty() ? "" : " ") + turn.content;
      if (last.ledger.empty())
        last.ledger = turn.ledger;
    }
  }
  return all;
}

/// The prefix the runner was told for this answer (0: the greeting), if it was cut off.
const std::string* cut_of(const seen_call& seen, std::size_t answer) {
  for (const auto& [which, prefix] : seen.cuts)
    if (which == answer)
      return &prefix;
  return nullptr;
}

} // namespace

std::optional<told_call> read_call(const std::string& body, std::string& why) {
  const auto document = json::parse(body, depth_max, why);
  if (!document)
    return std::nullopt;
  const auto* data = document->IsObject() ? json::member(*document, "data") : nullptr;
  if (data == nullptr || !data->IsObject()) {
    why = "the answer has no `data` object";
    return std::nullopt;
  }
  told_call call;
  call.status = json::text(*data, "status").value_or("");
  call.end_reason = json::text(*data, "end_reason").value_or("");
  call.recording = base_name(
    json::text(*data, "recording").value_or(json::text(*data, "recording_url").value_or("")));
  if (const auto* turns = json::member(*data, "transcript"); turns != nullptr && turns->IsArray())
    for (const auto& turn : turns->GetArray())
      if (turn.IsObject() && call.transcript.size() < turns_max)
        call.transcript.push_back({json::text(turn, "role").value_or(""),
                                   json::text(turn, "content").value_or(""), read_ledger(turn)});
  return call;
}

std::string read_data_text(const std::string& body, const char* key) {
  std::string why;
  const auto document = json::parse(body, depth_max, why);
  const auto* data = document && document->IsObject() ? json::member(*document, "data") : nullptr;
  return data != nullptr && data->IsObject() ? json::text(*data, key).value_or("") : "";
}

double ledger_part(const turn_ledger& ledger, std::string_view name) {
  for (const auto& [part, ms] : ledger)
    if (part == name)
      return ms;
  return -1;
}

std::vector<demo_turn> tell_turns(const std::vector<cast_turn>& cast, const seen_call& seen,
                                  const told_call& told, std::vector<std::string>& findings) {
  const auto exchanges = exchanges_of(told);
  if (exchanges.size() != cast.size())
    findings.push_back("the transcript has " + std::to_string(exchanges.size())
                       + " user turns, the script has " + std::to_string(cast.size()));
  std::vector<demo_turn> turns;
  for (std::size_t n = 0; n < cast.size(); ++n) {
    const auto name = "turn " + std::to_string(n + 1) + ": ";
    demo_turn turn;
    turn.says = cast[n].says;
    turn.barge_in = cast[n].cue.barge_in;
    turn.user = n < exchanges.size() ? exchanges[n].user : "";
    turn.agent = n < seen.replies.size() ? seen.replies[n] : "";
    if (const auto* prefix = cut_of(seen, n + 1)) {
      turn.cut_off = true;
      turn.heard_prefix = *prefix;
    }
    const bool is_to_be_cut = n + 1 < cast.size() && cast[n + 1].cue.barge_in;
    if (turn.cut_off != is_to_be_cut)
      findings.push_back(name
                         + (is_to_be_cut ? "the reply was to be interrupted, and was not"
                                         : "the reply was interrupted, against the script"));
    if (n < seen.heard.size() && n < exchanges.size() && seen.heard[n] != turn.user)
      findings.push_back(name + "the runner was told \"" + seen.heard[n]
                         + "\", the transcript says \"" + turn.user + "\"");
    if (turn.agent != cast[n].reply)
      findings.push_back(name + "the runner replied \"" + turn.agent + "\", not as in the script");
    if (n < exchanges.size()) {
      turn.ledger = exchanges[n].ledger;
      if (auto off = why_off(turn.ledger); !off.empty())
        findings.push_back(name + off);
      if (turn.cut_off && !is_prefix(plain(exchanges[n].agent), plain(turn.agent)))
        findings.push_back(name + "the transcript's \"" + exchanges[n].agent
                           + "\" is no beginning of the reply");
    }
    turns.push_back(std::move(turn));
  }
  return turns;
}

expected_call expect(const talk_script& script, const std::vector<demo_turn>& turns,
                     const seen_call& seen, bool exact_hearing) {
  expected_call expected;
  expected.greeting = script.greeting;
  expected.greeting_cut_off = cut_of(seen, 0) != nullptr;
  expected.decoys = script.decoys;
  expected.exact_hearing = exact_hearing;
  for (const auto& turn : turns)
    expected.turns.push_back({turn.says, turn.user, turn.barge_in, turn.agent, turn.cut_off,
                              turn.heard_prefix, ledger_part(turn.ledger, "total")});
  return expected;
}

} // namespace unpod
