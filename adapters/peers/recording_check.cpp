// The judge: which sounds belong to which turn, then one question after another.
#include "adapters/peers/recording_check.hpp"

#include "adapters/peers/speech_map.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <optional>
#include <set>

namespace unpod {

namespace {

constexpr std::size_t near_cut = 6;          // words around a cut that are candidates
constexpr std::size_t grammar_words = 1'500; // stays below the recogniser's own limit
constexpr std::size_t agent_join_ms = 10;    // every pause of the agent is looked at

std::string ms_text(double ms) {
  char text[32];
  std::snprintf(text, sizeof text, "%.0f ms", ms);
  return text;
}

std::string quoted(const std::string& text) {
  return "\"" + text + "\"";
}

/// Ends of clauses of a text, counted in words.
std::set<std::size_t> clause_ends(const std::string& text) {
  std::set<std::size_t> ends;
  for (std::size_t at = 0; at < text.size(); ++at)
    if (text.find_first_of(".,;:!?", at) == at)
      ends.insert(spoken_words(std::string_view{text}.substr(0, at)).size());
  return ends;
}

class judge {
public:
  judge(const wav_audio& audio, const expected_call& expected, const recogniser& recognise,
        const recording_limits& limits)
    : audio_{audio}, expected_{expected}, recognise_{recognise}, limits_{limits},
      caller_{speech_spans(audio.left, audio.rate_hz,
                           static_cast<std::size_t>(limits.caller_join.count()))},
      agent_{speech_spans(audio.right, audio.rate_hz, agent_join_ms)} {}

  recording_report run() {
    const auto& turns = expected_.turns;
    if (caller_.size() != turns.size())
      find("the caller's channel has " + std::to_string(caller_.size())
           + " utterances, the script has " + std::to_string(turns.size()));
    check_greeting();
    for (std::size_t n = 0; n < turns.size(); ++n) {
      report_.turns.emplace_back();
      name_ = "turn " + std::to_string(n + 1);
      check_hearing(turns[n]);
      check_prefix(turns[n]);
      if (n < caller_.size()) {
        check_caller(n);
        check_reply(n);
      }
    }
    return std::move(report_);
  }

private:
  void find(const std::string& words) {
    report_.findings.push_back((name_.empty() ? "" : name_ + ": ") + words);
  }

  double ms(std::size_t samples) const {
    return 1000.0 * static_cast<double>(samples) / audio_.rate_hz;
  }

  std::size_t samples(std::chrono::milliseconds span) const {
    return static_cast<std::size_t>(span.count()) * audio_.rate_hz / 1000;
  }

  // -- which sounds are whose ---------------------------------------------------

  /// The agent's sounds after one point of the caller's, up to the next utterance:
  /// those it had begun by then, and (when cut off) still begins before it gives way.
  std::vector<speech_span> reply_spans(std::size_t from, std::size_t next, bool cut_off) const {
    std::size_t begins_before = audio_.right.size();
    if (next < caller_.size())
      begins_before = caller_[next].from + (cut_off ? samples(limits_.stop_max) : 0);
    std::vector<speech_span> spans;
    for (const auto& span : agent_)
      if (span.from >= from && span.from < begins_before)
        spans.push_back(span);
    return spans;
  }

  double overlap_ms(const speech_span& caller) const {
    std::size_t both = 0;
    for (const auto& span : agent_) {
      const auto from = std::max(span.from, caller.from), to = std::min(span.to, caller.to);
      both += to > from ? to - from : 0;
    }
    return ms(both);
  }

  // -- the questions --------------------------------------------------------------

  void check_greeting() {
    if (expected_.greeting.empty())
      return;
    name_ = "greeting";
    const auto spans = reply_spans(0, 0, expected_.greeting_cut_off);
    if (spans.empty())
      return find("the agent never spoke");
    check_gaps(spans);
    report_.greeting_recognised =
      check_words(spans, expected_.greeting, expected_.greeting_cut_off, std::nullopt);
  }

  void check_hearing(const expected_turn& turn) {
    const auto says = spoken_words(turn.says), heard = spoken_words(turn.heard);
    report_.words += says.size();
    report_.word_errors += word_errors(says, heard);
    if (heard.empty())
      find("nothing was understood of " + quoted(turn.says));
    else if (expected_.exact_hearing && says != heard)
      find("understood " + quoted(turn.heard) + ", said was " + quoted(turn.says));
  }

