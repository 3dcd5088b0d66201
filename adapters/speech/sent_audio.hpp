// Where in the call a recogniser's times are. A provider counts from the first sample of
// its own connection, the call from the caller's first; a ring that ran over leaves a gap.
//
//   call    |----gap----|=========|--gap--|======
//   sent                |=========|======            at(us) goes from the lower to the upper
//
// Pure. Stretches that are far in the past are forgotten.
#pragma once

#include "messages/media_port.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>

namespace unpod {

class sent_audio {
public:
  explicit sent_audio(std::uint32_t rate_hz) : rate_hz_(rate_hz) {}

  void sent(sample_index first, std::size_t samples) {
    if (samples == 0)
      return;
    if (stretches_.empty() || first != end_) {
      stretches_.push_back({sent_, first});
      if (stretches_.size() > stretches_max)
        stretches_.pop_front();
    }
    sent_ += samples;
    end_ = first + samples;
  }

  /// The call's sample at this time of the connection; never beyond what was sent.
  sample_index at(std::int64_t us) const {
    const auto limited = std::clamp<std::int64_t>(us, 0, us_max);
    const auto sample =
      std::min<std::uint64_t>(static_cast<std::uint64_t>(limited) * rate_hz_ / 1'000'000, sent_);
    sample_index found = 0;
    for (const auto& one : stretches_)
      if (one.sent <= sample)
        found = one.call + (sample - one.sent);
    return found;
  }

  /// The call's sample behind the last one sent.
  sample_index end() const {
    return end_;
  }
  bool any() const {
    return sent_ > 0;
  }

private:
  static constexpr std::size_t stretches_max = 64;
  static constexpr std::int64_t us_max = 86'400'000'000; // a day: no call is longer

  struct stretch {
    std::uint64_t sent = 0;
    sample_index call = 0;
  };

  std::uint32_t rate_hz_;
  std::uint64_t sent_ = 0;
  sample_index end_ = 0;
  std::deque<stretch> stretches_;
};

} // namespace unpod
