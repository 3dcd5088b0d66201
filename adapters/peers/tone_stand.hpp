// What the benches of speech providers stand on: a node in a process of its own, two houses of
// simulated providers, a runner, and callers who talk in coded tones.
//
//   open -> seat(n) ... -> attend() often -> hang_up -> read what each caller said and heard
#pragma once

#include "adapters/peers/audio_client.hpp"
#include "adapters/peers/bench_stand.hpp"
#include "adapters/peers/failover_caller.hpp"
#include "adapters/peers/runner_client.hpp"
#include "adapters/peers/simulated_providers.hpp"
#include "adapters/websocket/net_threads.hpp"

#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace unpod {

/// Services of a simulated house, as its fault script names them.
inline constexpr const char* tone_recogniser = "deepgram stt";
inline constexpr const char* tone_voice = "cartesia tts";

struct tone_stand_wishes {
  std::size_t calls_max = 1;
  std::uint64_t seed = 1;
  std::string codec = "pcmu"; // pcmu, pcm16
  std::vector<std::string> node_settings;
  /// What each new connection does wrong; `house` 0 is every call's first choice. Net threads.
  std::function<provider_fault(std::size_t house, const std::string& service,
                               std::uint64_t connection)>
    faults;
};

/// A caller's socket, and what was seen of it.
struct tone_seat {
  std::shared_ptr<audio_client> client;
  std::unique_ptr<failover_caller> caller;
  call_book_ptr book; // once it has started

  std::mutex mutex; // guards what follows
  std::string call;
  std::string over; // why it is, when nobody asked for it
  bool leaving = false;
  mono_time quiet_since{0};
  std::vector<mono_time> said_until;

  void see(const client_event& event);
  bool is_started();
  bool is_gone();
};

class tone_stand {
public:
  tone_stand() = default;
  ~tone_stand();

  tone_stand(const tone_stand&) = delete;
  tone_stand& operator=(const tone_stand&) = delete;

  /// False, and words, when there is no node to measure.
  bool open(const tone_stand_wishes& wishes, std::string& why);

  /// One more caller, who says so many things from `first` on. It starts by itself.
  tone_seat& seat(std::size_t utterances, mono_time first);
  /// Lets this caller say what it has to say now; true when it has nothing to do any more.
  bool attend(tone_seat& one, mono_time now);
  void leave(tone_seat& one);
  /// Forgets those that are gone.
  void clear();

  simulated_providers& house(std::size_t number) {
    return *houses_[number];
  }
  bench_stand& node() {
    return *stand_;
  }
  std::vector<std::shared_ptr<tone_seat>>& seats() {
    return seats_;
  }
  const tone_alphabet& alphabet() const {
    return alphabet_;
  }

private:
  bool open_houses(std::vector<std::string>& settings, std::string& why);
  bool open_runner(std::string& why);
  websocket_dialer dialer();

  const tone_alphabet alphabet_ = tone_alphabet::numbers();
  tone_stand_wishes wishes_;
  call_books books_;
  net_threads provider_threads_{1};
  net_threads threads_{1};
  std::array<std::unique_ptr<simulated_providers>, 2> houses_;
  std::unique_ptr<bench_stand> stand_;
  std::unique_ptr<runner_client> runner_;
  std::vector<std::shared_ptr<tone_seat>> seats_;
  std::size_t seated_ = 0; // so far
  std::unique_ptr<caller_pacer> pacer_;
};

} // namespace unpod
