// What was given to a channel and not written yet, in frames and bytes, and since
// when nothing moved: how a runner that does not read is noticed.
#pragma once

#include "messages/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>

namespace unpod {

/// Pure. `settle` is told what the channel still holds.
class unread_frames {
public:
  void sent(std::size_t bytes, mono_time now) {
    if (ends_.empty())
      moved_at_ = now;
    given_ += bytes;
    ends_.push_back(given_);
  }

  /// The channel holds `queued` bytes now; its own overhead makes that too much
  /// rather than too little.
  void settle(std::size_t queued, mono_time now) {
    if (queued == 0)
      written_ = given_;
    const auto written = queued < given_ ? given_ - queued : 0;
    if (written > written_ || queued < queued_) {
      written_ = written > written_ ? written : written_;
      moved_at_ = now;
    }
    queued_ = queued;
    while (!ends_.empty() && ends_.front() <= written_)
      ends_.pop_front();
  }

  std::size_t frames() const {
    return ends_.size();
  }

  std::size_t bytes() const {
    return static_cast<std::size_t>(given_ - written_);
  }

  /// When a byte last moved; only of interest while frames wait.
  mono_time moved_at() const {
    return moved_at_;
  }

  void reset() {
    *this = {};
  }

private:
  std::uint64_t given_ = 0;
  std::uint64_t written_ = 0;
  std::size_t queued_ = 0;
  mono_time moved_at_{0};
  std::deque<std::uint64_t> ends_; // as many as frames may wait
};

} // namespace unpod
