#include "adapters/runner/bridge_frames.hpp"

#include "adapters/json/json.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace unpod {

namespace {

constexpr std::array our_events{
  bridge_event::user_text,    bridge_event::user_interrupted, bridge_event::error,
  bridge_event::metric,       bridge_event::turn_metrics,     bridge_event::state,
  bridge_event::call_started,
};

constexpr std::array our_verbs{
  "agent.text.delta",      "agent.text.end",           "agent.say",
  "agent.transfer",        "agent.end_call",           "agent.dispatch",
  "agent.add_participant", "agent.remove_participant", "agent.merge",
};

/// bytes. A name of an event in a log line.
constexpr std::size_t name_bytes_max = 64;

template <std::size_t Size>
std::vector<std::string> known(const json::value& hello, const char* key,
                               const std::array<const char*, Size>& ours) {
  const auto* list = json::member(hello, key);
  if (!list || !list->IsArray())
    return {ours.begin(), ours.end()};
  std::vector<std::string> both;
  for (const auto* name : ours)
    if (std::any_of(list->Begin(), list->End(), [&](const json::value& theirs) {
          return theirs.IsString()
                 && std::string_view{theirs.GetString(), theirs.GetStringLength()} == name;
        }))
      both.emplace_back(name);
  return both;
}

bridge_frame too_long(const std::string& event) {
  return bad_bridge_frame{event + ": the text is too long"};
}

/// `agent.say`, or what the SDK hides in it.
bridge_frame read_say(std::string text) {
  constexpr std::string_view filler = "__filler:";
  constexpr std::string_view pause = "__recording_pause:";
  if (text.rfind(filler, 0) == 0)
    return runner_filler{text.substr(filler.size())};
  if (text.rfind(pause, 0) == 0)
    return runner_recording{false, text.substr(pause.size())};
  if (text == "__recording_resume")
    return runner_recording{true, ""};
  return runner_say{std::move(text), mono_time{0}};
}

bridge_frame read_text(const std::string& event, const json::value& frame,
                       std::size_t text_bytes_max) {
  auto text = json::text(frame, "text");
  if (!text)
    return bad_bridge_frame{event + ": `text` must be a text"};
  if (text->size() > text_bytes_max)
    return too_long(event);
  if (event == "agent.say")
    return read_say(std::move(*text));
  return runner_delta{std::move(*text), mono_time{0}};
}

bridge_frame read_end_call(const json::value& frame, std::size_t text_bytes_max) {
  auto reason = json::text(frame, "reason").value_or("");
  if (reason.size() > text_bytes_max)
    return too_long("agent.end_call");
  return runner_end_call{std::move(reason)};
}

/// Who a new participant is: what its config calls it.
std::string target_in(const json::value& config) {
  for (const auto* key : {"session_id", "agent_id", "number", "phone_number", "to", "target"})
    if (auto found = json::text(config, key))
      return std::move(*found);
  return {};
}

/// A verb about participants; what is there and of another type than it must be is as good
/// as not there.
runner_verb read_verb(std::string event, const json::value& frame) {
  const auto text = [&](const char* key) { return json::text(frame, key).value_or(""); };
  const auto object = [&](const char* key) {
    const auto* found = json::member(frame, key);
    return found && found->IsObject() ? found : nullptr;
  };
  runner_verb verb;
  verb.verb = std::move(event);
  if (verb.verb == "agent.transfer") {
    verb.kind = json::text(frame, "transfer_type").value_or("number");
    verb.target = text("target");
    verb.mode = text("mode");
    verb.announcement = text("announcement");
  } else if (verb.verb == "agent.dispatch") {
    verb.target = text("agent_id");
    if (const auto* metadata = object("metadata"))
      verb.data_json = json::dump(*metadata);
  } else if (verb.verb == "agent.add_participant") {
    verb.kind = text("participant_type");
    if (const auto* config = object("config"))
      verb.target = target_in(*config);
  } else {
    verb.target = text(verb.verb == "agent.merge" ? "source_session_id" : "participant_id");
  }
  return verb;
}

void put_identity(json::writer& w, const bridge_opening& opening) {
  w.field("session_id", opening.call.str()).field("job_id", opening.job.str());
  w.field("room_id", opening.room);
}

void put_names(json::writer& w, const char* key, const std::vector<std::string>& names) {
  w.key(key).array();
  for (const auto& name : names)
    w.put(name);
  w.end();
}

/// Floats may be absent; an unknown one is.
void put_known(json::writer& w, const char* key, double ms) {
  if (ms >= 0 && std::isfinite(ms))
    w.field(key, ms);
}

} // namespace

