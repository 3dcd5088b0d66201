// The gates an outbound call must find open before it is dialled: slots of the node, of
// its account, trunk, number and pipe, and the trunk's calls per second. Pure.
//
//   take: all open -> one place taken behind each       any closed -> nothing is taken
//   give_back: the call is over                          (and says whether only time is missing)
#pragma once

#include "actors/token_bucket.hpp"
#include "messages/limits.hpp"

#include <cstddef>
#include <map>
#include <string>

namespace unpod {

/// Whose places one call takes.
struct gate_key {
  std::string account;
  std::string trunk;
  std::string number; // it is called from
  std::string pipe;
  std::size_t pipe_calls_max = 0; // 0: the pipe sets none
};

struct gate_answer {
  bool open = false;
  milliseconds wait{0}; // closed and not 0: only the pace is missing, until then
};

class call_gates {
public:
  explicit call_gates(const queue_limits& bounds) : bounds_(bounds) {}

  gate_answer take(const gate_key& key, mono_time now);
  /// For a call that is on the line already, found after a restart: past every limit.
  void take_anyway(const gate_key& key);
  void give_back(const gate_key& key);

  std::size_t taken() const {
    return taken_;
  }
  /// No call of anybody may pass.
  bool are_all_taken() const {
    return taken_ >= bounds_.slots_max;
  }

private:
  using counts = std::map<std::string, std::size_t>;

  queue_limits bounds_;
  std::size_t taken_ = 0;
  counts accounts_, trunks_, numbers_, pipes_; // only those with calls
  std::map<std::string, token_bucket> paces_;  // of trunks
};

} // namespace unpod
