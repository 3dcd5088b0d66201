// One bridge, pure (contract §3): what the runner and the CALL say, what is to be
// done. Lives as long as the job; sockets come and go (redials).
//
//   waiting --offer()--> hello --hello--> live --close()--> closing --text.end--> over
//      ^                   | bad, late     |                   \-- clean_close_wait, closed --/
//      |                   v               v  bad frame, flood, not reading
//      +--closed-------- cutting <---------+
//      +--closed (runner_gone reported)----+
//
// While one socket is there, another is refused with 4009; once the call is over, or
// redialled too often, with 4003.
#pragma once

#include "adapters/runner/bridge_frames.hpp"
#include "adapters/runner/frame_budget.hpp"
#include "adapters/runner/session_output.hpp"
#include "adapters/runner/turn_gate.hpp"
#include "adapters/runner/unread_frames.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace unpod {

/// What one bridge may do.
struct bridge_limits {
  call_limits call;
  /// ms. Default 10,000: contract §3.4.
  milliseconds hello_wait{10'000};
  /// frames and bytes that wait for a runner that does not read. Architecture §3.
  std::size_t unread_frames_max = 64;
  std::size_t unread_bytes_max = 256 * 1024;
  /// s. Default 60: how long nothing of it may move. Architecture §3.
  seconds unread_max{60};
  /// ms. Default 2,000: how long deltas of an interrupted turn are dropped when its end never
  /// comes.
  milliseconds discard_max{2'000};
  /// s. Default 20 (turn_limits::think_max): a turn without a sign for so long is over.
  seconds turn_stale_after{20};
  /// frames at once and for long. Defaults 4,096 and 1,000/s: a long answer word by word.
  std::uint32_t burst_frames_max = 4'096;
  std::uint32_t frames_per_second_max = 1'000;
  /// bytes at once and for long. Defaults 2 MiB and 256 KB/s.
  std::uint32_t burst_bytes_max = 2 * 1024 * 1024;
  std::uint32_t bytes_per_second_max = 256 * 1024;
  /// levels of JSON.
  std::size_t json_depth_max = 32;
};

/// The leg has nothing left to do.
struct leg_over {};

class bridge_session {
public:
  using output = std::variant<send_frame, close_socket, leg_over, runner_told, runner_joined,
                              runner_delta, runner_text_end, runner_say, runner_filler,
                              runner_recording, runner_end_call, runner_verb, runner_gone>;
  using outputs = std::vector<output>;

  bridge_session(bridge_opening opening, bridge_limits limits);

  /// A socket with the right token. Nothing: it is ours now; else close it so.
  std::optional<close_socket> offer(mono_time now);
  /// A frame that arrived `at`, by the clock of the net threads.
  outputs on_frame(std::string_view text, mono_time at, mono_time now);
  outputs on_closed(std::uint16_t code, std::string reason);
  /// The runner that serves could not be dialled.
  outputs undialled(std::string why);

  /// What the CALL says. Dropped, but for `close`, while no runner has shaken hands:
  /// the CALL is told when one has (`runner_joined`).
  outputs tell(const bridge_user_text& turn, mono_time now);
  outputs tell(const bridge_interrupted& cut_in, mono_time now);
  outputs tell(const bridge_state& state, mono_time now);
  outputs tell(const bridge_metrics& metrics, mono_time now);
  outputs tell(const bridge_fatal& fatal, mono_time now);
  outputs close(mono_time now);

  outputs on_tick(mono_time now);
  /// What the channel still holds; said before anything else is.
  void settle(std::size_t queued_bytes, mono_time now);
  /// When `on_tick` is wanted.
  std::optional<mono_time> deadline(mono_time now) const;

private:
  enum class phase { waiting, hello, live, closing, cutting, over };

  outputs cut(std::uint16_t code, std::string why);
  outputs shake_hands(bridge_hello& hello, mono_time at, mono_time now);
  outputs live_frame(bridge_frame& frame, mono_time at, mono_time now);
  outputs take(runner_delta& delta, mono_time at, mono_time now);
  outputs take(runner_say& say, mono_time at, mono_time now);
  outputs take_end(mono_time now);
  outputs over_long();
  outputs hang_up();

  bool knows(const char* event) const;
  bool half_full() const;
  bool has_room(const std::string& frame) const;
  outputs push(std::string frame, mono_time now);
  outputs push_if_known(const char* event, std::string frame, mono_time now);
  void send_held(outputs& done, mono_time now);
  void send_metrics(const bridge_metrics& metrics, outputs& done, mono_time now);

  bridge_opening opening_;
  bridge_limits limits_;
  phase now_ = phase::waiting;
  bridge_hello hello_;
  std::uint64_t handshakes_ = 0;
  mono_time due_{0}; // of hello, or of closing
  turn_gate gate_;
  frame_budget frames_;
  frame_budget bytes_;
  unread_frames unread_;
  std::uint64_t turn_ = 0;                     // of the last user.text
  std::size_t turn_bytes_ = 0;                 // what the runner said in its turn
  std::string last_state_;                     // emitted on change only (contract §3.6)
  std::optional<bridge_state> held_state_;     // waits for a runner that reads slowly
  std::optional<bridge_metrics> held_metrics_; // the newest is enough
};

} // namespace unpod
