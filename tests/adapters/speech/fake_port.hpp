// A media port without a call behind it: what is played stays, what is said is
// put into the tap by the test. Thread-safe.
#pragma once

#include "messages/media_port.hpp"

#include <map>
#include <mutex>
#include <vector>

namespace unpod {

class fake_port : public media_port {
public:
  explicit fake_port(std::uint32_t rate_hz = 16'000) : rate_hz_(rate_hz) {}

  // -- the test's side --------------------------------------------------------

  std::shared_ptr<audio_tap> tap() const {
    const std::lock_guard lock{mutex_};
    return tap_;
  }
  std::vector<std::int16_t> played(generation utterance) const {
    const std::lock_guard lock{mutex_};
    const auto found = played_.find(utterance);
    return found == played_.end() ? std::vector<std::int16_t>{} : found->second;
  }
  /// As if this were waiting to be played, in every utterance.
  void pretend_queued(std::uint64_t samples) {
    const std::lock_guard lock{mutex_};
    queued_ = samples;
  }
  /// Takes no more than this many samples of an utterance, as a ring that is full.
  void limit(std::uint64_t samples) {
    const std::lock_guard lock{mutex_};
    room_ = samples;
  }

  // -- media_port -------------------------------------------------------------

  std::uint32_t rate_hz() const override {
    return rate_hz_;
  }
  void listen(std::shared_ptr<media_listener>) override {}
  void bind(std::shared_ptr<audio_tap> tap, sample_index) override {
    const std::lock_guard lock{mutex_};
    tap_ = std::move(tap);
  }
  void unbind(const audio_tap& tap) override {
    const std::lock_guard lock{mutex_};
    if (tap_.get() == &tap)
      tap_ = nullptr;
  }
  void unbind_any() override {
    bind(nullptr, 0);
  }
  void covered_to(sample_index) override {}
  sample_index heard_so_far() const override {
    return 0;
  }
  mono_time voiced_for() const override {
    return mono_time{0};
  }
  bool play(generation utterance, const std::int16_t* pcm, std::size_t samples,
            std::uint32_t rate) override {
    const std::lock_guard lock{mutex_};
    auto& ring = played_[utterance];
    if (utterance <= flushed_ || ring.size() + samples > room_)
      return false;
    for (std::size_t i = 0; i < samples; i += rate / rate_hz_)
      ring.push_back(pcm[i]);
    return true;
  }
  std::uint64_t given(generation utterance) const override {
    return played(utterance).size();
  }
  void mark(generation, std::uint64_t) override {}
  void finish(generation) override {}
  playout_position flush(generation utterance) override {
    const std::lock_guard lock{mutex_};
    flushed_ = utterance;
    return {};
  }
  std::uint64_t trim(generation utterance, std::uint64_t to) override {
    const std::lock_guard lock{mutex_};
    auto& ring = played_[utterance];
    ring.resize(std::min<std::size_t>(ring.size(), to));
    return ring.size();
  }
  playout_position position(generation) const override {
    const std::lock_guard lock{mutex_};
    return {0, 0, queued_};
  }
  void mute(bool) override {}
  void close() override {}

private:
  const std::uint32_t rate_hz_;
  mutable std::mutex mutex_;
  std::shared_ptr<audio_tap> tap_;
  std::map<generation, std::vector<std::int16_t>> played_;
  generation flushed_ = 0;
  std::uint64_t queued_ = 0;
  std::uint64_t room_ = ~std::uint64_t{0};
};

} // namespace unpod
