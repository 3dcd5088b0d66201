// One caller's recogniser: takes the call's audio from the media thread, and
// decodes it utterance by utterance on a speech lane.
//
//   tap (media thread) --> inbox --> lane: gate --> decoder --> partials, finals
//
// A decoder is borrowed for one utterance. Without one (all are lent) the inbox
// waits; past `decode_backlog_max` it drops its oldest audio.
#pragma once

#include "adapters/speech/decoder_pool.hpp"
#include "adapters/speech/speech_threads.hpp"
#include "adapters/speech/upsampler.hpp"
#include "adapters/speech/utterance_gate.hpp"
#include "messages/limits.hpp"

#include <deque>
#include <memory>
#include <mutex>

namespace unpod {

/// What a session has to say. Called on its lane.
class stt_outlet {
public:
  virtual ~stt_outlet() = default;
  virtual void ready() = 0;
  virtual void partial(std::string text) = 0;
  virtual void heard(stt_final words) = 0;
  virtual void failed(std::string why, trouble kind = trouble::refused) = 0; // the last thing said
};

/// How sessions listen.
struct stt_knobs {
  /// ms. Default 350: `turn_limits.finalize_silence`.
  milliseconds finalize_silence{350};
  /// ms. Default 300: `media_limits.pre_roll`.
  milliseconds pre_roll{300};
  /// s. Default 15: `speech_limits.decode_backlog_max`.
  seconds backlog_max{15};
  /// ms. Default 200: audio between two looks at what was said so far.
  milliseconds partial_every{200};
  /// What a grammar may have.
  speech_limits bounds;
  /// s. Default 30: a longer utterance is closed and goes on as the next one; the
  /// decoder keeps all of an utterance.
  seconds utterance_max{30};
};

class stt_session : public audio_tap,
                    private utterance_sink,
                    public std::enable_shared_from_this<stt_session> {
public:
  stt_session(std::shared_ptr<decoder_pool> pool, std::shared_ptr<speech_lane> lane,
              std::unique_ptr<stt_outlet> outlet, std::string grammar, std::uint32_t rate_hz,
              stt_knobs knobs);
  ~stt_session() override;

  /// Checks the grammar, loads a decoder when none is warm, then says `ready`.
  /// Once, before the tap is bound.
  void begin();
  /// A final of what was heard so far, in order with the audio.
  void finalize();
  /// Any thread. Nothing is said any more, nothing is decoded.
  void close();

  void audio(sample_index first, const std::int16_t* pcm, std::size_t samples) override;
  void speech_started(sample_index at) override;
  void speech_ended(sample_index at) override;

private:
  struct event {
    enum class kind { warm_up, audio, started, ended, finalize };

    kind what = kind::audio;
    sample_index at = 0;
    std::vector<std::int16_t> pcm;
  };

  void take_in(event news);
  void schedule_locked();
  bool next_event(event& into);
  bool is_closed();
  void work();
  bool accept_grammar();
  bool borrow();
  void wait_for_decoder(event unheard);
  void handle(event& news);
  void tell_partial();
  void fail(const std::string& why);
  void lay_down();

  void open(sample_index first) override;
  void hear(const std::int16_t* pcm, std::size_t samples) override;
  void close(sample_index from, sample_index to) override;
  void nothing(sample_index at) override;

  sample_index on_call(sample_index decoded) const;

  const std::shared_ptr<decoder_pool> pool_;
  const std::shared_ptr<speech_lane> lane_;
  const std::unique_ptr<stt_outlet> outlet_;
  const std::uint32_t rate_hz_;
  const stt_knobs knobs_;

  std::mutex mutex_;
  std::deque<event> inbox_;
  std::size_t waiting_ = 0; // samples in the inbox
  bool scheduled_ = false;
  bool closed_ = false;

  // Of the lane only.
  std::string grammar_; // as it was set; canonical once it is accepted
  bool accepted_ = false;
  utterance_gate gate_;
  std::unique_ptr<decoder> decoder_;
  voice_memory memory_;
  upsampler upsampler_;
  bool decoding_ = false;    // the decoder is in an utterance
  sample_index first_ = 0;   // of the open utterance's audio
  std::size_t unlooked_ = 0; // samples decoded since the last look at the text
  std::string partial_;
};

} // namespace unpod
