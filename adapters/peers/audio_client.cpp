// The synthetic caller's frames, both ways, and the thread that paces them.
#include "adapters/peers/audio_client.hpp"

#include "adapters/json/json.hpp"
#include "adapters/media/resampler.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

namespace {

constexpr std::size_t node_json_depth_max = 8; // no frame of ours nests deeper than three

client_event own_event(const char* type, mono_time at) {
  client_event event;
  event.type = type;
  event.at = at;
  return event;
}

std::string end_text() {
  return R"({"type":"end"})";
}

std::string start_text(const audio_format& audio) {
  json::writer out;
  out.object().field("type", "start").key("audio").object();
  out.field("encoding", to_string(audio.encoding)).field("sample_rate", audio.sample_rate);
  out.end().end();
  return out.str();
}

template <class Content>
std::string one_field_text(const char* type, const char* name, const Content& content) {
  json::writer out;
  out.object().field("type", type).field(name, content).end();
  return out.str();
}

audio_format format_in(const json::value& body) {
  audio_format format;
  const auto* audio = json::member(body, "audio");
  if (!audio || !audio->IsObject())
    return format;
  format.encoding =
    encoding_of(json::text(*audio, "encoding").value_or("")).value_or(format.encoding);
  format.sample_rate = static_cast<std::uint32_t>(json::whole(*audio, "sample_rate").value_or(0));
  return format;
}

} // namespace

client_event read_node_frame(std::string_view text, mono_time at) {
  auto event = own_event("bad_frame", at);
  std::string why;
  const auto body = json::parse(text, node_json_depth_max, why);
  const auto type = body ? json::text(*body, "type") : std::nullopt;
  if (!type)
    return event;
  event.type = *type;
  for (const auto* key : {"text", "state", "heard_prefix", "reason", "message"})
    if (auto words = json::text(*body, key))
      event.text = std::move(*words);
  event.code = json::text(*body, "code").value_or("");
  event.call = json::text(*body, "call_id").value_or("");
  event.turn = static_cast<std::uint64_t>(
    std::max<std::int64_t>(json::whole(*body, "turn_id").value_or(0), 0));
  event.fatal = json::flag(*body, "fatal").value_or(false);
  if (*type == "started")
    event.audio = format_in(*body);
  return event;
}

// -- pacer -----------------------------------------------------------------------

caller_pacer::caller_pacer(std::chrono::milliseconds beat)
  : beat_(beat), thread_([this] { run(); }) {}

caller_pacer::~caller_pacer() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void caller_pacer::add(std::weak_ptr<paced> one) {
  {
    const std::lock_guard lock{mutex_};
    due_.emplace(mono_now() + beat_, std::move(one));
  }
  wake_.notify_all();
}

void caller_pacer::run() {
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    if (due_.empty()) {
      wake_.wait(lock);
      continue;
    }
    const auto next = due_.begin()->first;
    const auto now = mono_now();
    if (now < next) {
      wake_.wait_for(lock, next - now);
      continue;
    }
    auto node = due_.extract(due_.begin());
    lock.unlock();
    bool goes_on = false;
    if (const auto one = node.mapped().lock())
      goes_on = one->tick(now);
    lock.lock();
    if (!goes_on)
      continue;
    const bool lost = now - next > catch_up_frames_max * beat_;
    node.key() = (lost ? now : next) + beat_;
    due_.insert(std::move(node));
  }
}

// -- client ----------------------------------------------------------------------

audio_client::audio_client(audio_client_options options, listener on_event)
  : options_(std::move(options)), rate_hz_(port_rate_hz(options_.audio)),
    on_event_(std::move(on_event)), encoder_(options_.audio), decoder_(options_.audio),
    voice_(rate_hz_), heard_(rate_hz_) {}

audio_client::~audio_client() {
  if (channel_)
    channel_->close(close_code::going_away, "");
}

void audio_client::connect(const websocket_dialer& dial, const std::string& url,
                           caller_pacer& pacer) {
  dial_options how;
  how.url = url;
  how.subprotocol = options_.subprotocol;
  how.ca_file = options_.ca_file;
  if (!options_.origin.empty())
    how.headers.emplace_back("Origin", options_.origin);
  dial(std::move(how),
       [weak = weak_from_this(), &pacer](ws_channel_ptr channel, const std::string& why) {
         const auto client = weak.lock();
         if (!client)
           return;
         if (channel) {
           client->open(std::move(channel));
           return pacer.add(client);
         }
         auto failed = own_event("failed", mono_now());
         failed.text = why;
         {
           const std::lock_guard lock{client->mutex_};
           client->closed_ = true;
         }
         client->note(std::move(failed));
       });
}

