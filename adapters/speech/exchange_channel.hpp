// An HTTP service as a channel, so that a voice behind one is dealt with as all others are
// (tts_wire.hpp): what is sent is asked as the body of a POST, one at a time, and its answer
// comes back as it comes.
//
//   send_text(body) -> POST -> on_binary, on_binary ... on_text {"ended":true}
//                         \--> on_text {"status":401,"error":…}       broken: on_closed
//   send_text("")   -> what goes on is called off, and nothing more of it comes
//
// There is no connection to lose between two of them; libcurl keeps one open if it can.
#pragma once

#include "adapters/speech/wire_frame.hpp"
#include "adapters/websocket/channel.hpp"
#include "messages/outgoing.hpp"
#include "messages/provider_limits.hpp"

namespace unpod {

/// bytes of an answer. 64 MiB: 20 min at 24,000 samples/s; the wire above counts sound by text.
inline constexpr std::size_t exchange_answer_bytes_max = 64 * 1024 * 1024;
/// bytes of a refusal that are read.
inline constexpr std::size_t exchange_refusal_bytes_max = 4 * 1024;
/// s. 120: one answer from its beginning to its end.
inline constexpr std::chrono::seconds exchange_wait{120};
/// ms. 5,000: from the question to the answer's head; whoever waits for sound gives up sooner.
inline constexpr std::chrono::milliseconds exchange_head_wait{5'000};

/// `to.url` is http:// or https://. `http` is held by whoever uses the channel.
ws_channel_ptr open_exchange_channel(const outgoing_http_ptr& http, wire_dial to,
                                     const provider_limits& bounds);

} // namespace unpod
