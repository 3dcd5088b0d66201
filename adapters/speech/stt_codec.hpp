// A recogniser's protocol as a pure value: settings to an address and first frames, audio
// to frames, frames to news. One file for each provider; no socket, no clock, no actor.
//
//   dial() -> open -> opening() ... audio() -> frames      take(frame) -> news
//                     finalize(), keep_alive()   closing() -> close
//
// Times are microseconds of the audio sent on this connection. The session calls `audio`,
// `finalize`, `keep_alive` and `closing` one at a time on any thread, and `take` on the
// socket's: the two sides of a codec share nothing that changes.
#pragma once

#include "adapters/speech/wire_frame.hpp"
#include "messages/secret.hpp"
#include "messages/speech.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace unpod {

using wire_us = std::int64_t;

/// A word as a provider tells it.
struct wire_word {
  std::string text;
  wire_us from = 0;
  wire_us to = 0;
};

struct stt_news {
  enum class kind {
    ready,   // it takes audio now (of those for which `waits_until_ready`)
    partial, // `text` for now
    final,   // `text` for good, from `from` to `to`; empty: nothing was said there
    failed   // `why`: of no use any more
  };
  kind what = kind::partial;
  std::string text;
  wire_us from = 0;
  wire_us to = 0;
  std::vector<wire_word> words;
  std::string why;
};

class stt_codec {
public:
  virtual ~stt_codec() = default;

  virtual wire_dial dial() const = 0;
  virtual wire_frames opening() {
    return {};
  }
  virtual bool waits_until_ready() const {
    return false;
  }

  /// Appends the frames of this audio; may hold some of it back for a frame of its own.
  virtual void audio(const std::int16_t* pcm, std::size_t samples, wire_frames& out) = 0;
  /// Brings out the final of what was sent; nothing for one that ends turns by itself.
  virtual wire_frames finalize() = 0;
  /// When nothing was sent for `keep_alive_every`; 0: never needed.
  virtual wire_frames keep_alive() {
    return {};
  }
  virtual std::chrono::milliseconds keep_alive_every() const {
    return std::chrono::milliseconds{0};
  }
  /// A farewell before the close frame.
  virtual wire_frames closing() {
    return {};
  }

  virtual void take(bool text, std::string_view bytes, std::vector<stt_news>& out) = 0;
};

using stt_codec_ptr = std::unique_ptr<stt_codec>;

/// Where a provider is, and who we are there.
struct provider_access {
  std::string name;       // "deepgram"
  secret_text key;        // may be empty for a server of one's own
  std::string base_url;   // "wss://api.deepgram.com"
  std::string ca_file;    // PEM; empty: the system's authorities
  secret_text proxy = {}; // that its sockets go through; empty: none
};

/// Words about an error frame: a provider's own, cut short. Nothing of ours is in them.
std::string provider_words(std::string_view text);

/// Mono samples as little-endian bytes.
std::string linear_audio(const std::int16_t* pcm, std::size_t samples);
/// The same, or as mu-law when `rate_hz` is 8,000: a telephone
/// call passes as it came.
std::string wire_audio(const std::int16_t* pcm, std::size_t samples, std::uint32_t rate_hz);
inline bool is_mulaw_rate(std::uint32_t rate_hz) {
  return rate_hz == 8'000;
}

/// `settings.model` and `language` are the profile's; an empty model is the provider's usual one.
stt_codec_ptr make_deepgram_stt(const provider_access& access, const stt_settings& settings,
                                std::uint32_t rate_hz);
stt_codec_ptr make_deepgram_flux_stt(const provider_access& access, const stt_settings& settings,
                                     std::uint32_t rate_hz);
stt_codec_ptr make_cartesia_stt(const provider_access& access, const stt_settings& settings,
                                std::uint32_t rate_hz);
stt_codec_ptr make_elevenlabs_stt(const provider_access& access, const stt_settings& settings,
                                  std::uint32_t rate_hz);
stt_codec_ptr make_assemblyai_stt(const provider_access& access, const stt_settings& settings,
                                  std::uint32_t rate_hz);
stt_codec_ptr make_openai_stt(const provider_access& access, const stt_settings& settings,
                              std::uint32_t rate_hz);
stt_codec_ptr make_vosk_stt(const provider_access& access, const stt_settings& settings,
                            std::uint32_t rate_hz);

} // namespace unpod
