#include "adapters/runner/control_frames.hpp"

#include "adapters/json/json.hpp"

#include <algorithm>

namespace unpod {

namespace {

/// Reads the fields of one object; the first that is wrong is remembered.
class field_reader {
public:
  explicit field_reader(const json::value& object) : object_(object) {}

  /// Must be there and say something.
  std::string need(const char* key, std::size_t bytes_max = runner_word_bytes_max) {
    auto found = maybe(key, bytes_max);
    if (found.empty())
      complain(std::string{"`"} + key + "` must be a text that is not empty");
    return found;
  }

  /// May be absent or null.
  std::string maybe(const char* key, std::size_t bytes_max = runner_word_bytes_max) {
    const auto* found = json::member(object_, key);
    if (!found || found->IsNull())
      return {};
    if (!found->IsString()) {
      complain(std::string{"`"} + key + "` must be a text");
      return {};
    }
    if (found->GetStringLength() > bytes_max) {
      complain(std::string{"`"} + key + "` is longer than " + std::to_string(bytes_max) + " bytes");
      return {};
    }
    return {found->GetString(), found->GetStringLength()};
  }

  /// Not negative; `otherwise` when absent or null.
  std::uint64_t count(const char* key, std::uint64_t otherwise) {
    const auto* found = json::member(object_, key);
    if (!found || found->IsNull())
      return otherwise;
    const auto number = json::whole(object_, key);
    if (!number || *number < 0) {
      complain(std::string{"`"} + key + "` must be a whole number, not negative");
      return otherwise;
    }
    return static_cast<std::uint64_t>(*number);
  }

  void complain(std::string words) {
    if (why_.empty())
      why_ = std::move(words);
  }

  const std::string& why() const {
    return why_;
  }

private:
  const json::value& object_;
  std::string why_;
};

/// dial_out, or serve with a URL (contract §2.6).
void read_transport(field_reader& from, runner_card& card) {
  const auto transport = from.maybe("transport");
  card.serving_url = from.maybe("serving_url", runner_url_bytes_max);
  card.dial_out = transport == "dial_out";
  if (card.dial_out)
    return;
  if (!transport.empty() && transport != "serve")
    from.complain("`transport` must be \"dial_out\" or \"serve\"");
  if (card.serving_url.empty())
    from.complain("a runner that serves needs `serving_url`; else use transport \"dial_out\"");
  else if (card.serving_url.rfind("ws://", 0) != 0 && card.serving_url.rfind("wss://", 0) != 0)
    from.complain("`serving_url` must begin with ws:// or wss://");
}

control_frame read_register(const json::value& frame, std::size_t seats_max) {
  field_reader top{frame};
  runner_card card;
  card.worker = worker_id{top.need("worker_id")};
  card.pool = top.maybe("pool");
  const auto* capabilities = json::member(frame, "capabilities");
  if (!capabilities || !capabilities->IsObject())
    return bad_frame{"`capabilities` must be an object"};
  field_reader from{*capabilities};
  card.agent = agent_id{from.need("agent_id")};
  card.seats = std::min<std::uint64_t>(from.count("max_concurrent", 1), seats_max);
  read_transport(from, card);
  card.hostname = from.maybe("hostname");
  card.address = from.maybe("address");
  card.region = from.maybe("region");
  card.deployment = from.maybe("deployment");
  if (card.pool.empty())
    card.pool = card.agent.str();
  if (!top.why().empty() || !from.why().empty())
    return bad_frame{"register: " + (top.why().empty() ? from.why() : top.why())};
  return card;
}

control_frame read_beat(const json::value& frame) {
  field_reader from{frame};
  runner_beat beat{from.count("active_jobs", 0)};
  if (!from.why().empty())
    return bad_frame{"heartbeat: " + from.why()};
  return beat;
}

control_frame read_ack(const json::value& frame) {
  field_reader from{frame};
  job_ack ack;
  ack.job = job_id{from.need("job_id")};
  ack.assign = from.maybe("assign_id");
  ack.reason = from.maybe("reason");
  const auto accepted = json::flag(frame, "accepted");
  if (!accepted)
    from.complain("`accepted` must be true or false");
  else
    ack.accepted = *accepted;
  if (!from.why().empty())
    return bad_frame{"job.ack: " + from.why()};
  return ack;
}

} // namespace

control_frame read_control_frame(std::string_view text, std::size_t seats_max,
                                 std::size_t depth_max) {
  std::string why;
  const auto frame = json::parse(text, depth_max, why);
  if (!frame)
    return bad_frame{why};
  if (!frame->IsObject())
    return bad_frame{"a frame must be one JSON object"};
  auto type = json::text(*frame, "type");
  if (!type)
    return bad_frame{"`type` must be a text"};
  if (*type == "register")
    return read_register(*frame, seats_max);
  if (*type == "heartbeat")
    return read_beat(*frame);
  if (*type == "job.ack")
    return read_ack(*frame);
  type->resize(std::min(type->size(), runner_word_bytes_max));
  return ignored_frame{std::move(*type)};
}

std::string registered_frame(seconds heartbeat, bool dial_out) {
  json::writer w;
  w.object().field("type", "registered").field("heartbeat_interval_s", heartbeat.count());
  w.text_or_null("transport_ack", dial_out ? "dial_out" : "").end();
  return w.str();
}

std::string job_assign_frame(const job_assign& job, milliseconds deadline) {
  json::writer w;
  w.object().field("type", "job.assign").field("job_id", job.job.str());
  w.field("assign_id", job.assign).field("call_id", job.call.str());
  w.field("agent_id", job.agent.str()).field("bridge_url", job.bridge_url);
  w.field("call_token", job.call_token.reveal()).field("deadline_ms", deadline.count());
  w.key("metadata").object().end().end();
  return w.str();
}

std::string job_cancel_frame(const job_cancel& job) {
  json::writer w;
  w.object().field("type", "job.cancel").field("job_id", job.job.str()).end();
  return w.str();
}

} // namespace unpod
