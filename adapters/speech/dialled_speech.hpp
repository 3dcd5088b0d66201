// STT STREAM and TTS STREAM of providers behind a socket: the same faces as the embedded
// ones', whatever protocol is behind them.
//
//   STT   dialling --open, ready--> hearing (bound, stt_ready) --any failure--> stt_failed (quit)
//   TTS   dialling --open--> speaking --closed while idle--> resting --next piece--> dialling
//            \-------- any failure with a piece waiting or sounding --> tts_failed (quit)
//
// A stream is bound to the call's ring when it can take audio, from the sample it was told:
// the ring keeps what was said meanwhile. Nobody waits for a close handshake. A voice takes a
// connection that stands by before it dials (standby_pool.hpp).
// Children: none.
#pragma once

#include "adapters/speech/standby_pool.hpp"
#include "adapters/speech/stream_seats.hpp"
#include "adapters/speech/stt_codec.hpp"
#include "adapters/speech/tts_codec.hpp"
#include "adapters/speech/tts_wire.hpp"
#include "adapters/speech/wire_watch.hpp"
#include "adapters/websocket/client.hpp"
#include "messages/outgoing.hpp"
#include "messages/provider_limits.hpp"
#include "messages/speech.hpp"

#include <functional>
#include <memory>

namespace unpod {

using stt_codec_maker = std::function<stt_codec_ptr(
  const provider_access& access, const stt_settings& settings, std::uint32_t rate_hz)>;
using tts_codec_maker = std::function<tts_codec_ptr(
  const provider_access& access, const tts_settings& settings, std::uint32_t rate_hz)>;

inline constexpr auto no_seat = "as many streams of it are open as it may have (streams_max)";

struct speech_wiring {
  provider_access access;
  websocket_dialer dial;
  provider_limits bounds;
  std::shared_ptr<wire_watch> watch;        // never null
  outgoing_http_ptr http = nullptr;         // for voices behind HTTP; null: there are none
  std::shared_ptr<stream_seats> seats = {}; // null: any number
  tts_helps helps = {};
  std::shared_ptr<standby_pool> standbys = {}; // null: none is kept
};

stt_spawner make_dialled_stt(speech_wiring wiring, stt_codec_maker make);
tts_spawner make_dialled_tts(speech_wiring wiring, tts_codec_maker make);

/// Null when this wiring keeps none. A voice behind HTTP has nothing to keep: its token is null.
voice_standby make_voice_standby(speech_wiring wiring, tts_codec_maker make);

/// What of the limits and the codec's address a dial is told.
dial_options provider_dial(const speech_wiring& wiring, wire_dial to);

} // namespace unpod
