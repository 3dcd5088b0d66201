#include "adapters/api/shapes.hpp"

#include "adapters/api/answers.hpp"
#include "adapters/api/bodies.hpp"
#include "adapters/api/brains.hpp"
#include "adapters/api/number_ids.hpp"
#include "adapters/api/secrets.hpp"
#include "adapters/json/json.hpp"
#include "messages/brain.hpp"
#include "messages/json_line.hpp"

#include <sstream>

namespace unpod {

namespace {

std::string object_or_empty(const std::string& json) {
  return json.empty() ? "{}" : json;
}

/// What a row of an agent shows besides its voice: keys it was given, and how it speaks.
void add_manner(json_line& line, const pipe_record& row) {
  std::string why;
  const auto extra = json::parse(row.extra_json, extra_depth_max, why);
  line.members_of(row.extra_json);
  if (!extra || !json::member(*extra, "brain_execution"))
    line.text("brain_execution", "bridge");
  if (!extra || !json::member(*extra, "background_sound_enabled"))
    line.flag("background_sound_enabled", true);
  line.raw("greeting", json_or_null(row.greeting));
  line.raw("first_speaker", json_or_null(row.first_speaker)).flag("recording", row.recording);
  line.whole("max_call_duration_s", row.max_call_duration_s);
  line.whole("max_concurrent", row.max_concurrent);
  if (!row.calling_hours.empty())
    line.text("calling_hours", row.calling_hours);
}

/// The brain of a pipe; its prompt or playbook also under the names of contract §1.7.
void add_brain(json_line& line, const std::string& stored) {
  line.raw("brain", shown_brain(stored));
  const auto type = brain_type_of(stored);
  std::string why;
  const auto brain = json::parse(stored, extra_depth_max, why);
  if (brain && (type == "prompt" || type == "playbook"))
    line.text(type, json::text(*brain, "ref").value_or(""));
}

std::string transcript_json(const call_record& call) {
  return json_list(call.transcript, [](const turn_record& turn) {
    json_line line;
    line.text("role", turn.role).text("content", turn.content).raw("timestamp", json_time(turn.at));
    line.whole("turn", turn.turn).flag("interrupted", turn.interrupted);
    if (!turn.words_json.empty())
      line.raw("words", turn.words_json);
    if (!turn.ledger_json.empty())
      line.raw("ledger_ms", turn.ledger_json);
    return line.str();
  });
}

void tell_number(json_line& line, const number_record* number) {
  line.raw("number_id", json_or_null(number ? number_id_of(number->number) : ""));
  line.raw("number", json_or_null(number ? number->number : ""));
}

/// The room a call's callers are in: its own, or the one they were moved to.
std::string room_name(const call_record& call) {
  return "RM_" + (call.room.empty() ? call.id : call.room).str();
}

std::vector<std::string> participants_of(const call_record& call) {
  if (call.participants.empty())
    return {"caller", "agent"};
  std::vector<std::string> names;
  std::istringstream words{call.participants};
  for (std::string name; words >> name;)
    names.push_back(name);
  return names;
}

/// Where its calls may be transferred to, when anywhere.
void tell_transfers(json_line& line, const pipe_record& pipe) {
  std::vector<std::string> numbers, prefixes;
  std::istringstream words{pipe.transfer_allow};
  for (std::string word; words >> word;)
    if (word.back() == '*')
      prefixes.push_back(word.substr(0, word.size() - 1));
    else
      numbers.push_back(word);
  if (!numbers.empty())
    line.raw("transfer_allowed_numbers", json_list(numbers, json_quoted));
  if (!prefixes.empty())
    line.raw("transfer_allowed_prefixes", json_list(prefixes, json_quoted));
  if (!pipe.transfer_refusal.empty())
    line.text("transfer_refusal_phrase", pipe.transfer_refusal);
}

double duration_s(const call_record& call) {
  const auto end = call.ended > 0 ? call.ended : wall_now();
  return call.started > 0 ? static_cast<double>(end - call.started) / 1'000 : 0;
}

} // namespace

std::string pipe_json(const pipe_record& pipe, const number_record* number) {
  json_line line;
  line.members_of(pipe.extra_json);
  line.text("pipe_id", pipe.id.str()).text("name", pipe.name).text("project_id", pipe.project);
  line.raw("voice_profile_id", json_or_null(pipe.voice_profile));
  line.raw("agent_id", json_or_null(pipe.agent.str()));
  line.raw("agent_endpoint", json_or_null(shown_url(pipe.agent_endpoint)));
  tell_number(line, number);
  line.flag("recording", pipe.recording).whole("max_call_duration_s", pipe.max_call_duration_s);
  if (pipe.max_concurrent > 0)
    line.whole("max_concurrent", pipe.max_concurrent);
  line.text("status", pipe.status).raw("first_speaker", json_or_null(pipe.first_speaker));
  if (!pipe.brain_json.empty())
    add_brain(line, pipe.brain_json);
  line.raw("greeting", json_or_null(pipe.greeting));
  line.raw("stt_grammar", json_or_null(pipe.stt_grammar));
  line.raw("apology", json_or_null(pipe.apology));
  if (!pipe.calling_hours.empty())
    line.text("calling_hours", pipe.calling_hours);
  if (pipe.end_of_turn_silence_ms > 0)
    line.whole("end_of_turn_silence_ms", pipe.end_of_turn_silence_ms);
  if (pipe.barge_in_min_speech_ms > 0)
    line.whole("barge_in_min_speech_ms", pipe.barge_in_min_speech_ms);
  tell_transfers(line, pipe);
  line.raw("created", json_time(pipe.created)).raw("modified", json_time(pipe.modified));
  return line.str();
}

std::string call_json(const call_record& call, bool with_transcript,
                      const std::string& recording_url, const std::string& usage) {
  json_line line;
  line.text("call_id", call.id.str()).text("project_id", call.project);
  line.raw("pipe_id", json_or_null(call.pipe.str()));
  line.raw("agent_id", json_or_null(call.agent.str())).text("direction", call.direction);
  line.raw("from_number", json_or_null(call.from_number));
  line.raw("to_number", json_or_null(call.to_number)).text("session_id", call.id.str());
  const bool numbered = call.direction == "outbound" && !call.from_number.empty();
  line.raw("number_id", json_or_null(numbered ? number_id_of(call.from_number) : ""));
  line.raw("trunk_id", json_or_null(call.trunk)).whole("attempts", call.attempts);
  line.raw("next_attempt_at", json_time(call.due));
  line.raw("last_failure", json_or_null(call.last_failure));
  line.text("room_name", room_name(call));
  line.raw("instructions", json_or_null(call.instructions));
  line.raw("data", object_or_empty(call.data_json));
  line.raw("started_at", json_time(call.started)).raw("ended_at", json_time(call.ended));
  line.number("duration_s", duration_s(call)).text("status", call.status);
  line.raw("end_reason", json_or_null(call.end_reason));
  line.raw("worker_id", json_or_null(call.worker));
  line.raw("recording", json_or_null(call.recording));
  line.raw("recording_url", json_or_null(recording_url));
  line.whole("transcript_turns", call.transcript.size());
  if (with_transcript)
    line.raw("transcript", transcript_json(call));
  if (!usage.empty())
    line.raw("usage", usage);
  line.raw("created", json_time(call.created)).raw("modified", json_time(call.modified));
  return line.str();
}

std::string session_status(const call_record& call) {
  return call.ended == 0 ? "active" : call.status == "failed" ? "failed" : "closed";
}

std::string session_json(const call_record& call, const std::string& recording_url,
                         const std::string& usage) {
  const bool live = call.ended == 0;
  json_line line;
  line.text("session_id", call.id.str()).text("call_id", call.id.str());
  line.text("project_id", call.project).text("room_name", room_name(call));
  line.raw("pipe_id", json_or_null(call.pipe.str()));
  line.raw("agent_id", json_or_null(call.agent.str()));
  const auto present = live ? participants_of(call) : std::vector<std::string>{};
  line.whole("participant_count", present.size());
  line.raw("participants", json_list(present, json_quoted));
  line.raw("started_at", json_time(call.started)).raw("ended_at", json_time(call.ended));
  line.whole("duration_s", static_cast<std::int64_t>(duration_s(call)));
  line.text("status", session_status(call));
  line.raw("end_reason", json_or_null(call.end_reason));
  line.raw("transcript", transcript_json(call)).raw("recording", json_or_null(call.recording));
  line.raw("recording_url", json_or_null(recording_url));
  line.raw("usage", object_or_empty(usage)).raw("metadata", object_or_empty(call.data_json));
  line.raw("created", json_time(call.created)).raw("modified", json_time(call.modified));
  return line.str();
}

std::string profile_json(const voice_profile& profile) {
  const auto provider = [](const std::vector<std::string>& all) {
    return json_or_null(all.empty() ? "" : all.front());
  };
  const auto choices = [](const std::vector<provider_choice>& all) {
    return json_list(all, [](const provider_choice& one) {
      return json_line{}
        .text("provider", one.provider)
        .raw("model", json_or_null(one.model))
        .raw("voice", json_or_null(one.voice))
        .str();
    });
  };
  auto languages = profile.languages;
  languages.insert(languages.begin(), profile.language);
  const auto spoken = json_list(languages, json_quoted);
  json_line line;
  line.text("profile_id", profile.id).text("name", profile.name);
  line.raw("description", json_or_null(profile.description));
  line.raw("gender", json_or_null(profile.gender)).raw("quality", json_or_null(profile.quality));
  line.text("language", profile.language).raw("languages", spoken);
  line.raw("stt_provider", provider(profile.stt));
  line.raw("stt_model", json_or_null(profile.stt_model)).raw("stt_languages", spoken);
  line.raw("tts_provider", provider(profile.tts));
  line.raw("tts_model", json_or_null(profile.tts_model));
  line.raw("tts_voice", json_or_null(profile.voice)).text("tts_language", profile.language);
  line.raw("stt", choices(profile.hearers)).raw("tts", choices(profile.speakers));
  line.number("voice_speed", profile.speed);
  profile.cost_per_min_usd < 0
    ? line.raw("estimated_cost_per_min_usd", "null")
    : line.number("estimated_cost_per_min_usd", profile.cost_per_min_usd);
  profile.latency_ms < 0 ? line.raw("latency_ms", "null")
                         : line.whole("latency_ms", profile.latency_ms);
  line.flag("available", profile.available);
  line.raw("missing", json_or_null(profile.missing));
  return line.str();
}

std::string agent_voice_json(const pipe_record& row, const std::vector<voice_profile>& profiles) {
  const auto* profile = find_profile(profiles, row.voice_profile);
  json_line line;
  add_manner(line, row);
  line.text("agent_id", row.agent.str()).text("name", row.name);
  line.raw("voice_profile_id", json_or_null(row.voice_profile));
  line.raw("voice_profile_name", json_or_null(profile ? profile->name : std::string{}));
  line.raw("brain", shown_brain(row.brain_json)).flag("is_default", row.is_default);
  line.text("pipe_id", row.id.str()).raw("created", json_time(row.created));
  return line.raw("modified", json_time(row.modified)).str();
}

std::string agent_json(const std::vector<pipe_record>& rows,
                       const std::vector<voice_profile>& profiles, const number_record* number) {
  const auto& first = rows.front();
  json_line line;
  add_manner(line, first);
  line.text("agent_id", first.agent.str()).text("name", first.name);
  line.raw("brain", shown_brain(first.brain_json));
  line.raw("voices", json_list(rows, [&](const pipe_record& row) {
             return agent_voice_json(row, profiles);
           }));
  tell_number(line, number);
  tell_transfers(line, first);
  line.raw("created", json_time(first.created)).raw("modified", json_time(first.modified));
  return line.str();
}

std::string runner_json(const runner_row& row) {
  const auto busy = row.active + row.reserved;
  return json_line{}
    .text("worker_id", row.card.worker.str())
    .text("pool", row.card.pool)
    .text("agent_id", row.card.agent.str())
    .whole("max_concurrent", row.card.seats)
    .whole("active_jobs", row.active)
    .whole("reserved", row.reserved)
    .flag("has_capacity", row.eligible && !row.draining && busy < row.card.seats)
    .text("transport", row.card.dial_out ? "dial_out" : "serve")
    .raw("voice_profiles", "[]")
    .number("last_heartbeat_age_s", row.last_beat_age_s)
    .text("kind", "brain")
    .flag("eligible", row.eligible)
    .flag("draining", row.draining)
    .raw("hostname", json_or_null(row.card.hostname))
    .raw("region", json_or_null(row.card.region))
    .raw("bridge_base", json_or_null(row.card.public_url))
    .str();
}

} // namespace unpod
