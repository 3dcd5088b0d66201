// A recogniser behind a socket: the call's audio in, what it hears out. The actor above
// steers (dialled_stt.hpp); audio and frames pass it by.
//
//   waiting --open(channel)--> open [--ready--> hearing] --close(), peer's close, error--> over
//
//   tap (media thread) -> held -> codec.audio -> channel
//   channel (its strand) -> codec.take -> outlet
//
// Audio is sent in pieces of 80 ms, of 100 or later 200 ms while nobody speaks, and at once
// when speech ends or a final is asked for: a message for each frame would cost more than all
// the rest of a call.
#pragma once

#include "adapters/speech/sent_audio.hpp"
#include "adapters/speech/stt_codec.hpp"
#include "adapters/speech/stt_session.hpp"
#include "adapters/speech/wire_watch.hpp"
#include "adapters/speech/word_watch.hpp"
#include "adapters/websocket/channel.hpp"
#include "messages/provider_limits.hpp"

#include <memory>
#include <mutex>

namespace unpod {

class stt_wire : public audio_tap,
                 public watched_wire,
                 public std::enable_shared_from_this<stt_wire> {
public:
  stt_wire(stt_codec_ptr codec, std::unique_ptr<stt_outlet> outlet, std::uint32_t rate_hz,
           const provider_limits& bounds);

  /// The address, once.
  wire_dial dial() const {
    return codec_->dial();
  }

  /// The connection is there. Net thread.
  void open(ws_channel_ptr channel);
  /// Brings out a final. Any thread.
  void finalize(mono_time now);
  /// Gives up a wish for a final that nobody answers too, and a recogniser that is not ready,
  /// or deaf.
  void look(mono_time now) override;
  /// Nothing is said any more; the socket closes on its own time. Any thread.
  void close();

  void audio(sample_index first, const std::int16_t* pcm, std::size_t samples) override;
  void speech_started(sample_index at) override;
  void speech_ended(sample_index at) override;

private:
  void take(bool text, std::string_view bytes);
  void tell(stt_news& news);
  void tell_final(stt_news& news);
  void hold_locked(sample_index first, const std::int16_t* pcm, std::size_t samples);
  void send_held_locked();
  std::size_t piece_locked(sample_index at) const;
  void send_locked(wire_frames frames);
  void be_ready();
  void lose(const std::string& why, trouble kind);

  const stt_codec_ptr codec_;
  const std::unique_ptr<stt_outlet> outlet_;
  const std::uint32_t rate_hz_;
  const provider_limits bounds_;
  const mono_time ready_by_;

  std::vector<stt_news> news_; // the strand's

  std::mutex mutex_; // guards what follows, and the sending side of the codec
  ws_channel_ptr channel_;
  bool over_ = false;
  bool ready_ = false;
  bool speaking_ = false;          // the caller, as the tap is told
  sample_index quiet_from_ = 0;    // since then, when not
  std::vector<std::int16_t> held_; // audio that is not sent yet
  sample_index held_from_ = 0;
  sent_audio sent_;
  word_watch watch_;
  sample_index speech_from_ = 0;
  sample_index covered_ = 0;  // up to here finals were told
  bool speech_waits_ = false; // speech since the last final
  mono_time final_wanted_{0}; // 0: nobody waits
  mono_time deaf_by_{0};      // 0: it may take its time
  mono_time sent_at_{0};
};

/// Of what kind it is that nothing could be dialled; `why` is the dialler's.
trouble trouble_of_dial(std::string_view why);

/// How a provider's close is put into words; its reason is bounded and printable.
std::string close_words(std::uint16_t code, std::string_view reason);

} // namespace unpod