void audio_client::open(ws_channel_ptr channel) {
  {
    const std::lock_guard lock{mutex_};
    channel_ = channel;
  }
  note(own_event("connected", mono_now()));
  if (options_.say_start)
    channel->send_text(start_text(options_.audio));
  channel_handler handler;
  const auto weak = weak_from_this();
  handler.on_text = [weak](std::string_view text) {
    if (const auto client = weak.lock())
      client->on_text(text);
  };
  handler.on_binary = [weak](std::string_view bytes) {
    if (const auto client = weak.lock())
      client->on_binary(bytes);
  };
  handler.on_closed = [weak](std::uint16_t code, const std::string& reason) {
    if (const auto client = weak.lock())
      client->on_closed(code, reason);
  };
  channel->start(std::move(handler));
}

bool audio_client::say(const std::vector<std::int16_t>& pcm, std::uint32_t rate_hz) {
  if (!can_resample(rate_hz))
    return false;
  std::vector<std::int16_t> speech;
  resampler to_mine{rate_hz, rate_hz_, resampler::timing::aligned};
  to_mine.push(pcm.data(), pcm.size(), speech);
  to_mine.finish(speech);
  const std::lock_guard lock{mutex_};
  return voice_.say(std::move(speech));
}

void audio_client::stop_talking() {
  const std::lock_guard lock{mutex_};
  voice_.stop();
}

bool audio_client::is_talking() const {
  const std::lock_guard lock{mutex_};
  return !voice_.silent();
}

void audio_client::press(const std::string& digits) {
  send(one_field_text("dtmf", "digits", digits));
}

void audio_client::mute(bool on) {
  send(one_field_text("mute", "on", on));
}

void audio_client::end() {
  send(end_text());
}

void audio_client::close(std::uint16_t code) {
  if (const auto open = channel())
    open->close(code, "");
}

std::vector<client_event> audio_client::events() const {
  const std::lock_guard lock{mutex_};
  return events_;
}

heard_audio audio_client::heard() const {
  const std::lock_guard lock{mutex_};
  return heard_;
}

bool audio_client::is_closed() const {
  const std::lock_guard lock{mutex_};
  return closed_;
}

bool audio_client::tick(mono_time now) {
  std::vector<std::int16_t> frame;
  voice_queue::edge edge;
  ws_channel_ptr open;
  {
    const std::lock_guard lock{mutex_};
    if (closed_)
      return false;
    open = channel_;
    if (!open)
      return true;
    edge = voice_.next(frame, rate_hz_ / 50); // 20 ms
  }
  open->send_binary(encoder_.encode(frame.data(), frame.size()));
  if (edge.began)
    note(own_event("said_started", now));
  if (edge.ended)
    note(own_event("said_ended", now));
  report(now);
  return true;
}

void audio_client::report(mono_time now) {
  if (options_.report_every.count() == 0)
    return;
  std::uint64_t played = 0;
  {
    const std::lock_guard lock{mutex_};
    played = heard_.played_ms(now);
    if (now - reported_at_ < options_.report_every || played == reported_ms_)
      return;
    reported_at_ = now;
    reported_ms_ = played;
  }
  send(one_field_text("playback", "played_ms", played));
}

void audio_client::on_text(std::string_view text) {
  auto event = read_node_frame(text, mono_now());
  if (event.type == "interrupted") {
    const std::lock_guard lock{mutex_};
    heard_.drop(event.at);
  }
  note(std::move(event));
}

void audio_client::on_binary(std::string_view bytes) {
  const auto at = mono_now();
  std::vector<std::int16_t> pcm;
  const bool possible = frame_span(options_.audio, bytes) > mono_time{0};
  if (!possible || !decoder_.decode(bytes, pcm))
    return note(own_event("bad_frame", at));
  const std::lock_guard lock{mutex_};
  heard_.add(at, pcm);
}

void audio_client::on_closed(std::uint16_t code, const std::string& reason) {
  ws_channel_ptr gone; // let go after the mutex
  {
    const std::lock_guard lock{mutex_};
    closed_ = true;
    gone.swap(channel_);
  }
  auto event = own_event("closed", mono_now());
  event.code = std::to_string(code);
  event.text = reason;
  note(std::move(event));
}

void audio_client::note(client_event event) {
  const std::lock_guard one_at_a_time{telling_};
  {
    const std::lock_guard lock{mutex_};
    if (events_.size() < client_events_max)
      events_.push_back(event);
  }
  if (on_event_)
    on_event_(event);
}

void audio_client::send(std::string text) {
  if (const auto open = channel())
    open->send_text(std::move(text));
}

ws_channel_ptr audio_client::channel() const {
  const std::lock_guard lock{mutex_};
  return channel_;
}

} // namespace unpod
