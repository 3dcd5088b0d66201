// What a simulated provider does wrong, and when: one fault a connection, drawn by whoever
// asks for it. Each has happened to somebody.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace unpod {

struct provider_fault {
  enum class kind : std::uint8_t {
    none,
    refuse_key,     // 401 instead of the handshake
    refuse_busy,    // 429
    slow_handshake, // the handshake is answered `late` after it was asked for
    stall,          // the socket stays, and nothing more is said
    half_frame,     // a message that ends in its middle, then nothing more
    garbage,        // messages that are none of the protocol's, between the good ones
    wrong_order,    // a message comes after the one behind it
    close,          // close 1011 in the middle
    deaf_to_close,  // goes on talking when told to close
    refuse_payment, // 402
    refuse_model,   // 403
    unavailable,    // 503, and Retry-After
    redirect,       // 302 to somewhere else
    close_at_once,  // the handshake is fine, then close 1008 before a word
    close_normal,   // close 1000 in the middle, as if all were said
    close_restart,  // close 1012 in the middle
    swapped,        // text as bytes, and bytes as text
    not_utf8,       // a text that is none
    oversize,       // a message of several MB
    deep,           // JSON nested a hundred thousand times
    bad_base64,     // base64 that is none, 1 MB of it; nothing to those who send bytes
    twice,          // each message comes two times
    nulls,          // null for whatever may be missing
    late_sound,     // sound goes on after it was told to stop
    slow_sound,     // sound at half its speed
    flood,          // sound without an end
  };
  kind what = kind::none;
  /// Messages to the client that still go well.
  std::uint64_t after = 0;
  std::chrono::milliseconds late{10'000};
};

/// All of them, for those who draw.
inline constexpr std::uint8_t provider_faults = 27;

/// Asked once for each connection, on a net thread: `service` is "deepgram stt" and the like,
/// `connection` counts those of that service from 0.
using fault_script =
  std::function<provider_fault(const std::string& service, std::uint64_t connection)>;

} // namespace unpod
