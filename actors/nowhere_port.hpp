// A media port of no call: what is played is swallowed, and nobody speaks. For probes.
#pragma once

#include "messages/media_port.hpp"

namespace unpod {

class nowhere_port : public media_port {
public:
  std::uint32_t rate_hz() const override {
    return 8'000;
  }
  void listen(std::shared_ptr<media_listener>) override {}
  void bind(std::shared_ptr<audio_tap>, sample_index) override {}
  void unbind(const audio_tap&) override {}
  void unbind_any() override {}
  void covered_to(sample_index) override {}
  sample_index heard_so_far() const override {
    return 0;
  }
  mono_time voiced_for() const override {
    return mono_time{0};
  }
  bool play(generation, const std::int16_t*, std::size_t, std::uint32_t) override {
    return true;
  }
  std::uint64_t given(generation) const override {
    return 0;
  }
  void mark(generation, std::uint64_t) override {}
  void finish(generation) override {}
  playout_position flush(generation) override {
    return {};
  }
  std::uint64_t trim(generation, std::uint64_t) override {
    return 0;
  }
  playout_position position(generation) const override {
    return {};
  }
  void mute(bool) override {}
  void close() override {}
};

} // namespace unpod
