// A voice behind a socket: pieces of text out, their sound into the call's playout ring,
// piece after piece. The actor above steers (dialled_speech.hpp); sound passes it by.
//
//   closed --speak--> dialling --open--> open --peer closes, nothing waits--> closed
//      piece: waiting --room--> asked --sound--> sounding --done, and it is the first--> told
//
// What a later piece says while an earlier one still sounds is held until its turn.
// Thread-safe: the actor and the channel's strand take turns.
#pragma once

#include "adapters/speech/phrase_cache.hpp"
#include "adapters/speech/tts_codec.hpp"
#include "adapters/speech/wire_watch.hpp"
#include "adapters/websocket/client.hpp"
#include "messages/provider_limits.hpp"
#include "messages/media_port.hpp"

#include <deque>
#include <memory>
#include <mutex>
#include <optional>

namespace unpod {

/// What a voice's wire has to say. Called with no lock held; must not block.
class tts_outlet {
public:
  virtual ~tts_outlet() = default;
  virtual void sounds(tts_first_byte event) = 0;
  virtual void done(tts_piece_done event) = 0;
  virtual void failed(tts_failed event) = 0; // the last thing said
  /// A piece waits, and nobody dials.
  virtual void needs_connection() = 0;
};

/// ms of sound that a byte of text may make, and s on top of it: a provider that sends more
/// has lost its mind, or means us ill.
inline constexpr std::uint64_t sound_ms_per_byte_max = 400, sound_s_extra_max = 10;
/// bytes of text waiting to be spoken. 256 KB, as the embedded voice has it.
inline constexpr std::size_t dialled_text_bytes_max = 256 * 1024;

/// What helps a voice; null: it goes without.
struct tts_helps {
  std::shared_ptr<const pronunciations> says;
  std::shared_ptr<phrase_cache> phrases;
};

class tts_wire : public watched_wire,
                 public std::enable_shared_from_this<tts_wire>,
                 private tts_sink {
public:
  /// `dial` begins to connect and calls `opened` or `not_opened`, later, once.
  tts_wire(tts_codec_ptr codec, std::unique_ptr<tts_outlet> outlet, media_port_ptr port,
           std::string provider, const provider_limits& bounds, tts_helps helps = {},
           tts_settings settings = {});

  wire_dial dial() const {
    return codec_->dial();
  }

  /// Should a connection be dialled now, the first one or one for a piece that waits? True
  /// once; `opened` or `not_opened` answers it.
  bool wants_connection();
  /// `stood_by`: it was open before anybody needed it. If it closes before it has said a word, a
  /// fresh one is asked for and nothing is lost.
  void opened(ws_channel_ptr channel, bool stood_by = false);
  void not_opened(const std::string& why);

  void speak(const tts_speak& command);
  void cancel(generation utterance);
  /// Fails when a piece has stalled, too.
  void look(mono_time now) override;
  /// The same more closely, while it is in the middle of a piece: a voice that sends nothing
  /// and leaves the caller nothing to hear has stalled. When to look again; nothing: when it
  /// sounds again.
  std::optional<std::chrono::milliseconds> look_amid(mono_time now);
  /// Was it asked for a piece, and has not made a sound since, for longer than most need?
  bool is_mute(mono_time now) const;
  /// Hangs up, if nothing is to be said over it, on a connection opened before this.
  void let_go_of_older(mono_time than);
  /// When its connection was, the last one that it had.
  mono_time opened_at() const;
  void close();

private:
  struct piece {
    piece_serial serial = 0;
    tts_speak what;
    pronounced_text said; // what the provider is sent for it
    std::string key;      // of the phrase, when it is to be kept
    bool asked = false, sounding = false, done = false;
    std::uint64_t before = 0;  // what the utterance had been given before it
    std::uint64_t samples = 0; // of its sound so far, at the codec's rate
    std::vector<std::int16_t> held;
    std::vector<std::int16_t> kept; // all of its sound, when it is to be kept
    std::vector<wire_word> words;
    mono_time news{0};
  };
  /// What is to be told once the lock is let go.
  struct report {
    std::vector<tts_first_byte> first;
    std::vector<tts_piece_done> done;
    std::vector<tts_failed> failed;
  };

  void take(std::uint64_t connection, bool text, std::string_view bytes);
  void closed(std::uint16_t code, const std::string& reason);
  void ask_locked();
  void settle_locked();
  bool play_locked(piece& one, const std::int16_t* pcm, std::size_t samples);
  void lose_locked(std::string why, trouble kind = trouble::refused);
  void send_locked(wire_frames frames);
  piece* find(piece_serial serial);
  piece made_of(const tts_speak& command);
  void keep(piece& one, const std::int16_t* pcm, std::size_t samples);
  std::vector<spoken_word> words_of(const piece& one) const;
  tts_piece_done report_of(const piece& one) const;
  void tell(report said, ws_channel_ptr lost);

  void sound(piece_serial serial, const std::int16_t* pcm, std::size_t samples) override;
  void words(piece_serial serial, std::vector<wire_word> words) override;
  void done(piece_serial serial) override;
  void failed(std::string why) override;

  const tts_codec_ptr codec_;
  const std::unique_ptr<tts_outlet> outlet_;
  const media_port_ptr port_;
  const std::string provider_;
  const provider_limits bounds_;
  const tts_helps helps_;
  const tts_settings settings_;

  mutable std::mutex mutex_; // guards what follows, and the codec
  ws_channel_ptr channel_;
  ws_channel_ptr lost_; // to be closed once the lock is let go
  bool dialling_ = false, over_ = false;
  bool unproven_ = false; // the connection stood by, and has said nothing yet
  std::uint64_t connection_ = 0;
  std::deque<piece> pieces_;
  std::size_t text_bytes_ = 0;
  piece_serial last_ = 0;
  generation cancelled_ = 0;
  mono_time sent_at_{0}, opened_at_{0};
  report said_;
};

} // namespace unpod
