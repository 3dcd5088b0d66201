// The runner's side of the public protocol as pure state machines: frames in,
// frames and decisions out. No socket, no clock, no thread.
//
// control (contract §2):  connecting --register--> waiting --registered--> serving
//                         serving: job.assign -> job.ack (+ dial), job.cancel -> drop
// bridge (contract §3):   hello --> hello.ack --> call.started --> talking --> over
//
// An unknown `type` or `event` is skipped: a reference client outlives new frames.
#pragma once

#include "adapters/peers/runner_brain.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unpod {

struct runner_limits {
  /// jobs at once. Default 50, as the SDK.
  std::size_t jobs_max = 50;
  /// levels of JSON. Default 32.
  std::size_t json_depth_max = 32;
  /// bytes of one incoming message. Default 1 MiB (contract §2.1).
  std::size_t message_bytes_max = 1024 * 1024;
  /// bytes waiting to be sent on one socket. Default 256 KB.
  std::size_t queue_bytes_max = 256 * 1024;
  /// user turns that wait behind the one being answered. Default 16, as the SDK's read buffer.
  std::size_t waiting_turns_max = 16;
  /// attempts to get a bridge up. Default 3, pausing 200 and 400 ms (contract §3.2).
  std::size_t bridge_attempts_max = 3;
  /// s. Default 5: connecting. Default 10: until call.started (contract §3.10).
  std::chrono::seconds connect_wait{5};
  std::chrono::seconds handshake_wait{10};
  /// s. Default 30: the longest pause between two tries to reach the node.
  std::chrono::seconds back_off_max{30};
};

/// Pause before try n (from 1) of reaching the node: doubling from 1 s, half to one and a half
/// of it by `spread` (0..1), never more than the limit (contract §2.4).
std::chrono::milliseconds back_off(std::size_t n, double spread, const runner_limits& limits);

// -- control socket -------------------------------------------------------------

struct runner_identity {
  std::string agent;
  std::string worker; // `<agent>#<8 hex>`, constant while the process lives
  std::string hostname;
};

/// A job that was accepted: dial this.
struct accepted_job {
  std::string job;
  std::string call;
  std::string bridge_url; // with the token in its query
};

struct control_step {
  std::vector<std::string> send;
  std::optional<accepted_job> dial;
  std::string cancel;      // job whose bridge is to be dropped
  bool registered = false; // just now
  std::string broken;      // words: drop this connection and come again
  bool fatal = false;      // … and do not come again
};

class control_talk {
public:
  control_talk(runner_identity identity, runner_limits limits);

  /// A new connection: forgets that it was registered, keeps its jobs. Returns `register`.
  std::string open();

  control_step on_frame(std::string_view text);

  /// `heartbeat`; how many bridges have shaken hands is the client's knowledge.
  std::string heartbeat(std::size_t talking) const;
  std::chrono::seconds heartbeat_every() const;

  /// The job's bridge is gone for good: its seat is free.
  void done(const std::string& job);
  std::size_t jobs() const;

  /// A stopping runner takes no more jobs.
  void refuse_from_now_on();

private:
  control_step on_registered(std::int64_t heartbeat_s, const std::string& transport);
  control_step on_assign(accepted_job job, const std::string& agent, const std::string& assign);

  runner_identity identity_;
  runner_limits limits_;
  bool registered_ = false;
  bool refusing_ = false;
  std::chrono::seconds heartbeat_every_{10};
  std::map<std::string, std::string> jobs_; // job -> call
};

/// True when this close code tells a runner to go away (contract §2.4).
bool says_unwelcome(std::uint16_t close_code);

/// `url` with `token=<form-encoded>` added to its query (contract §3.1).
std::string with_token(const std::string& url, const std::string& token);

// -- bridge -----------------------------------------------------------------------

struct bridge_step {
  std::optional<call_facts> started;
  std::optional<std::string> user_text;
  std::optional<std::string> interrupted; // what was heard
  std::string broken;                     // words: the bridge is of no use any more
};

class bridge_talk {
public:
  explicit bridge_talk(runner_limits limits);

  /// `hello`, the first frame on a bridge.
  static std::string hello();

  bridge_step on_frame(std::string_view text);

  bool talking() const;

private:
  enum class state { hello_sent, acked, talking, over };

  bridge_step on_handshake(const std::string& event, call_facts facts, std::string missing);

  runner_limits limits_;
  state state_ = state::hello_sent;
};

std::string delta_frame(const std::string& text);
std::string text_end_frame();
std::string say_frame(const std::string& text);
std::string end_call_frame(const std::string& reason);

/// Pieces of one word and the blank after it; together exactly the text.
std::vector<std::string> word_deltas(const std::string& text);

/// What goes out next on a bridge: answers in order, one frame at a time, so
/// that an interruption stops the one that is streaming.
class reply_stream {
public:
  /// False when too many answers wait already. `whole`: one delta, not one a word.
  bool answer(const brain_reply& reply, std::size_t waiting_max, bool whole = false);

  /// The next frame, or nothing when all is said.
  std::optional<std::string> next();

  /// Drops the answer being streamed; true when an agent.text.end is owed for it.
  bool interrupt();

  bool idle() const;

private:
  struct pending {
    std::deque<std::string> deltas;
    bool ended_text = false;
    bool end_call = false;
    std::string end_reason;
  };

  std::deque<pending> answers_;
};

} // namespace unpod
