// How speech providers are dealt with, and how soon they are given up. Of its own, because
// few look at it. Units and reasons as in limits.hpp.
#pragma once

#include <chrono>
#include <cstddef>

namespace unpod {

struct provider_limits {
  /// ms. Default 2,500: name, connection, TLS and handshake; then the next provider is asked.
  std::chrono::milliseconds dial_wait{2'500};
  /// ms. Default 2,000: the close handshake, of which no call waits for the end.
  std::chrono::milliseconds close_wait{2'000};
  /// s. Default 10: WebSocket pings; two unanswered and the provider is gone.
  std::chrono::seconds ping_every{10};
  /// bytes of one message from a provider. Default 2 MiB: 10 s of audio in base64 fit.
  std::size_t message_bytes_max = 2 * 1024 * 1024;
  /// bytes waiting for a provider that does not read. Default 1 MiB: a replay of the whole ring.
  std::size_t queue_bytes_max = 1024 * 1024;
  /// ms. Default 3,000: speech is on or over for so long, and not a word came.
  std::chrono::milliseconds words_wait{3'000};
  /// ms. Default 500: what an unanswered wish for a final is worth; then there is none.
  std::chrono::milliseconds final_wait{500};
  /// ms of no sound in the middle of a piece. Default 1,500: the voice has stalled.
  std::chrono::milliseconds stall_wait{1'500};
  /// ms of the same, when the caller has nothing left to hear of it. Default 200: a voice
  /// that sends slower than it is heard for so long has stalled, too.
  std::chrono::milliseconds dry_wait{200};
  /// ms. Default 600: no voice is given up sooner, however quick it was so far
  /// (speech_limits::first_byte_wait is the longest wait).
  std::chrono::milliseconds first_byte_wait_min{600};
  /// s. Default 3: with more than that to be played no further piece is asked for.
  std::chrono::seconds speak_ahead{3};
};

} // namespace unpod
