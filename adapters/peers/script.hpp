// The script of a spoken conversation: what the caller says and when, what the
// agent answers, and which phrases are there only to be told apart from these.
//
//   # A line is `key: text`; blank lines and lines that begin with # are skipped.
//   title: A table for two
//   greeting: Good evening, harbor kitchen. How can I help you?
//   caller: I would like to book a table for two       <- begins a turn
//     or: do you have a table for two tonight           <- another way to say it (--seed picks)
//     when: after 300 ms                                <- pause after the agent stopped; the
//     default
//   agent: With pleasure. We have a table at seven, or one in the garden at eight.
//   caller: seven sounds wonderful
//     when: barge-in after 1800 ms                      <- of the agent's audible speech
//     # or:  when: barge-in after word seven            <- once the agent's text has got to it
//   agent: The table is yours.
//   end: goodbye                                        <- the agent hangs up after that answer
//   keyword: price, cost                                <- an answer outside the turns:
//   agent: Lunch is twelve dollars.                        these words in what the user said
//   otherwise: Sorry, could you say that again?
//   decoy: what time do you close                       <- stands in the grammar, is never said
//
// Words of callers, decoys and keywords are letters and apostrophes: a number is
// written out, since the grammar and the recogniser's dictionary know words only.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unpod {

struct script_limits {
  /// bytes of one script. Default 64 KB.
  std::size_t file_bytes_max = 64 * 1024;
  /// bytes of one line. Default 1,000: a long answer.
  std::size_t line_bytes_max = 1'000;
  /// turns, and keyword answers. Default 50: ten minutes of talk.
  std::size_t turns_max = 50;
  /// ways to say one turn. Default 16.
  std::size_t ways_max = 16;
  /// decoys. Default 200: with 16 KB of grammar, more do not fit.
  std::size_t decoys_max = 200;
  /// decoys a demo must have, so that hearing is a real choice. Default 20.
  std::size_t decoys_min = 20;
  /// ms. Default 30,000: longer than any pause a caller makes.
  std::chrono::milliseconds wait_max{30'000};
};

/// When the caller begins to speak.
struct caller_cue {
  bool barge_in = false;
  /// Pause after the agent stopped, or audible agent speech before the caller cuts in.
  std::chrono::milliseconds wait{300};
  /// Barge-in only: wait (and then `wait`) for this word in the agent's spoken text; may be empty.
  std::string after_word;
};

struct script_turn {
  std::vector<std::string> ways; // never empty; the first is the plain one
  caller_cue cue;
  std::string reply;
  bool ends = false; // the agent hangs up after the reply
  std::string end_reason;
};

struct script_answer {
  std::vector<std::string> keywords; // any of them, each one or more words
  std::string reply;
  bool ends = false;
  std::string end_reason;
};

struct talk_script {
  std::string title;
  std::string greeting; // empty: the caller speaks first
  std::string otherwise = "Sorry, I did not get that. Could you say it again?";
  std::vector<script_turn> turns;
  std::vector<script_answer> answers;
  std::vector<std::string> decoys;
};

/// Reads a script; on failure `why` says which line and what to write instead.
std::optional<talk_script> parse_script(std::string_view text, std::string& why,
                                        const script_limits& limits = {});

/// Empty when the script can be performed as a demo (turns with answers, enough
/// decoys, none of them expected); else what is missing.
std::string why_not_performable(const talk_script& script, const script_limits& limits = {});

/// A JSGF grammar of every way to say every turn and every decoy.
std::string grammar_of(const talk_script& script);

/// One turn as it will be played.
struct cast_turn {
  std::string says;
  caller_cue cue;
  std::string reply;
  bool ends = false;
};

/// Seed 0 plays the script as written; any other picks among the ways and moves the timings
/// by up to a fifth. The same seed always casts the same.
std::vector<cast_turn> cast(const talk_script& script, std::uint64_t seed);

/// The script `unpod demo` plays by itself, as text: three turns, one of them a barge-in.
std::string_view built_in_script();

} // namespace unpod
