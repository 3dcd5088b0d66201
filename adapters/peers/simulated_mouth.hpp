// What all simulated voices do alike: text to tones, tones to chunks on a clock. What a
// protocol adds is how it wraps them.
//
//   speak(id, text) -> [first byte] -> give(chunk) ... give(chunk) -> over(id)
//                                        drop(id): nothing more
//
// Several speeches sound at once, each on its own clock, or one after the other.
#pragma once

#include "adapters/http/route_path.hpp"
#include "adapters/json/json.hpp"
#include "adapters/peers/simulated_ear.hpp" // wire_format
#include "adapters/peers/simulated_providers.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

namespace unpod {

/// A word of a text as it was written, and when it sounds.
struct tone_token {
  std::string text;
  std::uint32_t from_ms = 0, to_ms = 0;
};

/// The words of a text that have a sound, in order, from this moment on.
std::vector<tone_token> tokens_of(std::string_view text, std::uint32_t from_ms);

struct tone_speech {
  std::string text;
  std::vector<tone_token> tokens;
  std::vector<std::int16_t> pcm;
  std::size_t given = 0;
  wire_format format;

  /// ms of its sound before this sample.
  std::uint32_t ms_at(std::size_t sample) const {
    return static_cast<std::uint32_t>(sample * 1'000 / format.rate_hz);
  }
};

class simulated_mouth : public simulated_link {
public:
  enum class order { together, in_turn };

  simulated_mouth(simulated_house& house, provider_fault fault, order how)
    : simulated_link(house, fault), order_(how) {}

protected:
  /// A chunk, from this sample on. Under the lock, and so is what follows.
  virtual void give(const std::string& id, const tone_speech& one, std::size_t from,
                    std::string bytes) = 0;
  virtual void over(const std::string& id, const tone_speech& one) = 0;
  virtual void begun(const std::string&) {}

  /// Adds to what this one says, or begins it; `more`: its text is not whole yet.
  void speak(const std::string& id, std::string_view text, wire_format format, bool more = false);
  /// Not another word; false when there was none to be said.
  bool drop(const std::string& id);
  bool is_speaking(const std::string& id) const {
    return speeches_.count(id) != 0;
  }
  std::size_t speeches() const {
    return speeches_.size();
  }
  /// Once nothing is left to be said.
  virtual void drained() {}

private:
  struct line {
    tone_speech speech;
    std::string begun_word; // of a text that is not whole: its last word may go on
    bool more = false, running = false, started = false;
  };

  void run(const std::string& id);
  void step(const std::string& id);
  void chunk(const std::string& id, tone_speech& one);
  void finish(const std::string& id);

  const order order_;
  std::map<std::string, line> speeches_;
  std::deque<std::string> turns_;
  std::uint64_t lives_ = 0;
};

} // namespace unpod
