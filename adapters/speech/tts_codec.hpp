// A voice's protocol as a pure value: settings to an address, pieces of text to frames,
// frames to sound. One file for each provider; no socket, no clock, no actor.
//
//   dial() -> open -> opening()   speak(piece, text), cancel(piece) -> frames   take(frame) -> sink
//
// Pieces have serial numbers, counted up, never used twice. One call at a time.
#pragma once

#include "adapters/speech/stt_codec.hpp"
#include "messages/speech.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace unpod {

using piece_serial = std::uint64_t;

/// Takes what a frame held.
class tts_sink {
public:
  virtual ~tts_sink() = default;
  /// Sound of this piece, mono, at the codec's rate.
  virtual void sound(piece_serial piece, const std::int16_t* pcm, std::size_t samples) = 0;
  /// Words of this piece, in order; times from the beginning of its sound.
  virtual void words(piece_serial piece, std::vector<wire_word> words) = 0;
  /// All of this piece's sound was given.
  virtual void done(piece_serial piece) = 0;
  /// The connection is of no use any more.
  virtual void failed(std::string why) = 0;
};

class tts_codec {
public:
  virtual ~tts_codec() = default;

  virtual wire_dial dial() const = 0;
  /// samples/s of its sound.
  virtual std::uint32_t rate_hz() const = 0;
  /// Pieces it may be given before the first of them is done.
  virtual std::size_t pieces_at_once() const {
    return 1;
  }

  /// A new connection: what the last one had begun is forgotten.
  virtual wire_frames opening() = 0;
  virtual wire_frames speak(piece_serial piece, const std::string& text) = 0;
  /// A piece that was given and is not done is not wanted any more; its late sound is dropped.
  virtual wire_frames cancel(piece_serial piece) = 0;
  /// Can it be told to stop at all? Else the connection is closed, and another dialled.
  virtual bool can_cancel() const {
    return true;
  }
  /// Is a connection of no use any more once its first piece is done?
  virtual bool one_piece_a_connection() const {
    return false;
  }
  virtual wire_frames keep_alive() {
    return {};
  }
  virtual std::chrono::milliseconds keep_alive_every() const {
    return std::chrono::milliseconds{0};
  }
  virtual wire_frames closing() {
    return {};
  }

  virtual void take(bool text, std::string_view bytes, tts_sink& sink) = 0;
};

using tts_codec_ptr = std::unique_ptr<tts_codec>;

/// Bytes of a sound stream that is cut anywhere, as samples.
class wire_sound {
public:
  explicit wire_sound(bool mulaw) : mulaw_(mulaw) {}

  /// The samples that are whole now; good until the next call.
  const std::vector<std::int16_t>& take(std::string_view bytes);
  void reset() {
    held_ = false;
  }

private:
  bool mulaw_;
  bool held_ = false; // half a sample waits for its other half
  char half_ = 0;
  std::vector<std::int16_t> pcm_;
};

/// Finds the words of a voice in the text it was given, in order; what it spells otherwise
/// is passed over. `until_sample` at `rate_hz`.
std::vector<spoken_word> words_in_text(const std::string& text, const std::vector<wire_word>& words,
                                       std::uint32_t rate_hz);

tts_codec_ptr make_cartesia_tts(const provider_access& access, const tts_settings& settings,
                                std::uint32_t rate_hz);
tts_codec_ptr make_deepgram_tts(const provider_access& access, const tts_settings& settings,
                                std::uint32_t rate_hz);
tts_codec_ptr make_deepgram_flux_tts(const provider_access& access, const tts_settings& settings,
                                     std::uint32_t rate_hz);
tts_codec_ptr make_elevenlabs_tts(const provider_access& access, const tts_settings& settings,
                                  std::uint32_t rate_hz);
tts_codec_ptr make_elevenlabs_single_tts(const provider_access& access,
                                         const tts_settings& settings, std::uint32_t rate_hz);
tts_codec_ptr make_openai_tts(const provider_access& access, const tts_settings& settings,
                              std::uint32_t rate_hz);

} // namespace unpod
