// A synthetic callee's ear and mouth at the media port: what happens beside the mailboxes.
//
//   media thread --frame()--> ear --> caller_mind <--words, states-- LOOPBACK LEG
//   pacer, each 20 ms --tick()--> caller_mind --speak--> mouth --> caller_frame()
//                                             --hang up--> left()
//
// Any thread may call any member; the mutex is never held while the port is called.
#pragma once

#include "adapters/media/call_media.hpp"
#include "adapters/peers/audio_client.hpp"
#include "adapters/peers/audio_timeline.hpp"
#include "adapters/peers/caller_mind.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace unpod {

/// What a callee says, one after the other.
struct callee_voice {
  std::vector<std::vector<std::int16_t>> phrases; // 16 bit, mono
  std::uint32_t rate_hz = 16'000;
};

class callee_line : public paced, public std::enable_shared_from_this<callee_line> {
public:
  /// `left` is called once, on the pacer's thread, when the callee hangs up.
  callee_line(std::shared_ptr<const callee_voice> voice, std::shared_ptr<call_media> media,
              std::function<void()> left);

  /// The call is there: audio flows both ways from now on. The pacer outlives the line.
  void start(caller_pacer& pacer);
  void heard_words(const std::string& text);
  void told_state(const std::string& state);
  /// Silent and deaf from now on.
  void stop();

  /// Audio of the agent, 16 bit.
  void hear(std::string_view bytes, mono_time now);

  bool tick(mono_time now) override;

private:
  const std::shared_ptr<const callee_voice> voice_;
  const std::function<void()> left_;

  std::mutex mutex_; // guards what follows
  std::shared_ptr<call_media> media_;
  caller_mind mind_;
  voice_queue mouth_;
  bool hung_up_ = false;
};

} // namespace unpod
