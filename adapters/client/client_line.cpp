// Runs a client session's decisions on its socket and its media.
#include "adapters/client/client_line.hpp"

#include "messages/log.hpp"

#include <utility>

namespace unpod {

namespace {

/// The downlink: frames go to the socket as they are.
class channel_sink : public media_sink {
public:
  explicit channel_sink(ws_channel_ptr channel) : channel_(std::move(channel)) {}

  void frame(std::string bytes) override {
    channel_->send_binary(std::move(bytes));
  }

private:
  ws_channel_ptr channel_;
};

} // namespace

client_line::client_line(ws_channel_ptr channel, media_engine& engine, const socket_home* home,
                         const limits& bounds, std::string about)
  : engine_(engine), home_(home), bounds_(bounds), about_(std::move(about)), session_(bounds.wire),
    channel_(std::move(channel)) {}

void client_line::start(line_events events) {
  events_ = std::move(events);
  auto line = shared_from_this();
  channel_handler handler;
  handler.on_text = [line](std::string_view frame) { line->on_text(frame); };
  handler.on_binary = [line](std::string_view bytes) { line->on_binary(bytes); };
  handler.on_closed = [line](std::uint16_t code, const std::string&) { line->on_closed(code); };
  const auto channel = channel_;
  channel->start(std::move(handler));
}

bool client_line::opened(const call_id& call, const audio_format& audio) {
  std::shared_ptr<call_media> media;
  ws_channel_ptr channel;
  {
    const std::lock_guard lock{mutex_};
    if (!session_.opened())
      return false;
    media = media_;
    channel = channel_;
  }
  channel->send_text(started_frame(call, audio, bounds_.media.frame));
  media->start(std::make_shared<channel_sink>(std::move(channel)));
  return true;
}

void client_line::say(std::string frame) {
  bool live = false;
  {
    const std::lock_guard lock{mutex_};
    live = session_.now() == client_session::phase::live;
  }
  const auto open = live ? channel() : nullptr;
  if (open)
    open->send_text(std::move(frame));
}

void client_line::end(std::string last_frame, std::uint16_t code, const std::string& reason) {
  {
    const std::lock_guard lock{mutex_};
    if (!session_.end())
      return;
  }
  hang_up(last_frame, code, reason);
}

void client_line::start_due() {
  step([](client_session& session) { return session.start_due(); });
}

void client_line::credit() {
  waiting_.fetch_sub(1, std::memory_order_relaxed);
}

void client_line::abandon() {
  end(error_frame("internal_error", "the call broke", true), close_code::internal_error,
      "the call broke");
  std::shared_ptr<call_media> media;
  ws_channel_ptr channel; // let go after the mutex: the last owner may be here
  {
    const std::lock_guard lock{mutex_};
    media.swap(media_);
    channel.swap(channel_);
  }
  if (media)
    media->leave();
}

void client_line::on_text(std::string_view frame) {
  frames_.fetch_add(1, std::memory_order_relaxed);
  frame_fault wrong;
  // Read before the mutex is taken: a long frame must not keep the leg waiting.
  const auto said = read_client_frame(frame, bounds_.wire.json_depth_max, wrong);
  step([&](client_session& session) {
    return said ? session.frame(*said) : session.bad_frame(std::move(wrong));
  });
}

void client_line::on_binary(std::string_view bytes) {
  frames_.fetch_add(1, std::memory_order_relaxed);
  auto port = media();
  if (!port) { // the first of all may open it
    step([](client_session& session) { return session.audio(); });
    port = media();
  }
  if (port && !port->caller_frame(bytes))
    step([](client_session& session) { return session.bad_audio(); });
}

void client_line::on_closed(std::uint16_t code) {
  bool unasked = false;
  {
    const std::lock_guard lock{mutex_};
    unasked = session_.closed();
    channel_.reset();
  }
  if (unasked)
    events_.gone(end_reason_of_close(code));
}

template <class Input>
void client_line::step(Input input) {
  client_step next;
  {
    const std::lock_guard lock{mutex_};
    next = input(session_);
  }
  std::visit([this](const auto& what) { take(what); }, next);
}

void client_line::take(const open_media_step& step) {
  auto opened = engine_.open(step.audio, home_);
  bool wanted = false;
  {
    const std::lock_guard lock{mutex_};
    wanted = session_.now() == client_session::phase::opening;
    if (wanted)
      media_ = opened;
  }
  if (wanted)
    events_.begun(step.audio, std::move(opened));
  else
    opened->close(); // the leg died in between
}

void client_line::take(const rendered_step& step) {
  if (const auto port = media())
    port->rendered(step.played_ms);
}

void client_line::take(const mute_step& step) {
  if (const auto port = media())
    port->mute(step.on);
}

void client_line::take(const digits_step& step) {
  if (waiting_.fetch_add(1, std::memory_order_relaxed) < line_credit_max)
    return events_.digits(step.digits);
  credit();
  this->step([](client_session& session) { return session.flooded(); });
}

void client_line::take(const leave_step&) {
  hang_up(ended_frame(end_reason::caller_hangup), close_code::normal, "");
  events_.gone(end_reason::caller_hangup);
}

void client_line::take(const fault_step& step) {
  log(log_level::info, "adapters.client", about_, "bad frame from the client: " + step.code);
  auto words = error_frame(step.code, step.message, step.fatal);
  if (!step.fatal) {
    if (const auto open = channel())
      open->send_text(std::move(words));
    return;
  }
  hang_up(words, step.close, step.code + ": " + step.message);
  events_.gone(end_reason::media_lost);
}

std::shared_ptr<call_media> client_line::media() const {
  const std::lock_guard lock{mutex_};
  return media_;
}

ws_channel_ptr client_line::channel() const {
  const std::lock_guard lock{mutex_};
  return channel_;
}

/// The media stops first: no audio follows the last words.
void client_line::hang_up(const std::string& last_frame, std::uint16_t code,
                          const std::string& reason) {
  std::shared_ptr<call_media> media;
  ws_channel_ptr channel;
  {
    const std::lock_guard lock{mutex_};
    media.swap(media_);
    channel = channel_;
  }
  if (media)
    media->leave();
  if (!channel)
    return;
  channel->send_text(last_frame);
  channel->close(code, close_words(reason));
}

} // namespace unpod
