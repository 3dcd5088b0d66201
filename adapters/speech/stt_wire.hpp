// A recogniser behind a socket: the call's audio in, what it hears out. The actor above
// steers (dialled_stt.hpp); audio and frames pass it by.
//
//   waiting --open(channel)--> open [--ready--> hearing] --close(), peer's close, error--> over
//
//   tap (media thread) -> codec.audio -> channel        channel (its strand) -> codec.take ->
//   outlet
#pragma once

#include "adapters/speech/sent_audio.hpp"
#include "adapters/speech/stt_codec.hpp"
#include "adapters/speech/stt_session.hpp"
#include "adapters/speech/word_watch.hpp"
#include "adapters/websocket/channel.hpp"
#include "messages/provider_limits.hpp"

#include <memory>
#include <mutex>

namespace unpod {

class stt_wire : public audio_tap, public std::enable_shared_from_this<stt_wire> {
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
  /// Keeps an idle connection, gives up a wish for a final that nobody answers, and says
  /// whether words are overdue. Any thread, a few times a second.
  bool is_deaf(mono_time now);
  /// Nothing is said any more; the socket closes on its own time. Any thread.
  void close();

  void audio(sample_index first, const std::int16_t* pcm, std::size_t samples) override;
  void speech_started(sample_index at) override;
  void speech_ended(sample_index at) override;

private:
  void take(bool text, std::string_view bytes);
  void tell(stt_news& news);
  void tell_final(stt_news& news);
  void send_locked(const wire_frames& frames);
  void lose(const std::string& why);

  const stt_codec_ptr codec_;
  const std::unique_ptr<stt_outlet> outlet_;
  const std::uint32_t rate_hz_;
  const provider_limits bounds_;

  std::vector<stt_news> news_; // the strand's

  std::mutex mutex_; // guards what follows, and the sending side of the codec
  ws_channel_ptr channel_;
  bool over_ = false;
  sent_audio sent_;
  word_watch watch_;
  sample_index speech_from_ = 0;
  sample_index covered_ = 0;  // up to here finals were told
  bool speech_waits_ = false; // speech since the last final
  mono_time final_wanted_{0}; // 0: nobody waits
  mono_time sent_at_{0};
};

/// How a provider's close is put into words; its reason is bounded and printable.
std::string close_words(std::uint16_t code, std::string_view reason);

} // namespace unpod
