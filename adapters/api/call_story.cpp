#include "adapters/api/call_story.hpp"

#include "adapters/api/answers.hpp"
#include "adapters/api/bodies.hpp"
#include "adapters/json/json.hpp"
#include "messages/json_line.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

namespace unpod {

namespace {

struct ending {
  const char* reason;
  const char* who;
  const char* words; // "It ended because …"
};

constexpr std::array<ending, 20> endings{{
  {"completed", "the runner", "the runner's entrypoint returned, and what was queued was played"},
  {"caller_hangup", "the caller", "the caller left"},
  {"agent_end_call", "the agent", "the agent ended it, after what was queued had been played"},
  {"api_hangup", "the API", "somebody ended it through the API"},
  {"max_duration", "the node", "it reached the pipe's longest duration; a goodbye was spoken"},
  {"idle_timeout", "the node", "nobody said anything for too long"},
  {"no_runner", "the node", "no runner took it; the caller heard the apology"},
  {"runner_lost", "the node",
   "its runner went away and no other took over; the caller heard the apology"},
  {"stt_lost", "the node", "no recogniser was left; the caller heard the apology"},
  {"tts_lost", "the node", "no voice was left; the caller heard the recorded apology"},
  {"media_lost", "the caller's side", "the caller's connection broke or fell silent"},
  {"transferred", "the agent", "it was handed to somebody else"},
  {"busy", "the callee", "the callee was busy"},
  {"no_answer", "the callee", "nobody answered"},
  {"rejected", "the callee", "the callee refused it"},
  {"cancelled", "the API", "it was called off before it was answered"},
  {"node_draining", "the node", "the node was told to stop, and the grace was over"},
  {"node_lost", "the node", "the node died during the call"},
  {"internal_error", "the node",
   "of an error of the node's own; the caller heard the recorded apology"},
  {"media_unavailable", "the node", "this node had no line to dial on; nobody was called"},
}};

const ending* ending_of(const std::string& reason) {
  const auto found = std::find_if(endings.begin(), endings.end(),
                                  [&](const ending& one) { return one.reason == reason; });
  return found == endings.end() ? nullptr : &*found;
}

std::optional<json::document> object_of(const std::string& text) {
  std::string ignored;
  auto parsed = json::parse(text, extra_depth_max, ignored);
  return parsed && parsed->IsObject() ? std::move(parsed) : std::nullopt;
}

std::string times_text(std::size_t count) {
  return count == 1 ? "once" : count == 2 ? "twice" : std::to_string(count) + " times";
}

std::string counted(std::size_t count, const char* noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string length_text(wall_ms span) {
  const auto s = span / 1'000;
  return s < 120 ? std::to_string(s) + " s"
                 : std::to_string(s / 60) + " min " + std::to_string(s % 60) + " s";
}

std::string ms_text(double ms) {
  return std::to_string(std::llround(ms)) + " ms";
}

/// "a was more loaded, b was full": the losers of one choice, by verdict.
std::string losers_text(const json::value& candidates, const std::string& winner) {
  std::string all;
  std::size_t told = 0, left = 0;
  for (const auto& row : candidates.GetArray()) {
    const auto worker = json::text(row, "worker_id").value_or("");
    const auto verdict = json::text(row, "verdict").value_or("");
    if (worker == winner || verdict == "chosen")
      continue;
    if (++told > 3) {
      ++left;
      continue;
    }
    all += (all.empty() ? "" : ", ") + worker + " was " + verdict;
  }
  return all + (left > 0 ? " and so on for " + std::to_string(left) + " more" : "");
}

std::string dispatch_text(const journal_record& entry) {
  const auto body = object_of(entry.body);
  if (!body)
    return {};
  const auto worker = json::text(*body, "worker_id").value_or("somebody");
  const auto attempts = json::whole(*body, "attempts").value_or(1);
  auto words = " Runner " + worker + " took it"
               + (attempts > 1 ? " at attempt " + std::to_string(attempts) : "");
  const auto* candidates = json::member(*body, "candidates");
  if (!candidates || !candidates->IsArray() || candidates->Empty())
    return words + ".";
  for (const auto& row : candidates->GetArray())
    if (json::text(row, "worker_id") == worker)
      words += ", with " + std::to_string(json::whole(row, "busy").value_or(0)) + " of "
               + std::to_string(json::whole(row, "seats").value_or(0)) + " seats busy";
  const auto losers = losers_text(*candidates, worker);
  return words + (losers.empty() ? ", the only one there." : "; " + losers + ".");
}

/// What in the journal is trouble, told as it is met.
std::string trouble_text(const journal_record& entry) {
  const auto body = object_of(entry.body);
  const auto why = body ? json::text(*body, "why").value_or("") : "";
  if (entry.kind == "dispatch_failed")
    return " No runner could be had: " + why + ".";
  if (entry.kind == "hearing_lost")
    return " The recogniser was lost: " + why + ".";
  if (entry.kind == "voice_lost")
    return " The voice was lost: " + why + ".";
  if (entry.kind == "recording_refused")
    return " It could not be recorded: " + why + ".";
  if (entry.kind == "leg_lost")
    return " The bridge to the runner was lost and opened again.";
  if (entry.kind == "no_answer")
    return " The runner did not answer turn "
           + std::to_string(body ? json::whole(*body, "turn").value_or(0) : 0) + ".";
  if (entry.kind == "runner_gone" && body && !json::flag(*body, "clean").value_or(false))
    return " The runner's bridge broke (close code "
           + std::to_string(json::whole(*body, "code").value_or(0)) + ").";
  return {};
}

std::size_t count_of(const std::vector<journal_record>& journal, const char* kind) {
  return static_cast<std::size_t>(std::count_if(
    journal.begin(), journal.end(), [kind](const auto& entry) { return entry.kind == kind; }));
}

/// "Answers began after 515 ms as a rule (median) and 535 ms at worst, …"
std::string latency_text(const call_record& call) {
  std::vector<double> totals;
  std::pair<double, std::string> worst_part{-1, ""};
  double worst = -1;
  std::int64_t worst_turn = 0;
  for (const auto& turn : call.transcript) {
    const auto ledger = turn.ledger_json.empty() ? std::nullopt : object_of(turn.ledger_json);
    const auto total = ledger ? json::number(*ledger, "total") : std::nullopt;
    if (!total)
      continue;
    totals.push_back(*total);
    if (*total <= worst)
      continue;
    worst = *total;
    worst_turn = turn.turn;
    worst_part = {-1, ""};
    for (const auto& member : ledger->GetObject())
      if (member.value.IsNumber() && std::string{member.name.GetString()} != "total"
          && member.value.GetDouble() > worst_part.first)
        worst_part = {member.value.GetDouble(), member.name.GetString()};
  }
  if (totals.empty())
    return {};
  std::sort(totals.begin(), totals.end());
  return " Answers began " + ms_text(totals[(totals.size() - 1) / 2])
         + " after the caller's last sound (median), " + ms_text(worst) + " at worst, in turn "
         + std::to_string(worst_turn)
         + (worst_part.second.empty() ? "."
                                      : ", most of it in \"" + worst_part.second + "\" ("
                                          + ms_text(worst_part.first) + ").");
}

std::string opening_text(const call_record& call) {
  auto words = "Call " + call.id.str() + " ";
  if (call.direction == "outbound")
    words += "was placed to " + (call.to_number.empty() ? "a number" : call.to_number);
  else if (!call.from_number.empty())
    words += "came in from " + call.from_number;
  else
    words += call.direction == "web" ? "came in over the web" : "came in";
  words += " to pipe " + call.pipe.str();
  if (!call.agent.str().empty())
    words += " (agent " + call.agent.str() + ")";
  if (call.started == 0)
    return words + " and never began.";
  if (call.ended == 0)
    return words + " and is live.";
  return words + " and lasted " + length_text(call.ended - call.started) + ".";
}

struct timed_row {
  wall_ms at;
  std::string json;
};

timed_row row_of(wall_ms at, wall_ms began, const std::string& kind, const std::string& data) {
  return {at, json_line{}
                .raw("at", json_time(at))
                .whole("after_ms", began > 0 ? at - began : 0)
                .text("kind", kind)
                .raw("data", data.empty() ? "{}" : data)
                .str()};
}

} // namespace

std::string who_ended(const std::string& end_reason) {
  const auto* known = ending_of(end_reason);
  return known ? known->who : "";
}

std::string story_of(const call_record& call, const std::vector<journal_record>& journal) {
  auto words = opening_text(call);
  for (const auto& entry : journal)
    words += entry.kind == "dispatch" ? dispatch_text(entry) : trouble_text(entry);
  const auto turns = count_of(journal, "user_turn");
  const auto cuts = count_of(journal, "barge_in");
  if (turns > 0)
    words += " The caller took " + counted(turns, "turn")
             + (cuts > 0 ? " and cut the agent off " + times_text(cuts) : "") + ".";
  else if (call.started > 0)
    words += " The caller was never heard to say anything.";
  words += latency_text(call);
  if (call.ended == 0)
    return words;
  const auto* how = ending_of(call.end_reason);
  return words + " It ended because " + (how ? how->words : "of \"" + call.end_reason + "\"") + " ("
         + call.end_reason + ").";
}

std::string timeline_json(const call_record& call, const std::vector<journal_record>& journal) {
  const auto began = call.started > 0 ? call.started : call.created;
  std::vector<timed_row> rows;
  for (const auto& entry : journal)
    rows.push_back(row_of(entry.at, began, entry.kind, entry.body));
  for (const auto& turn : call.transcript)
    if (!turn.ledger_json.empty())
      rows.push_back(
        row_of(turn.at, began, "ledger",
               json_line{}.whole("turn", turn.turn).members_of(turn.ledger_json).str()));
  std::stable_sort(rows.begin(), rows.end(),
                   [](const timed_row& a, const timed_row& b) { return a.at < b.at; });
  std::string all;
  for (const auto& row : rows)
    all += (all.empty() ? "" : ",") + row.json;
  return json_line{}
    .text("call_id", call.id.str())
    .text("status", call.status)
    .raw("started_at", json_time(call.started))
    .raw("ended_at", json_time(call.ended))
    .raw("end_reason", json_or_null(call.end_reason))
    .raw("ended_by", json_or_null(who_ended(call.end_reason)))
    .raw("worker_id", json_or_null(call.worker))
    .text("why", story_of(call, journal))
    .raw("rows", "[" + all + "]")
    .str();
}

} // namespace unpod
