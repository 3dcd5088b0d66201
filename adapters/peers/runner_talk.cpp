// Reading and writing the runner's frames, and the decisions between them.
#include "adapters/peers/runner_talk.hpp"

#include "adapters/json/json.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

namespace {

std::string need(const json::value& object, const char* key, std::string& missing) {
  if (auto text = json::text(object, key))
    return *text;
  missing = std::string{"`"} + key + "` is missing or no text";
  return {};
}

std::string ack_frame(const std::string& job, const std::string& assign, const char* reason) {
  json::writer w;
  w.object().field("type", "job.ack").field("job_id", job).field("assign_id", assign);
  w.field("accepted", reason == nullptr).key("reason");
  reason == nullptr ? w.null() : w.put(reason);
  return w.end().str();
}

} // namespace

std::chrono::milliseconds back_off(std::size_t n, double spread, const runner_limits& limits) {
  const std::chrono::milliseconds longest{limits.back_off_max};
  const auto doublings = std::min<std::size_t>(n == 0 ? 0 : n - 1, 16);
  const auto plain = std::min(longest, std::chrono::milliseconds{1'000L << doublings});
  const auto spread_out = static_cast<double>(plain.count()) * (0.5 + std::clamp(spread, 0.0, 1.0));
  return std::min(longest, std::chrono::milliseconds{static_cast<long>(spread_out)});
}

bool says_unwelcome(std::uint16_t close_code) {
  return close_code == 4001 || close_code == 1008;
}

std::string with_token(const std::string& url, const std::string& token) {
  static const char* const hex = "0123456789ABCDEF";
  std::string out = url;
  out += url.find('?') == std::string::npos ? "?token=" : "&token=";
  for (const char raw : token) {
    const auto c = static_cast<unsigned char>(raw);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')
                       || c == '-' || c == '_' || c == '.' || c == '~';
    if (plain)
      out += raw;
    else
      (out += '%') += {hex[c >> 4], hex[c & 15]};
  }
  return out;
}

// -- control socket -------------------------------------------------------------

control_talk::control_talk(runner_identity identity, runner_limits limits)
  : identity_{std::move(identity)}, limits_{limits} {}

std::string control_talk::open() {
  registered_ = false;
  json::writer w;
  w.object().field("type", "register").field("worker_id", identity_.worker);
  w.field("pool", identity_.agent).key("capabilities").object();
  w.key("voice_profiles").array().end().field("max_concurrent", limits_.jobs_max);
  w.field("agent_id", identity_.agent).field("transport", "dial_out").field("kind", "brain");
  w.text_or_null("hostname", identity_.hostname).text_or_null("address", "");
  w.text_or_null("region", "").field("deployment", "local");
  return w.end().end().str();
}

control_step control_talk::on_frame(std::string_view text) {
  control_step step;
  const auto frame = json::parse(text, limits_.json_depth_max, step.broken);
  if (!frame)
    return step;
  const auto type = frame->IsObject() ? json::text(*frame, "type") : std::nullopt;
  if (!type) {
    step.broken = "a frame without a `type`";
    return step;
  }
  if (!registered_ && *type != "registered") {
    step.broken = "the first frame was `" + type->substr(0, 40) + "`, not `registered`";
    return step;
  }
  const json::value& object = *frame;
  if (*type == "registered")
    return on_registered(json::whole(object, "heartbeat_interval_s").value_or(30),
                         json::text(object, "transport_ack").value_or(""));
  if (*type == "job.assign") {
    accepted_job job;
    job.job = need(object, "job_id", step.broken);
    job.call = need(object, "call_id", step.broken);
    const auto agent = need(object, "agent_id", step.broken);
    const auto url = need(object, "bridge_url", step.broken);
    job.bridge_url = with_token(url, need(object, "call_token", step.broken));
    if (step.broken.empty())
      return on_assign(std::move(job), agent, json::text(object, "assign_id").value_or(""));
    step.broken = "job.assign: " + step.broken;
  }
  if (*type == "job.cancel")
    if (const auto job = json::text(object, "job_id"); job && jobs_.count(*job) > 0)
      step.cancel = *job;
  return step;
}

control_step control_talk::on_registered(std::int64_t heartbeat_s, const std::string& transport) {
  control_step step;
  if (heartbeat_s < 1 || heartbeat_s > 3600) {
    step.broken = "heartbeat_interval_s of " + std::to_string(heartbeat_s) + " makes no sense";
    return step;
  }
  if (transport != "dial_out") {
    step.broken = "the node does not accept the transport dial_out";
    step.fatal = true;
    return step;
  }
  registered_ = step.registered = true;
  heartbeat_every_ = std::chrono::seconds{heartbeat_s};
  return step;
}

control_step control_talk::on_assign(accepted_job job, const std::string& agent,
                                     const std::string& assign) {
  control_step step;
  if (agent != identity_.agent) {
    step.send.push_back(ack_frame(job.job, assign, "agent_id_mismatch"));
  } else if (refusing_ || jobs_.size() >= limits_.jobs_max || jobs_.count(job.job) > 0) {
    step.send.push_back(ack_frame(job.job, assign, "at_capacity"));
  } else {
    jobs_[job.job] = job.call;
    step.send.push_back(ack_frame(job.job, assign, nullptr));
    step.dial = std::move(job);
  }
  return step;
}

std::string control_talk::heartbeat(std::size_t talking) const {
  json::writer w;
  w.object().field("type", "heartbeat").field("active_jobs", talking);
  return w.field("worker_id", identity_.worker).end().str();
}

std::chrono::seconds control_talk::heartbeat_every() const {
  return heartbeat_every_;
}

void control_talk::done(const std::string& job) {
  jobs_.erase(job);
}

std::size_t control_talk::jobs() const {
  return jobs_.size();
}

void control_talk::refuse_from_now_on() {
  refusing_ = true;
}

// -- bridge -----------------------------------------------------------------------

bridge_talk::bridge_talk(runner_limits limits) : limits_{limits} {}

std::string bridge_talk::hello() {
  json::writer w;
  w.object().field("event", "hello").field("protocol_version", 2);
  w.key("supported_events").array();
  for (const char* event : {"user.text", "user.interrupted", "error", "metric", "turn.metrics",
                            "state", "call.started"})
    w.put(event);
  w.end().key("supported_verbs").array();
  for (const char* verb : {"agent.text.delta", "agent.text.end", "agent.say", "agent.end_call"})
    w.put(verb);
  return w.end().end().str();
}

bool bridge_talk::talking() const {
  return state_ == state::talking;
}

bridge_step bridge_talk::on_frame(std::string_view text) {
  bridge_step step;
  if (state_ == state::over)
    return step;
  const auto frame = json::parse(text, limits_.json_depth_max, step.broken);
  const auto event = frame && frame->IsObject() ? json::text(*frame, "event") : std::nullopt;
  if (!event) {
    if (step.broken.empty())
      step.broken = "a frame without an `event`";
    state_ = state::over;
    return step;
  }
  const json::value& object = *frame;
  if (state_ != state::talking) {
    std::string missing;
    need(object, "job_id", missing);
    need(object, "room_id", missing);
    call_facts facts;
    facts.session = need(object, "session_id", missing);
    facts.agent = json::text(object, "agent_id").value_or("");
    if (const auto* about = json::member(object, "metadata");
        about != nullptr && about->IsObject()) {
      facts.direction = json::text(*about, "direction").value_or("inbound");
      facts.user_number = json::text(*about, "user_number").value_or("");
    }
    return on_handshake(*event, std::move(facts), std::move(missing));
  }
  if (*event == "user.text") {
    step.user_text = json::text(object, "text");
    if (!step.user_text)
      step.broken = "user.text without text";
  } else if (*event == "user.interrupted") {
    step.interrupted = json::text(object, "heard_prefix").value_or("");
  } else if (*event == "error") {
    step.broken = json::text(object, "code").value_or("error") + ": "
                  + json::text(object, "message").value_or("").substr(0, 200);
  }
  if (!step.broken.empty())
    state_ = state::over;
  return step;
}

bridge_step bridge_talk::on_handshake(const std::string& event, call_facts facts,
                                      std::string missing) {
  bridge_step step;
  const char* const wanted = state_ == state::hello_sent ? "hello.ack" : "call.started";
  step.broken = event == wanted ? std::move(missing)
                                : "`" + event.substr(0, 40) + "` came before `" + wanted + "`";
  if (!step.broken.empty()) {
    state_ = state::over;
  } else if (state_ == state::hello_sent) {
    state_ = state::acked;
  } else {
    state_ = state::talking;
    step.started = std::move(facts);
  }
  return step;
}

namespace {

std::string verb_frame(const char* verb, const char* key, const std::string& text) {
  json::writer w;
  return w.object().field("event", verb).field(key, text).end().str();
}

} // namespace

std::string delta_frame(const std::string& text) {
  return verb_frame("agent.text.delta", "text", text);
}

std::string text_end_frame() {
  return R"({"event":"agent.text.end"})";
}

std::string say_frame(const std::string& text) {
  return verb_frame("agent.say", "text", text);
}

std::string end_call_frame(const std::string& reason) {
  return verb_frame("agent.end_call", "reason", reason);
}

std::vector<std::string> word_deltas(const std::string& text) {
  std::vector<std::string> deltas;
  for (std::size_t at = 0; at < text.size();) {
    const auto blank = text.find(' ', text.find_first_not_of(' ', at));
    const auto stop = blank == std::string::npos ? text.size() : blank + 1;
    deltas.push_back(text.substr(at, stop - at));
    at = stop;
  }
  return deltas;
}

bool reply_stream::answer(const brain_reply& reply, std::size_t waiting_max, bool whole) {
  if (answers_.size() > waiting_max)
    return false;
  pending next;
  if (whole && !reply.text.empty())
    next.deltas.push_back(reply.text);
  else
    for (auto& delta : word_deltas(reply.text))
      next.deltas.push_back(std::move(delta));
  next.end_call = reply.end_call;
  next.end_reason = reply.end_reason.empty() ? "completed" : reply.end_reason;
  answers_.push_back(std::move(next));
  return true;
}

std::optional<std::string> reply_stream::next() {
  if (answers_.empty())
    return std::nullopt;
  auto& now = answers_.front();
  if (!now.deltas.empty()) {
    const auto delta = std::move(now.deltas.front());
    now.deltas.pop_front();
    return delta_frame(delta);
  }
  if (!now.ended_text) {
    now.ended_text = true;
    if (!now.end_call)
      answers_.pop_front();
    return text_end_frame();
  }
  const auto reason = now.end_reason;
  answers_.pop_front();
  return end_call_frame(reason);
}

bool reply_stream::interrupt() {
  if (answers_.empty())
    return false;
  const bool owed = !answers_.front().ended_text;
  answers_.pop_front();
  return owed;
}

bool reply_stream::idle() const {
  return answers_.empty();
}

} // namespace unpod
