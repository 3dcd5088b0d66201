#include "adapters/runner/bridge_session.hpp"

#include "adapters/websocket/channel.hpp"

#include <algorithm>

namespace unpod {

namespace {

/// ms. How often a queue that stands is looked at: often when something is held
/// back for it, else just often enough to notice that it stands for too long.
constexpr milliseconds held_poll{250};
constexpr milliseconds unread_poll{1'000};

void append(bridge_session::outputs& all, bridge_session::outputs more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

} // namespace

bridge_session::bridge_session(bridge_opening opening, bridge_limits limits)
  : opening_(std::move(opening)), limits_(limits),
    gate_(limits.discard_max, limits.turn_stale_after),
    frames_(limits.burst_frames_max, limits.frames_per_second_max),
    bytes_(limits.burst_bytes_max, limits.bytes_per_second_max) {}

// -- sockets ------------------------------------------------------------------

std::optional<close_socket> bridge_session::offer(mono_time now) {
  if (now_ == phase::over || now_ == phase::closing)
    return close_socket{close_code::not_paired, "this call is over"};
  if (now_ != phase::waiting)
    return close_socket{close_code::already_bridged, "this call has a live bridge"};
  if (handshakes_ > limits_.call.redials_max)
    return close_socket{close_code::not_paired, "this call was redialled too often"};
  now_ = phase::hello;
  due_ = now + limits_.hello_wait;
  gate_.reset();
  unread_.reset();
  turn_bytes_ = 0;
  last_state_.clear();
  held_state_.reset();
  held_metrics_.reset();
  return std::nullopt;
}

bridge_session::outputs bridge_session::on_closed(std::uint16_t code, std::string reason) {
  const auto was = now_;
  if (was == phase::over || was == phase::waiting)
    return {};
  if (was == phase::closing) {
    now_ = phase::over;
    return {leg_over{}};
  }
  now_ = phase::waiting;
  // One that never shook hands may dial again; one that we dialled does not.
  if (was == phase::live || (was == phase::hello && !opening_.serving_url.empty()))
    return {runner_gone{code, code == close_code::normal, std::move(reason)}};
  return {};
}

bridge_session::outputs bridge_session::undialled(std::string why) {
  if (now_ != phase::waiting)
    return {};
  return {runner_gone{close_code::abnormal, false, std::move(why)}};
}

/// Our side ends this socket. The CALL need not wait for the close handshake.
bridge_session::outputs bridge_session::cut(std::uint16_t code, std::string why) {
  const bool tell = now_ == phase::live || !opening_.serving_url.empty();
  now_ = phase::cutting;
  outputs done{close_socket{code, why}};
  if (tell)
    done.push_back(runner_gone{code, false, std::move(why)});
  return done;
}

// -- what the runner says -----------------------------------------------------

bridge_session::outputs bridge_session::on_frame(std::string_view text, mono_time at,
                                                 mono_time now) {
  if (now_ != phase::hello && now_ != phase::live && now_ != phase::closing)
    return {};
  if (now_ != phase::closing && (!frames_.take(now) || !bytes_.take(now, text.size())))
    return cut(close_code::policy, "too many frames");
  auto frame = read_bridge_frame(text, limits_.call.turn_text_bytes_max, limits_.json_depth_max);
  if (now_ == phase::closing) // only one thing is waited for
    return std::holds_alternative<runner_text_end>(frame) ? hang_up() : outputs{};
  if (const auto* bad = std::get_if<bad_bridge_frame>(&frame))
    return cut(close_code::policy, bad->why);
  if (now_ == phase::live)
    return live_frame(frame, at, now);
  if (auto* hello = std::get_if<bridge_hello>(&frame))
    return shake_hands(*hello, at, now);
  return cut(close_code::policy, "the first frame must be `hello`");
}

bridge_session::outputs bridge_session::shake_hands(bridge_hello& hello, mono_time at,
                                                    mono_time now) {
  hello_ = std::move(hello);
  now_ = phase::live;
  ++handshakes_;
  auto done = push(hello_ack_frame(opening_, hello_), now);
  append(done, push(call_started_frame(opening_, limits_.json_depth_max), now));
  if (now_ == phase::live)
    done.push_back(runner_joined{handshakes_, at});
  return done;
}

bridge_session::outputs bridge_session::live_frame(bridge_frame& frame, mono_time at,
                                                   mono_time now) {
  if (auto* delta = std::get_if<runner_delta>(&frame))
    return take(*delta, at, now);
  if (auto* say = std::get_if<runner_say>(&frame))
    return take(*say, at, now);
  if (std::holds_alternative<runner_text_end>(frame))
    return take_end(now);
  if (auto* filler = std::get_if<runner_filler>(&frame))
    return {std::move(*filler)};
  if (auto* recording = std::get_if<runner_recording>(&frame))
    return {std::move(*recording)};
  if (auto* end = std::get_if<runner_end_call>(&frame))
    return {std::move(*end)};
  if (auto* verb = std::get_if<runner_verb>(&frame))
    return {std::move(*verb)};
  return {}; // a second hello, or what we don't know
}

bridge_session::outputs bridge_session::take(runner_delta& delta, mono_time at, mono_time now) {
  if (delta.text.empty() || !gate_.delta(now))
    return {};
  turn_bytes_ += delta.text.size();
  if (turn_bytes_ > limits_.call.turn_text_bytes_max)
    return over_long();
  delta.at = at;
  return {std::move(delta)};
}

bridge_session::outputs bridge_session::take(runner_say& say, mono_time at, mono_time) {
  if (say.text.empty())
    return {};
  say.at = at;
  return {std::move(say)};
}

bridge_session::outputs bridge_session::take_end(mono_time now) {
  turn_bytes_ = 0;
  if (!gate_.ended(now))
    return {};
  return {runner_text_end{}};
}

bridge_session::outputs bridge_session::over_long() {
  const bridge_fatal fatal{"transport", "transport.turn_too_long",
                           "one turn may have " + std::to_string(limits_.call.turn_text_bytes_max)
                             + " bytes of text"};
  outputs done;
  if (knows(bridge_event::error))
    done.push_back(send_frame{error_frame(fatal)});
  append(done, cut(close_code::policy, fatal.message));
  return done;
}

// -- what the CALL says -------------------------------------------------------

bridge_session::outputs bridge_session::tell(const bridge_user_text& turn, mono_time now) {
  if (now_ != phase::live)
    return {};
  turn_ = turn.turn;
  turn_bytes_ = 0;
  gate_.asked(now);
  auto done = push_if_known(bridge_event::user_text, user_text_frame(turn), now);
  if (now_ == phase::live)
    done.push_back(runner_told{turn.turn, now});
  return done;
}

bridge_session::outputs bridge_session::tell(const bridge_interrupted& cut_in, mono_time now) {
  if (now_ != phase::live)
    return {};
  gate_.interrupted(now);
  return push_if_known(bridge_event::user_interrupted,
                       user_interrupted_frame(cut_in.turn, cut_in.heard), now);
}

bridge_session::outputs bridge_session::tell(const bridge_state& state, mono_time now) {
  if (now_ != phase::live)
    return {};
  held_state_ = state;
  outputs done;
  send_held(done, now);
  return done;
}

bridge_session::outputs bridge_session::tell(const bridge_metrics& metrics, mono_time now) {
  if (now_ != phase::live)
    return {};
  held_metrics_ = metrics;
  outputs done;
  send_held(done, now);
  return done;
}

bridge_session::outputs bridge_session::tell(const bridge_fatal& fatal, mono_time now) {
  if (now_ != phase::live)
    return {};
  return push_if_known(bridge_event::error, error_frame(fatal), now);
}

/// Contract §3.9 (a): closing in the middle of a turn makes the runner dial again.
bridge_session::outputs bridge_session::close(mono_time now) {
  if (now_ == phase::over || now_ == phase::closing)
    return {};
  const bool in_turn = now_ == phase::live && gate_.is_open();
  if (!in_turn && now_ != phase::waiting && now_ != phase::cutting)
    return hang_up();
  if (!in_turn) {
    now_ = phase::over;
    return {leg_over{}};
  }
  outputs done;
  if (!gate_.discarding(now)) // else it was told already
    done = push_if_known(bridge_event::user_interrupted,
                         user_interrupted_frame(turn_, std::nullopt), now);
  if (now_ != phase::live) { // it does not read: no use waiting
    now_ = phase::over;
    done.push_back(leg_over{});
    return done;
  }
  now_ = phase::closing;
  due_ = now + limits_.call.clean_close_wait;
  return done;
}

bridge_session::outputs bridge_session::hang_up() {
  now_ = phase::over;
  return {close_socket{close_code::normal, ""}, leg_over{}};
}

// -- the queue and the clock --------------------------------------------------

void bridge_session::settle(std::size_t queued_bytes, mono_time now) {
  unread_.settle(queued_bytes, now);
}

bool bridge_session::knows(const char* event) const {
  return std::find(hello_.events.begin(), hello_.events.end(), event) != hello_.events.end();
}

bool bridge_session::half_full() const {
  return unread_.frames() * 2 >= limits_.unread_frames_max
         || unread_.bytes() * 2 >= limits_.unread_bytes_max;
}

bool bridge_session::has_room(const std::string& frame) const {
  return unread_.frames() < limits_.unread_frames_max
         && unread_.bytes() + frame.size() <= limits_.unread_bytes_max;
}

bridge_session::outputs bridge_session::push(std::string frame, mono_time now) {
  if (now_ != phase::live)
    return {};
  if (!has_room(frame))
    return cut(close_code::policy, "the runner does not read");
  unread_.sent(frame.size(), now);
  return {send_frame{std::move(frame)}};
}

bridge_session::outputs bridge_session::push_if_known(const char* event, std::string frame,
                                                      mono_time now) {
  return knows(event) ? push(std::move(frame), now) : outputs{};
}

void bridge_session::send_held(outputs& done, mono_time now) {
  if (now_ != phase::live || half_full())
    return;
  if (const auto state = std::exchange(held_state_, std::nullopt);
      state && state->state != last_state_) {
    last_state_ = state->state;
    append(done, push_if_known(bridge_event::state, state_frame(*state), now));
  }
  if (const auto metrics = std::exchange(held_metrics_, std::nullopt))
    send_metrics(*metrics, done, now);
}

void bridge_session::send_metrics(const bridge_metrics& metrics, outputs& done, mono_time now) {
  append(done, push_if_known(bridge_event::turn_metrics, turn_metrics_frame(opening_.call, metrics),
                             now));
  append(done, push_if_known(bridge_event::metric, metric_frame(metrics), now));
}

bridge_session::outputs bridge_session::on_tick(mono_time now) {
  if (now_ == phase::hello && now >= due_)
    return cut(close_code::policy, "no hello came in time");
  if (now_ == phase::closing && now >= due_)
    return hang_up();
  if (now_ != phase::live)
    return {};
  if (unread_.frames() > 0 && now - unread_.moved_at() >= limits_.unread_max)
    return cut(close_code::policy, "the runner does not read");
  outputs done;
  send_held(done, now);
  return done;
}

std::optional<mono_time> bridge_session::deadline(mono_time now) const {
  if (now_ == phase::hello || now_ == phase::closing)
    return due_;
  if (now_ != phase::live || unread_.frames() == 0)
    return std::nullopt;
  const bool held = held_state_ || held_metrics_;
  return now + (held ? held_poll : unread_poll);
}

} // namespace unpod