  void check_prefix(const expected_turn& turn) {
    if (turn.cut_off && !is_prefix(turn.heard_prefix, turn.reply))
      find("heard_prefix " + quoted(turn.heard_prefix) + " is no prefix of the runner's text");
  }

  void check_caller(std::size_t n) {
    auto& measured = report_.turns[n];
    const auto& caller = caller_[n];
    measured.caller_from_ms = ms(caller.from);
    measured.caller_to_ms = ms(caller.to);
    measured.overlap_ms = overlap_ms(caller);
    if (expected_.turns[n].barge_in)
      return check_stop(n);
    if (measured.overlap_ms > static_cast<double>(limits_.overlap_max.count()))
      find("agent and caller speak at once for " + ms_text(measured.overlap_ms));
  }

  /// After a barge-in the agent falls silent, and stays so while the caller speaks.
  void check_stop(std::size_t n) {
    const auto& caller = caller_[n];
    std::size_t last = caller.from;
    bool at_all = false;
    const auto pause = samples(limits_.gap_max);
    for (const auto& span : agent_) { // its words one after another, until it is silent
      if (span.to + pause <= caller.from || span.from > last + pause)
        continue;
      last = std::max(last, span.to);
      at_all = true;
    }
    auto& measured = report_.turns[n];
    measured.stop_ms = ms(last - caller.from);
    if (!at_all)
      find("a barge-in was to cut in, but the agent was silent");
    else if (measured.stop_ms > static_cast<double>(limits_.stop_max.count()))
      find("the agent fell silent only " + ms_text(measured.stop_ms) + " after the caller cut in");
  }

  void check_reply(std::size_t n) {
    const auto& turn = expected_.turns[n];
    const auto& caller = caller_[n];
    auto& measured = report_.turns[n];
    if (spoken_words(turn.reply).empty())
      return;
    const auto spans = reply_spans(caller.to, n + 1, turn.cut_off);
    if (spans.empty())
      return find("the agent never answered");
    const auto first = first_sample_of(audio_.right, audio_.rate_hz, spans.front().from);
    const auto end = end_of_sound(audio_.left, caller);
    measured.response_ms = first > end ? ms(first - end) : 0;
    measured.audible_ms = ms(spans.front().from - caller.to);
    if (measured.audible_ms > static_cast<double>(limits_.response_max.count()))
      find("dead air of " + ms_text(measured.audible_ms) + " before the agent answered");
    const auto off = std::abs(turn.total_ms - measured.response_ms);
    if (turn.total_ms >= 0 && off > static_cast<double>(limits_.ledger_off_max.count()))
      find("the ledger says " + ms_text(turn.total_ms) + ", the recording "
           + ms_text(measured.response_ms));
    measured.longest_gap_ms = check_gaps(spans);
    if (turn.cut_off)
      measured.recognised =
        check_words(spans, turn.reply, true, spoken_words(turn.heard_prefix).size());
    else
      measured.recognised = check_words(spans, turn.reply, false, std::nullopt);
  }

  double check_gaps(const std::vector<speech_span>& spans) {
    double longest = 0;
    for (std::size_t n = 1; n < spans.size(); ++n) {
      const auto gap = ms(spans[n].from - spans[n - 1].to);
      longest = std::max(longest, gap);
      if (gap > static_cast<double>(limits_.gap_max.count()))
        find("a gap of " + ms_text(gap) + " in the agent's speech at "
             + ms_text(ms(spans[n - 1].to)));
    }
    return longest;
  }

  // -- the agent's words ------------------------------------------------------------

  std::vector<std::string> other_phrases(const std::string& reply) const {
    std::vector<std::string> others = expected_.decoys;
    for (const auto& turn : expected_.turns) {
      others.push_back(turn.says);
      if (turn.reply != reply)
        others.push_back(turn.reply);
    }
    return others;
  }

  std::vector<std::int16_t> cut_out(const std::vector<speech_span>& spans) const {
    const auto margin = audio_.rate_hz / 5;
    const auto from = spans.front().from > margin ? spans.front().from - margin : 0;
    const auto to = std::min<std::size_t>(spans.back().to + margin, audio_.right.size());
    return {audio_.right.begin() + static_cast<std::ptrdiff_t>(from),
            audio_.right.begin() + static_cast<std::ptrdiff_t>(to)};
  }

