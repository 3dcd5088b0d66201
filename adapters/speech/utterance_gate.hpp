// Which of the caller's audio is one utterance. Pure: time is a count of samples.
//
//   quiet --speech_started--> talking --speech_ended--> ebbing
//     ^                        |   ^---speech_started-----|
//     |   finalize, too long --+                          |
//     +------- closed <-------- silence long enough, finalize
//
// Audio of the quiet is kept for a moment: an utterance begins with some of what
// came before the caller was noticed.
#pragma once

#include "messages/media_port.hpp"

#include <vector>

namespace unpod {

/// Takes what the gate lets through. `hear` comes only between `open` and `close`.
class utterance_sink {
public:
  virtual ~utterance_sink() = default;
  /// The next sample heard is this one.
  virtual void open(sample_index first) = 0;
  virtual void hear(const std::int16_t* pcm, std::size_t samples) = 0;
  /// The utterance was between these samples of the call.
  virtual void close(sample_index from, sample_index to) = 0;
  /// A final was asked for, and there is nothing to be final about since this sample.
  virtual void nothing(sample_index at) = 0;
};

/// All in samples at the port's rate.
struct gate_knobs {
  std::size_t pre_roll = 0;         // of the quiet before speech, heard too
  std::size_t memory = 0;           // of the quiet, kept; speech may be noticed late
  std::size_t finalize_silence = 0; // after the last speech sample
  std::size_t utterance_max = 0;    // a longer one is closed, and the next begins
};

class utterance_gate {
public:
  explicit utterance_gate(gate_knobs knobs) : knobs_(knobs) {}

  void audio(sample_index first, const std::int16_t* pcm, std::size_t samples,
             utterance_sink& sink);
  void speech_started(sample_index at, utterance_sink& sink);
  void speech_ended(sample_index at, utterance_sink& sink);
  void finalize(utterance_sink& sink);

  /// Audio would be let through now.
  bool is_talking() const {
    return now_ != phase::quiet;
  }

private:
  enum class phase { quiet, talking, ebbing };

  void begin(sample_index first, sample_index from, utterance_sink& sink);
  void let_through(const std::int16_t* pcm, std::size_t samples, utterance_sink& sink);
  void remember(const std::int16_t* pcm, std::size_t samples);
  void end(sample_index to, utterance_sink& sink);

  gate_knobs knobs_;
  phase now_ = phase::quiet;
  bool placed_ = false;             // position_ means something
  bool open_ = false;               // the sink is between open and close
  sample_index position_ = 0;       // of the next sample to come
  sample_index from_ = 0;           // of the open utterance
  sample_index covered_ = 0;        // the end of the last utterance
  sample_index ended_ = 0;          // last speech sample, while ebbing
  std::vector<std::int16_t> quiet_; // the last samples before position_
};

} // namespace unpod