bridge_frame read_bridge_frame(std::string_view text, std::size_t text_bytes_max,
                               std::size_t depth_max) {
  std::string why;
  const auto frame = json::parse(text, depth_max, why);
  if (!frame)
    return bad_bridge_frame{why};
  if (!frame->IsObject())
    return bad_bridge_frame{"a frame must be one JSON object"};
  auto event = json::text(*frame, "event");
  if (!event)
    return bad_bridge_frame{"`event` must be a text"};
  if (*event == "hello")
    return bridge_hello{known(*frame, "supported_events", our_events),
                        known(*frame, "supported_verbs", our_verbs)};
  if (*event == "agent.text.delta" || *event == "agent.say")
    return read_text(*event, *frame, text_bytes_max);
  if (*event == "agent.text.end")
    return runner_text_end{};
  if (*event == "agent.end_call")
    return read_end_call(*frame, text_bytes_max);
  if (std::find(our_verbs.begin(), our_verbs.end(), *event) == our_verbs.end()) {
    event->resize(std::min(event->size(), name_bytes_max));
    return unknown_verb{std::move(*event)};
  }
  if (text.size() > text_bytes_max)
    return too_long(*event);
  return read_verb(std::move(*event), *frame);
}

std::string hello_ack_frame(const bridge_opening& opening, const bridge_hello& hello) {
  json::writer w;
  w.object().field("event", "hello.ack").field("protocol_version", bridge_protocol_version);
  put_names(w, "negotiated_events", hello.events);
  put_names(w, "negotiated_verbs", hello.verbs);
  w.field("call_id", opening.call.str());
  put_identity(w, opening);
  w.end();
  return w.str();
}

std::string call_started_frame(const bridge_opening& opening, std::size_t depth_max) {
  std::string why;
  const auto metadata = json::parse(opening.metadata_json, depth_max, why);
  json::writer w;
  w.object().field("event", "call.started");
  put_identity(w, opening);
  w.text_or_null("agent_id", opening.agent.str());
  w.text_or_null("voice_profile_id", opening.voice_profile);
  w.key("metadata").raw(metadata && metadata->IsObject() ? json::dump(*metadata) : "{}");
  w.end();
  return w.str();
}

std::string user_text_frame(const bridge_user_text& turn) {
  json::writer w;
  w.object().field("event", "user.text").field("text", turn.text).field("is_final", true);
  if (!turn.language.empty())
    w.key("extra").object().field("language", turn.language).end();
  w.end();
  return w.str();
}

std::string user_interrupted_frame(std::uint64_t turn, const std::optional<std::string>& heard) {
  json::writer w;
  w.object().field("event", "user.interrupted").field("turn_id", turn);
  if (heard)
    w.field("heard_prefix", *heard);
  w.end();
  return w.str();
}

std::string state_frame(const bridge_state& state) {
  json::writer w;
  w.object().field("event", "state").field("state", state.state);
  w.field("turn_id", state.turn).end();
  return w.str();
}

std::string turn_metrics_frame(const call_id& call, const bridge_metrics& metrics) {
  json::writer w;
  w.object().field("event", "turn.metrics").field("call_id", call.str());
  w.field("turn_id", metrics.turn);
  put_known(w, "ttfa_ms", metrics.ttfa_ms);
  put_known(w, "asr_ms", metrics.asr_ms);
  put_known(w, "llm_ttft_ms", metrics.llm_ttft_ms);
  put_known(w, "tts_ttfb_ms", metrics.tts_ttfb_ms);
  w.end();
  return w.str();
}

std::string metric_frame(const bridge_metrics& metrics) {
  json::writer w;
  w.object().field("event", "metric");
  if (metrics.ttfa_ms >= 0 && metrics.ttfa_ms < 1e9)
    w.field("ttfa_ms", std::llround(metrics.ttfa_ms));
  w.field("turns", metrics.turn).end();
  return w.str();
}

std::string error_frame(const bridge_fatal& fatal) {
  json::writer w;
  w.object().field("event", "error").field("severity", "fatal").field("source", fatal.source);
  w.field("code", fatal.code).field("message", fatal.message).end();
  return w.str();
}

} // namespace unpod