  /// What is left of a word that was cut off may be no word of any grammar.
  std::vector<std::int16_t> without_last_word(std::vector<std::int16_t> pcm) const {
    const std::size_t margin = audio_.rate_hz / 5, stump = audio_.rate_hz / 4;
    if (pcm.size() > 2 * (margin + stump))
      std::fill(pcm.end() - static_cast<std::ptrdiff_t>(margin + stump), pcm.end(), 0);
    return pcm;
  }

  /// Recognises the agent's sounds and compares; returns the words.
  std::string check_words(const std::vector<speech_span>& spans, const std::string& reply,
                          bool cut_off, std::optional<std::size_t> heard_words_count) {
    const auto pcm = cut_out(spans);
    const auto cut_at = cut_off ? std::max<std::size_t>(heard_words_count.value_or(1), 1) : 0;
    const auto grammar = reply_grammar(reply, cut_at, other_phrases(reply));
    auto heard = recognise_(pcm, audio_.rate_hz, grammar);
    if (cut_off && heard.why.empty() && heard.text.empty())
      heard = recognise_(without_last_word(pcm), audio_.rate_hz, grammar);
    const bool freely = !heard.why.empty(); // a word the dictionary lacks: no grammar, then
    if (freely)
      heard = recognise_(pcm, audio_.rate_hz, {});
    if (!heard.why.empty()) {
      find("the agent's channel could not be recognised: " + heard.why);
      return {};
    }
    auto whole = spoken_words(reply);
    const auto words = spoken_words(heard.text);
    if (cut_off)
      whole.resize(std::min(whole.size(), heard_words_count.value_or(words.size())));
    const auto allowed = freely    ? whole.size() / 2
                         : cut_off ? limits_.heard_off_max
                                   : whole.size() / 20;
    if (words.empty() ? !whole.empty() : word_errors(whole, words) > allowed)
      find("the agent's channel says " + quoted(joined(words)) + ", it should say "
           + quoted(joined(whole)));
    return joined(words);
  }

  const wav_audio& audio_;
  const expected_call& expected_;
  const recogniser& recognise_;
  const recording_limits& limits_;
  const std::vector<speech_span> caller_;
  const std::vector<speech_span> agent_;
  std::string name_;
  recording_report report_;
};

/// The lengths (in words) a reply may have been cut to.
std::set<std::size_t> candidate_lengths(const std::string& reply, std::size_t words,
                                        std::size_t cut_at) {
  auto lengths = clause_ends(reply);
  lengths.insert(words);
  lengths.insert(words > 1 ? words - 1 : words);
  for (std::size_t n = 1; cut_at > 0 && n <= words; ++n)
    if (n + near_cut >= cut_at && n <= cut_at + near_cut)
      lengths.insert(n);
  lengths.erase(0);
  return lengths;
}

} // namespace

bool is_prefix(const std::string& prefix, const std::string& text) {
  return text.compare(0, prefix.size(), prefix) == 0;
}

std::string reply_grammar(const std::string& reply, std::size_t cut_at,
                          const std::vector<std::string>& others) {
  const auto words = spoken_words(reply);
  std::size_t budget = grammar_words;
  std::set<std::string> seen;
  std::string grammar;
  const auto add = [&](const word_list& phrase) {
    const auto text = joined(phrase);
    if (phrase.empty() || phrase.size() > budget || !seen.insert(text).second)
      return;
    budget -= phrase.size();
    grammar += (grammar.empty() ? "    " : "  | ") + text + "\n";
  };
  add(words);
  for (const auto length : candidate_lengths(reply, words.size(), cut_at))
    add(
      {words.begin(), words.begin() + static_cast<std::ptrdiff_t>(std::min(length, words.size()))});
  std::size_t begin = 0; // what it would sound like if one clause had been lost
  for (const auto end : clause_ends(reply)) {
    auto without = words;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(begin),
                  without.begin() + static_cast<std::ptrdiff_t>(end));
    add(without);
    begin = end;
  }
  for (const auto& phrase : others)
    add(spoken_words(phrase));
  return "#JSGF V1.0;\ngrammar check;\npublic <said> =\n" + grammar + "  ;\n";
}

recording_report check_recording(const wav_audio& audio, const expected_call& expected,
                                 const recogniser& recognise, const recording_limits& limits) {
  if (audio.right.empty()) {
    recording_report report;
    report.findings.push_back("the recording has no channel for the agent");
    return report;
  }
  return judge{audio, expected, recognise, limits}.run();
}

} // namespace unpod
