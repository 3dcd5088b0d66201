// `unpod bench setup`: how many calls a second can begin, and what a full node does.
//
//   rate: offered at rising rates, each call hung up at once --a call was refused, or slow--> broke
//   full: calls_max calls talk --window--> the same, and half as many more knock every second
//   --window-->
#pragma once

#include <string>

namespace unpod {

/// What a knock at a node's client door was answered.
struct knocked {
  int status = 0;          // 0: nothing came
  std::string retry_after; // as it stands in the header; empty: none
  double took_ms = 0;
};

/// The status and Retry-After in an HTTP answer's head. Pure.
knocked read_knock(const std::string& head);

} // namespace unpod
