// One runner control socket, pure (contract §2.2): what comes in, what is to be
// done. No socket, no clock, no actor.
//
//   await_register --register--> enlisting --enlisted()--> live --register--> enlisting ...
//         |  deadline, bad or other frame     | refused()    | bad frame, flood
//         +-----------------------------------+--------------+----> closed
//
// Close codes are chosen for what the SDK makes of them (contract §2.4): 1008 ends
// the process (its fault, trying again is useless), 1013 makes it try again later.
#pragma once

#include "adapters/runner/control_frames.hpp"
#include "adapters/runner/frame_budget.hpp"
#include "adapters/runner/session_output.hpp"

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace unpod {

/// What one control socket may do.
struct control_limits {
  dispatch_limits dispatch;
  /// levels of JSON.
  std::size_t json_depth_max = 32;
  /// ms. Default 10,000: as for an HTTP head; the SDK registers at once.
  milliseconds register_wait{10'000};
  /// frames at once and for long. Defaults 2,048 and 500/s: an ack for each of a
  /// thousand seats, twice over.
  std::uint32_t burst_frames_max = 2'048;
  std::uint32_t frames_per_second_max = 500;
};

/// Register this runner; answer with `enlisted` or `refused`.
struct enlist_runner {
  runner_card card;
};

class control_session {
public:
  using output = std::variant<send_frame, close_socket, enlist_runner, runner_beat, job_ack>;
  using outputs = std::vector<output>;

  control_session(control_limits limits, std::string project, std::string public_url,
                  mono_time now);

  /// A text frame, or a binary one that holds JSON (contract §2.1).
  outputs on_frame(std::string_view text, mono_time now);
  /// The orchestrator took the runner in.
  outputs enlisted();
  /// It did not.
  outputs refused(refusal why, const std::string& words);
  /// The RUNNER behind this socket is gone while the socket is not.
  outputs lost_ear(mono_time now);
  outputs assign(const job_assign& job);
  outputs cancel(const job_cancel& job);
  outputs on_tick(mono_time now);

  /// When `on_tick` is wanted.
  std::optional<mono_time> deadline() const;

  bool is_live() const {
    return now_ == phase::live;
  }

  const runner_card& card() const {
    return card_;
  }

private:
  enum class phase { await_register, enlisting, live, closed };

  outputs close(std::uint16_t code, std::string why);
  outputs enlist();
  outputs take(bad_frame& frame);
  outputs take(ignored_frame& frame);
  outputs take(runner_card& card);
  outputs take(runner_beat& beat);
  outputs take(job_ack& ack);

  control_limits limits_;
  std::string project_;
  std::string public_url_;
  mono_time register_by_;
  frame_budget budget_;
  frame_budget ears_; // how often a lost RUNNER is asked for again
  phase now_ = phase::await_register;
  runner_card card_;
};

} // namespace unpod
