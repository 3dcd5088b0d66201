// One brain of one call, pure: what the CALL and the network say, what is to be done. It
// stands where a runner's bridge would, and says the same things to the CALL.
//
//   idle --user text--> asked --first words--> answering --end--> idle
//     ^                 |  ^                       |
//     |   failed, once  |  | again                 | cut in, or its text is over-long: aborted
//     |   more: told <--+--+                       |
//     +--------------------------------------------+
//
// Words that were spoken are never asked for again: an answer that breaks off is over. The
// history is what was heard: the CALL says it (bridge_heard). A slow answer is bridged with
// a filler; one that fails is tried again, then the CALL is told, which says sorry.
#pragma once

#include "adapters/llm/brain_answer.hpp"
#include "messages/clock.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace unpod {

/// Ask; the answer's events carry this number.
struct send_ask {
  std::uint64_t number = 0;
  outgoing_request request;
};

/// The answer of the newest ask is not wanted any more.
struct drop_ask {};

/// The leg has nothing left to do.
struct brain_over {};

class brain_session {
public:
  using output = std::variant<send_ask, drop_ask, brain_over, runner_told, runner_joined,
                              runner_delta, runner_text_end, runner_filler, runner_failed>;
  using outputs = std::vector<output>;

  brain_session(bridge_opening opening, llm_settings node, brain_limits bounds,
                std::size_t json_depth_max);

  outputs begin(mono_time now);

  // What the CALL says.
  outputs tell(const bridge_user_text& turn, mono_time now);
  outputs tell(const bridge_interrupted& cut_in);
  void tell(const bridge_heard& words);
  outputs close();

  // What the network says, of the ask with this number.
  outputs on_head(std::uint64_t number, int status, const std::string& content_type);
  outputs on_piece(std::uint64_t number, std::string_view bytes, mono_time at, mono_time now);
  outputs on_end(std::uint64_t number, const outgoing_result& result, mono_time at, mono_time now);

  outputs on_tick(mono_time now);
  /// When `on_tick` is wanted.
  std::optional<mono_time> deadline() const;

  /// What the last whole answer used up, once.
  std::optional<brain_tokens> take_tokens();
  const std::string& model() const {
    return plan_.model;
  }

private:
  enum class phase { idle, asked, answering, over };

  void ask(outputs& done, mono_time now);
  void again_or_fail(const std::string& why, bool worth_it, outputs& done, mono_time now);
  bool say(std::string words, mono_time at, outputs& done);
  void end_answer(outputs& done);
  void drop(outputs& done);
  void remember(bool agents, const std::string& text);
  bool is_of(std::uint64_t number) const;

  bridge_opening opening_;
  llm_settings node_;
  brain_limits bounds_;
  std::size_t json_depth_max_;
  brain_plan plan_;
  phase now_ = phase::idle;
  std::vector<heard_words> words_;
  bool has_question_ = false; // the newest of `words_` is what is being asked
  std::uint64_t turn_ = 0;
  std::string text_;         // of the turn being asked
  std::uint64_t number_ = 0; // of the newest ask
  std::size_t tries_ = 0;    // of this turn
  std::size_t failed_ = 0;   // turns in a row
  std::size_t said_ = 0;     // bytes of this answer
  bool filled_ = false;
  mono_time begun_{0}; // this turn
  mono_time filler_due_{0};
  int status_ = 0;
  std::optional<brain_answer> answer_;
  std::optional<brain_tokens> tokens_;
};

} // namespace unpod
