// What an Agent Runner thinks with: one brain per call, text in, text out.
#pragma once

#include "adapters/peers/script.hpp"

#include <functional>
#include <memory>
#include <string>

namespace unpod {

/// What a brain is told of its call (contract §3.5).
struct call_facts {
  std::string session;
  std::string agent;
  std::string direction;
  std::string user_number;
};

struct brain_reply {
  std::string text; // may be empty: nothing is said
  bool end_call = false;
  std::string end_reason;
};

/// Called by one thread at a time; answers at once.
class runner_brain {
public:
  virtual ~runner_brain() = default;

  /// Said when the call begins; empty: the caller speaks first.
  virtual std::string greeting() = 0;

  /// One whole user turn.
  virtual brain_reply answer(const std::string& user_text) = 0;

  /// The caller cut in; `heard` is the part of the last reply that was played.
  virtual void interrupted(const std::string& heard) {
    static_cast<void>(heard);
  }
};

using brain_maker = std::function<std::unique_ptr<runner_brain>(const call_facts&)>;

/// "You said: …"
std::unique_ptr<runner_brain> make_echo_brain();

/// Follows the script: the turn whose words were heard (the nearest with at least half of
/// them), else a keyword's answer, else `otherwise`.
std::unique_ptr<runner_brain> make_script_brain(std::shared_ptr<const talk_script> script);

} // namespace unpod
