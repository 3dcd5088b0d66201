// The text frames of a client's audio socket, as values. Binary frames are
// audio and never come here.
//
//   client -> node   {"type":"start","audio":{"encoding":"pcm_s16le","sample_rate":16000}}
//                    {"type":"playback","played_ms":1240}   {"type":"dtmf","digits":"12#"}
//                    {"type":"mute","on":true}              {"type":"end"}
//   node -> client   {"type":"started","session_id":…,"call_id":…,"audio":{…,"frame_ms":20}}
//                    {"type":"user_partial","text":…}       replaces the one before
//                    {"type":"user_turn","text":…,"turn_id":1}
//                    {"type":"agent_reply","text":…,"turn_id":1}   appends
//                    {"type":"state","state":"speaking"}    (contract §3.6)
//                    {"type":"interrupted","heard_prefix":…}   drop what you have buffered
//                    {"type":"moved","session_id":…}        the call goes on as this one
//                    {"type":"error","code":…,"message":…,"fatal":true}
//                    {"type":"ended","reason":…}
//
// Fields nobody knows are ignored; a known field of the wrong type is an error.
#pragma once

#include "adapters/media/call_media.hpp"
#include "messages/end_reason.hpp"
#include "messages/ids.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace unpod {

/// digits. Default 32: a card number and its PIN fit; more in one frame is no keypad.
inline constexpr std::size_t dtmf_digits_max = 32;
/// ms. 24 h: no call lasts so long, and sums of it cannot overflow.
inline constexpr std::uint64_t played_ms_max = 24ULL * 3'600 * 1'000;
/// bytes. RFC 6455 §5.5: a control frame carries 125, two of them the code.
inline constexpr std::size_t close_reason_bytes_max = 123;

/// The client says how it carries audio. What it leaves out has its default.
struct start_frame {
  audio_format audio;
};

/// The client has rendered this much of the downlink, cumulative.
struct playback_frame {
  std::uint64_t played_ms = 0;
};

/// Keys pressed: 0-9, *, #, A-D. Never logged.
struct dtmf_frame {
  std::string digits;
};

struct mute_frame {
  bool on = false;
};

struct end_frame {};

using client_frame = std::variant<start_frame, playback_frame, dtmf_frame, mute_frame, end_frame>;

/// Why a frame is none: a word for programs, a sentence for people.
struct frame_fault {
  std::string code; // bad_json, bad_frame, unknown_type, unsupported_audio
  std::string message;
};

/// Reads one text frame of a client, or says in `fault` what is wrong with it.
std::optional<client_frame> read_client_frame(std::string_view text, std::size_t depth_max,
                                              frame_fault& fault);

/// A call and its session are one thing with one id.
std::string started_frame(const call_id& call, const audio_format& audio,
                          std::chrono::milliseconds frame);
std::string user_partial_frame(std::string_view text);
std::string user_turn_frame(std::string_view text, std::uint64_t turn);
std::string agent_reply_frame(std::string_view text, std::uint64_t turn);
std::string state_frame(std::string_view state);
std::string interrupted_frame(std::string_view heard);
std::string moved_frame(const call_id& call);
std::string error_frame(std::string_view code, std::string_view message, bool fatal);
std::string ended_frame(end_reason reason);

/// Fits words into a close frame, never cutting a character in two.
std::string close_words(std::string_view words);

} // namespace unpod
