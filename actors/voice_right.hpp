// Who of two voices may sound. While a second one is tried beside a slow first one, the
// playout ring takes the one that sounds first, and never a sample of the other.
//
//   free --first sound--> held by that voice --give(other), set_free()--> ...
//
// Thread-safe: voices play on threads of their own.
#pragma once

#include "messages/media_port.hpp"

#include <memory>
#include <mutex>
#include <utility>

namespace unpod {

/// Counts up from 1; 0 is nobody.
using voice_id = std::uint64_t;

class voice_right {
public:
  void give(voice_id voice) {
    const std::lock_guard lock{mutex_};
    holder_ = voice;
  }
  void set_free() {
    give(0);
  }
  /// `lost` sounds no more. True: it had sounded, and nobody may until the right is given
  /// again; false: it had not, and `other` may.
  bool lose(voice_id lost, voice_id other, voice_id nobody) {
    const std::lock_guard lock{mutex_};
    const bool had = holder_ == lost;
    holder_ = had || other == 0 ? nobody : other;
    return had;
  }
  voice_id holder() const {
    const std::lock_guard lock{mutex_};
    return holder_;
  }
  /// Does `work` if this voice has the right or nobody has; then it is this voice's.
  template <class Work>
  bool use(voice_id voice, Work work) {
    const std::lock_guard lock{mutex_};
    if (holder_ != 0 && holder_ != voice)
      return false;
    holder_ = voice;
    return work();
  }

private:
  mutable std::mutex mutex_;
  voice_id holder_ = 0;
};

/// A call's port as one voice sees it.
class voice_port : public media_port {
public:
  voice_port(media_port_ptr port, std::shared_ptr<voice_right> right, voice_id voice)
    : port_(std::move(port)), right_(std::move(right)), voice_(voice) {}

  bool play(generation utterance, const std::int16_t* pcm, std::size_t samples,
            std::uint32_t rate_hz) override {
    return right_->use(voice_, [&] { return port_->play(utterance, pcm, samples, rate_hz); });
  }

  std::uint32_t rate_hz() const override {
    return port_->rate_hz();
  }
  void listen(std::shared_ptr<media_listener> listener) override {
    port_->listen(std::move(listener));
  }
  void bind(std::shared_ptr<audio_tap> tap, sample_index from) override {
    port_->bind(std::move(tap), from);
  }
  void unbind(const audio_tap& tap) override {
    port_->unbind(tap);
  }
  void unbind_any() override {
    port_->unbind_any();
  }
  void covered_to(sample_index sample) override {
    port_->covered_to(sample);
  }
  sample_index heard_so_far() const override {
    return port_->heard_so_far();
  }
  mono_time voiced_for() const override {
    return port_->voiced_for();
  }
  std::uint64_t given(generation utterance) const override {
    return port_->given(utterance);
  }
  void mark(generation utterance, std::uint64_t sample) override {
    port_->mark(utterance, sample);
  }
  void finish(generation utterance) override {
    port_->finish(utterance);
  }
  playout_position flush(generation utterance) override {
    return port_->flush(utterance);
  }
  playout_position position(generation utterance) const override {
    return port_->position(utterance);
  }
  std::uint64_t trim(generation utterance, std::uint64_t to) override {
    return port_->trim(utterance, to);
  }
  void mute(bool on) override {
    port_->mute(on);
  }
  void close() override {
    port_->close();
  }

private:
  const media_port_ptr port_;
  const std::shared_ptr<voice_right> right_;
  const voice_id voice_;
};

} // namespace unpod
