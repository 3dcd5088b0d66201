// What ElevenLabs' two protocols of speaking share: a message's sound, and its characters
// as words. Names are spelled in two ways on that wire, and both are read; character times
// are of their chunk, and a word may begin in one and end in the next.
#pragma once

#include "adapters/speech/json_frame.hpp"
#include "adapters/speech/tts_codec.hpp"

namespace unpod {

class elevenlabs_speech {
public:
  elevenlabs_speech(piece_serial piece, std::uint32_t rate_hz)
    : piece_(piece), rate_hz_(rate_hz), sound_(is_mulaw_rate(rate_hz)) {}

  piece_serial piece() const {
    return piece_;
  }

  /// Words first, then sound: characters begin where the sound so far ends. True at its end.
  bool take(const json::value& frame, tts_sink& sink);

  /// A context's settings (`context` may be empty), speed alone; the text must be one space.
  static void begin(json::writer& out, double speed);
  /// `…/v1/text-to-speech/{voice}/{way}` with what both ask for.
  static wire_dial dial(const provider_access& access, const tts_settings& settings,
                        std::uint32_t rate_hz, const char* way);

private:
  void take_sound(const json::value& frame, tts_sink& sink);
  void take_words(const json::value& frame, tts_sink& sink);
  void end_word(tts_sink& sink);

  piece_serial piece_;
  std::uint32_t rate_hz_;
  wire_sound sound_;
  std::string word_; // begun, and not over
  wire_us word_from_ = 0, word_to_ = 0;
  std::uint64_t samples_ = 0; // of its sound so far
};

} // namespace unpod
