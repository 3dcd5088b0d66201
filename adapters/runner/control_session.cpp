#include "adapters/runner/control_session.hpp"

#include "adapters/websocket/channel.hpp"

namespace unpod {

namespace {

/// times, and times a second. A RUNNER that dies more often than this is no use to its socket.
constexpr std::uint32_t ears_max = 3;
constexpr std::uint32_t ears_per_second = 1;

std::uint16_t code_for(refusal why) {
  switch (why) {
    case refusal::invalid:
    case refusal::conflict:
      return close_code::policy;
    case refusal::unauthorised:
      return close_code::bad_credentials;
    case refusal::draining:
      return close_code::going_away;
    default:
      return close_code::try_again;
  }
}

} // namespace

control_session::control_session(control_limits limits, std::string project, std::string public_url,
                                 mono_time now)
  : limits_(limits), project_(std::move(project)), public_url_(std::move(public_url)),
    register_by_(now + limits.register_wait),
    budget_(limits.burst_frames_max, limits.frames_per_second_max),
    ears_(ears_max, ears_per_second) {}

control_session::outputs control_session::on_frame(std::string_view text, mono_time now) {
  if (now_ == phase::closed)
    return {};
  if (!budget_.take(now))
    return close(close_code::policy, "too many frames");
  auto frame = read_control_frame(text, limits_.dispatch.seats_max, limits_.json_depth_max);
  return std::visit([this](auto& what) { return take(what); }, frame);
}

control_session::outputs control_session::enlisted() {
  if (now_ != phase::enlisting)
    return {};
  now_ = phase::live;
  return {send_frame{registered_frame(limits_.dispatch.heartbeat, card_.dial_out)}};
}

control_session::outputs control_session::refused(refusal why, const std::string& words) {
  return close(code_for(why), words);
}

control_session::outputs control_session::lost_ear(mono_time now) {
  if (now_ != phase::live)
    return {};
  if (!ears_.take(now))
    return close(close_code::try_again, "this node cannot hold the runner; try again");
  return enlist();
}

control_session::outputs control_session::assign(const job_assign& job) {
  if (now_ != phase::live || !card_.dial_out) // one that serves never reads (contract §2.6)
    return {};
  return {send_frame{job_assign_frame(job, limits_.dispatch.ack_wait)}};
}

control_session::outputs control_session::cancel(const job_cancel& job) {
  if (now_ != phase::live || !card_.dial_out)
    return {};
  return {send_frame{job_cancel_frame(job)}};
}

control_session::outputs control_session::on_tick(mono_time now) {
  if (now_ == phase::await_register && now >= register_by_)
    return close(close_code::try_again, "no register frame came in time");
  return {};
}

std::optional<mono_time> control_session::deadline() const {
  if (now_ == phase::await_register)
    return register_by_;
  return std::nullopt;
}

control_session::outputs control_session::close(std::uint16_t code, std::string why) {
  if (std::exchange(now_, phase::closed) == phase::closed)
    return {};
  return {close_socket{code, std::move(why)}};
}

control_session::outputs control_session::enlist() {
  now_ = phase::enlisting;
  return {enlist_runner{card_}};
}

control_session::outputs control_session::take(bad_frame& frame) {
  return close(close_code::policy, frame.why);
}

control_session::outputs control_session::take(ignored_frame& frame) {
  if (now_ == phase::await_register)
    return close(close_code::policy,
                 "the first frame must be `register`, not `" + frame.type + "`");
  return {};
}

control_session::outputs control_session::take(runner_card& card) {
  if (now_ == phase::enlisting) // its first word is still being heard
    return {};
  card_ = std::move(card);
  card_.project = project_;
  card_.public_url = public_url_;
  return enlist();
}

control_session::outputs control_session::take(runner_beat& beat) {
  if (now_ == phase::await_register)
    return close(close_code::policy, "the first frame must be `register`, not `heartbeat`");
  if (now_ != phase::live)
    return {};
  return {beat};
}

control_session::outputs control_session::take(job_ack& ack) {
  if (now_ == phase::await_register)
    return close(close_code::policy, "the first frame must be `register`, not `job.ack`");
  if (now_ != phase::live)
    return {};
  return {std::move(ack)};
}

} // namespace unpod
