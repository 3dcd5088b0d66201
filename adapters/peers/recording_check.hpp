// Judges a call from outside: its stereo recording (caller left, agent right)
// against the script, the transcript and the latency ledger.
//
//   left   ....[caller 1]..............................[caller 2 cuts in].......
//   right  [greeting]......[reply 1 .......... cut off].....................[reply 2]
//                    |<--->| response                |<-->| time to fall silent
//
// The agent's channel is recognised again, against a grammar of what it should
// say, what it would say if parts were missing, and decoys.
#pragma once

#include "adapters/peers/wav.hpp"
#include "adapters/peers/words.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace unpod {

/// Recognises audio: with a JSGF grammar, or freely when it is empty. `why` is set when the
/// recogniser could not work (a word it does not know in the grammar, say).
struct recognised_words {
  std::string text;
  std::string why;
};
using recogniser = std::function<recognised_words(
  const std::vector<std::int16_t>& pcm, std::uint32_t rate_hz, const std::string& grammar)>;

struct recording_limits {
  /// ms. Default 280: a pause between clauses of a synthetic voice is shorter, a fault's is not.
  std::chrono::milliseconds gap_max{280};
  /// ms. Default 80: both channels at once, where nobody cuts in.
  std::chrono::milliseconds overlap_max{80};
  /// ms. Default 800: from the first sound of a barge-in until the agent is silent.
  std::chrono::milliseconds stop_max{800};
  /// ms. Default 5,000: longer silence before an answer is dead air.
  std::chrono::milliseconds response_max{5'000};
  /// ms. Default 20: the ledger's total against what is audible.
  std::chrono::milliseconds ledger_off_max{20};
  /// ms. Default 450: a shorter pause does not part two utterances of the caller.
  std::chrono::milliseconds caller_join{450};
  /// words. Default 2: the one in which the agent was cut off, and one that was sent but that
  /// the caller had not reported as played (a report is up to 200 ms old).
  std::size_t heard_off_max = 2;
};

struct expected_turn {
  std::string says;      // what the caller says
  std::string heard;     // what the node understood
  bool barge_in = false; // the caller cuts in on the speech before
  std::string reply;     // the runner's whole text
  bool cut_off = false;
  std::string heard_prefix; // of the reply, when it was cut off
  double total_ms = -1;     // the ledger's; negative: none
};

struct expected_call {
  std::string greeting; // empty: none
  bool greeting_cut_off = false;
  std::vector<expected_turn> turns;
  std::vector<std::string> decoys;
  bool exact_hearing = true; // false: free speech; word errors are counted, not found fault with
};

struct measured_turn {
  double caller_from_ms = 0, caller_to_ms = 0;
  double response_ms = -1; // caller's last sound -> agent's first sample
  double audible_ms = -1;  // caller's last sound -> agent's first audible sound
  double longest_gap_ms = 0;
  double overlap_ms = 0;  // with the agent, while the caller says this turn
  double stop_ms = -1;    // barge-in: caller's first sound -> agent silent
  std::string recognised; // the agent's channel
};

struct recording_report {
  std::vector<std::string> findings; // faults, in words; none: the call was as it should be
  std::vector<measured_turn> turns;
  std::string greeting_recognised;
  std::size_t word_errors = 0; // of the caller's words, as the node understood them
  std::size_t words = 0;

  bool ok() const {
    return findings.empty();
  }
};

recording_report check_recording(const wav_audio& audio, const expected_call& expected,
                                 const recogniser& recognise, const recording_limits& limits = {});

/// The grammar an agent's reply is recognised with. `cut_at` > 0: cut off near that many words.
std::string reply_grammar(const std::string& reply, std::size_t cut_at,
                          const std::vector<std::string>& others);

/// True when `prefix` is the beginning of `text`, byte for byte.
bool is_prefix(const std::string& prefix, const std::string& text);

} // namespace unpod
