// The decisions of a client's session.
#include "adapters/client/client_session.hpp"

#include "adapters/websocket/channel.hpp"

#include <utility>

namespace unpod {

client_session::client_session(const wire_limits& bounds)
  : bad_frames_left_(bounds.bad_frames_max) {}

client_step client_session::frame(const client_frame& said) {
  if (over())
    return no_step{};
  if (const auto* begin = std::get_if<start_frame>(&said))
    return start(*begin);
  if (std::holds_alternative<end_frame>(said)) {
    now_ = phase::ending;
    return leave_step{};
  }
  if (now_ == phase::awaiting)
    return bad_frame({"not_started", "the first text frame is start"});
  if (const auto* playback = std::get_if<playback_frame>(&said))
    return rendered_step{playback->played_ms};
  if (const auto* mute = std::get_if<mute_frame>(&said))
    return mute_step{mute->on};
  return digits_step{std::get<dtmf_frame>(said).digits};
}

client_step client_session::bad_frame(frame_fault wrong) {
  if (over())
    return no_step{};
  if (bad_frames_left_ > 1) {
    --bad_frames_left_;
    return fault_step{std::move(wrong.code), std::move(wrong.message), false};
  }
  return last_fault(std::move(wrong.code), std::move(wrong.message));
}

client_step client_session::audio() {
  if (now_ != phase::awaiting)
    return no_step{};
  now_ = phase::opening;
  began_by_audio_ = true;
  return open_media_step{};
}

client_step client_session::bad_audio() {
  return bad_frame({"bad_audio", "a binary frame is audio of the format the call began with"});
}

client_step client_session::flooded() {
  if (over())
    return no_step{};
  return last_fault("too_many_frames", "frames come faster than the call can take them");
}

client_step client_session::start_due() {
  if (now_ != phase::awaiting)
    return no_step{};
  return last_fault("start_timeout", "neither a start frame nor audio came in time");
}

bool client_session::opened() {
  if (now_ != phase::opening)
    return false;
  now_ = phase::live;
  return true;
}

bool client_session::end() {
  if (over())
    return false;
  now_ = phase::ending;
  return true;
}

bool client_session::closed() {
  return std::exchange(now_, phase::closed) < phase::ending;
}

client_step client_session::last_fault(std::string code, std::string message) {
  now_ = phase::ending;
  return fault_step{std::move(code), std::move(message), true, close_code::policy};
}

client_step client_session::start(const start_frame& begin) {
  if (now_ != phase::awaiting)
    return bad_frame({"already_started",
                      began_by_audio_ ? "audio came before start: the call has its format already"
                                      : "a call is started once"});
  now_ = phase::opening;
  return open_media_step{begin.audio};
}

end_reason end_reason_of_close(std::uint16_t code) {
  constexpr std::uint16_t no_status = 1005; // closed without a code: a browser's plain close()
  constexpr std::uint16_t first_own_code = 3000;
  const bool meant = code == close_code::normal || code == close_code::going_away
                     || code == no_status || code >= first_own_code;
  return meant ? end_reason::caller_hangup : end_reason::media_lost;
}

} // namespace unpod
