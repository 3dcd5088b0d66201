// What happened in a demo, as values: the call as the API tells it, the turns
// put together from script, transcript and ledger, and how both are shown.
#pragma once

#include "adapters/peers/recording_check.hpp"
#include "adapters/peers/script.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unpod {

/// The parts of one turn's latency in order, ms; `total` among them.
using turn_ledger = std::vector<std::pair<std::string, double>>;

/// One entry of the transcript in `GET /v1/calls/{id}`.
struct told_turn {
  std::string role; // "user" or "agent"
  std::string content;
  turn_ledger ledger; // `ledger_ms` of an agent's turn
};

/// What `GET /v1/calls/{id}` says of a call.
struct told_call {
  std::string status;
  std::string end_reason;
  std::string recording; // file name, without folders
  std::vector<told_turn> transcript;
};

/// Reads the envelope `{"data": {…}}`; nothing, and words, when it is no call.
std::optional<told_call> read_call(const std::string& body, std::string& why);

/// `data.<key>` of an answer; empty when it isn't there.
std::string read_data_text(const std::string& body, const char* key);

/// What was seen on the wire while the call lasted.
struct seen_call {
  std::vector<std::string> heard;   // user.text, in order
  std::vector<std::string> replies; // the runner's answers, in order
  std::vector<std::pair<std::size_t, std::string>>
    cuts;            // answer (0: the greeting, n: answer n) that
                     // was interrupted, and its heard_prefix
  std::string ended; // reason, as the caller was told; empty: never
};

struct demo_turn {
  std::string says;
  std::string user;  // what the node heard
  std::string agent; // the runner's whole reply
  bool barge_in = false;
  bool cut_off = false;
  std::string heard_prefix;
  turn_ledger ledger;
};

/// One performed call, judged.
struct demo_call {
  std::string id;
  std::vector<demo_turn> turns;
  std::string recording; // path; empty: none
  recording_report report;

  bool ok() const {
    return report.ok();
  }
};

double ledger_part(const turn_ledger& ledger, std::string_view name); // negative: not there

/// Puts the turns together. Faults that no recording shows go to `findings`: turns
/// missing, a ledger that does not add up, a transcript that says something else.
std::vector<demo_turn> tell_turns(const std::vector<cast_turn>& cast, const seen_call& seen,
                                  const told_call& told, std::vector<std::string>& findings);

/// What the recording must hold for these turns to be true.
expected_call expect(const talk_script& script, const std::vector<demo_turn>& turns,
                     const seen_call& seen, bool exact_hearing);

/// `p` in 0..1 of these values, nearest rank; negative when there are none.
double percentile(std::vector<double> values, double p);

struct summary_line {
  std::string name;
  std::size_t count = 0;
  double p50_ms = 0, p99_ms = 0, max_ms = 0;
};

/// Per part of the ledger, and the runtime's text share (`send` + `speak`).
std::vector<summary_line> summarise(const std::vector<demo_call>& calls);

/// One JSON object: turns of all calls, the last recording, ok; `findings` when not ok and
/// `summary` when there was more than one call.
std::string demo_json(const std::vector<demo_call>& calls);

std::string ledger_table(const std::vector<demo_turn>& turns);
std::string summary_table(const std::vector<demo_call>& calls);

} // namespace unpod
