// One call of a caller with ears: says the phrase, waits for the answer to be over, says
// it again. Its sockets and pacer are whose it is given; somebody asks it now and then.
//
//   dialling --started--> resting --due--> speaking --said--> waiting --answered, quiet--> resting
//   …
//                          after the last turn: ending --closed--> over
//       any of them --error, closed, nothing for `answer_wait`--> over, `failed` says why
#pragma once

#include "adapters/peers/audio_client.hpp"
#include "adapters/peers/speech_map.hpp"

#include <memory>
#include <string>
#include <vector>

namespace unpod {

/// ms between two frames of the agent above which it was silent, and did not stutter.
inline constexpr std::chrono::milliseconds dialogue_silence{200};

/// One turn by the caller's own clock.
struct dialogue_turn {
  mono_time said{0};        // the frame with the phrase's last sample left
  mono_time first_heard{0}; // the answer's first frame came
};

struct dialogue_tale {
  std::string call; // id
  std::string failed;
  mono_time dialled{0}, started{0};
  std::vector<dialogue_turn> turns; // those that were answered
  std::vector<double> gaps_ms;      // between two frames of one speech of the agent
};

/// The gaps between frames that belong to one speech. Pure.
std::vector<double> speech_gaps_ms(const std::vector<heard_frame>& frames);

class bench_dialogue {
public:
  /// `dial`'s threads and `pacer` outlive it.
  bench_dialogue(const websocket_dialer& dial, caller_pacer& pacer, const audio_format& audio,
                 pcm_samples phrase, std::uint32_t phrase_rate_hz, std::size_t turns);

  void begin(const std::string& url, mono_time now);

  /// Goes on; true when it is over.
  bool go_on(mono_time now);

  /// When it is over.
  const dialogue_tale& tale() const {
    return tale_;
  }

private:
  enum class stage { dialling, resting, speaking, waiting, ending, over };

  void read(const client_event& event);
  bool end(const std::string& why);
  void finish();

  const websocket_dialer& dial_;
  caller_pacer& pacer_;
  const pcm_samples phrase_;
  const std::uint32_t phrase_rate_hz_;
  const std::size_t turns_;
  std::shared_ptr<audio_client> client_;
  stage stage_ = stage::dialling;
  mono_time since_{0};   // of the stage
  std::size_t read_ = 0; // events
  dialogue_turn turn_;
  dialogue_tale tale_;
};

} // namespace unpod
