// A reference Agent Runner: a small client of the public protocol (contract §2,
// §3), one control socket and a bridge per call. The state machines are in
// runner_talk.hpp; this joins them to sockets and timers.
//
//   start --dial--> register --registered--> serving --lost--> back off --> dial …
//   job.assign --ack--> dial bridge (3 attempts) --> hello … talking --> closed: seat free
#pragma once

#include "adapters/peers/runner_talk.hpp"
#include "adapters/websocket/client.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace unpod {

/// One thing worth telling whoever watches the runner.
struct runner_news {
  enum class kind {
    registered,
    lost,
    refused,
    call_started,
    user_text,
    reply,
    interrupted,
    call_over
  };
  kind what = kind::lost;
  std::string call; // session id; empty for the control socket's news
  std::string text; // words; what was heard, said, or went wrong
};

struct runner_settings {
  /// `http(s)://host[:port]`, `ws(s)://…` or a bare host (then TLS), as UNPOD_BASE_URL.
  std::string base_url;
  std::string api_key; // never logged
  std::string agent;
  /// ms before an answer, as a model thinks. 0: at once. A newer turn or a cut-in ends the thought.
  std::chrono::milliseconds think{0};
  /// An answer is one delta; else a delta a word, as a model streams.
  bool whole_answers = false;
  /// ms between two words of an answer. 0: as fast as the socket takes them.
  std::chrono::milliseconds delta_every{0};
  runner_limits limits;
  /// Called under the client's lock, on a net thread: must be short and not call the client.
  std::function<void(const runner_news&)> news;
};

/// Runs something later, on a net thread.
using delayer = std::function<void(std::chrono::milliseconds after, std::function<void()> work)>;

/// `ws(s)://host[:port]/v1/internal/workers` of a base URL; empty when it is none.
std::string control_url(const std::string& base_url);

/// Safe to call from any thread. The dialler must answer later, not from within the call.
class runner_client {
public:
  runner_client(runner_settings settings, brain_maker brains, websocket_dialer dial, delayer later);
  ~runner_client();

  runner_client(const runner_client&) = delete;
  runner_client& operator=(const runner_client&) = delete;

  void start();

  /// Closes every socket with 1001; nothing is dialled any more.
  void stop();

  /// After `stop`: true when every socket has said goodbye, within `wait`.
  bool wait_closed(std::chrono::milliseconds wait);

  /// True once the node has accepted the registration; false when it was
  /// refused for good, or after `wait`.
  bool wait_registered(std::chrono::milliseconds wait);

  /// True when the node sent us away for good (`why_refused`) or `stop` was called, within `wait`.
  bool wait_over(std::chrono::milliseconds wait);
  std::string why_refused() const;

  /// Bridges that have shaken hands and are up.
  std::size_t talking() const;

private:
  class impl;
  std::shared_ptr<impl> impl_;
};

} // namespace unpod
