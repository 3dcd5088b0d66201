// Where the time of one answered turn went, from the caller's last sound to the
// agent's first. One monotonic clock; the parts sum to the total by construction.
//
//   last speech -endpoint-> silence over -stt-> words final -send-> user.text out
//     -brain-> first delta -speak-> asked of the voice -voice-> first byte
//     -playout-> first sample out
#pragma once

#include "messages/clock.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace unpod {

struct turn_ledger {
  enum stamp : std::size_t {
    last_speech,
    silence_over,
    words_final,
    text_sent,
    first_delta,
    voice_asked,
    first_byte,
    first_sample,
    stamps
  };

  /// The name of the part that ends with the stamp of the same place; none ends with the first.
  static constexpr std::array<const char*, stamps> part_names{
    "", "endpoint", "stt", "send", "brain", "speak", "voice", "playout"};

  std::array<mono_time, stamps> at{};

  /// Notes a stamp once; the first one counts.
  void note(stamp which, mono_time when) {
    if (at[which] == mono_time{0})
      at[which] = when;
  }

  bool has(stamp which) const {
    return at[which] != mono_time{0};
  }

  bool is_complete() const {
    return std::all_of(at.begin(), at.end(), [](mono_time t) { return t != mono_time{0}; });
  }

  /// A stage that was done before the one ahead of it took no time of the caller's.
  mono_time reached(stamp which) const {
    return *std::max_element(at.begin(), at.begin() + which + 1);
  }

  mono_time part(stamp which) const {
    return which == last_speech ? mono_time{0}
                                : reached(which) - reached(static_cast<stamp>(which - 1));
  }

  mono_time total() const {
    return reached(first_sample) - at[last_speech];
  }
};

} // namespace unpod
