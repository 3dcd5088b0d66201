// Reading scripts, casting them for a seed, and the grammar they make.
#include "adapters/peers/script.hpp"

#include "adapters/peers/words.hpp"

#include <algorithm>
#include <random>
#include <set>

namespace unpod {

namespace {

constexpr std::size_t word_bytes_max = 40; // longer than any word in the dictionary

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// Empty when the text is words only; else what is wrong with it.
std::string why_not_words(std::string_view text) {
  for (const char c : text) {
    if (c >= '0' && c <= '9')
      return "write the number as words (\"" + std::string{text} + "\")";
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && c != ' ' && c != '\'')
      return "only letters, apostrophes and spaces can be said and heard (\"" + std::string{text}
             + "\")";
  }
  const auto words = spoken_words(text);
  if (words.empty())
    return "words are missing";
  for (const auto& word : words)
    if (word.size() > word_bytes_max)
      return "no word is that long (\"" + word.substr(0, word_bytes_max) + "…\")";
  return {};
}

/// Takes one line after another; remembers which turn or answer they belong to.
class script_reader {
public:
  explicit script_reader(const script_limits& limits) : limits_{limits} {}

  /// Empty when the line was understood.
  std::string line(std::string_view raw) {
    const auto text = trimmed(raw);
    if (text.empty() || text.front() == '#')
      return {};
    if (text.size() > limits_.line_bytes_max)
      return "longer than " + std::to_string(limits_.line_bytes_max) + " bytes";
    const auto colon = text.find(':');
    if (colon == std::string_view::npos)
      return "write `key: text` (keys: title, greeting, caller, or, when, agent, end, keyword, "
             "otherwise, decoy)";
    return take(std::string{trimmed(text.substr(0, colon))},
                std::string{trimmed(text.substr(colon + 1))});
  }

  std::string finish() const {
    if (awaits_agent_)
      return "the last caller or keyword has no agent line after it";
    return {};
  }

  talk_script script;

private:
  std::string take(const std::string& key, std::string text) {
    if (key == "end")
      return end(std::move(text));
    if (text.empty())
      return "`" + key + ":` has no text";
    if (key == "title")
      return set(script.title, text);
    if (key == "greeting")
      return set(script.greeting, text);
    if (key == "otherwise")
      return set(script.otherwise, text);
    if (key == "caller")
      return caller(std::move(text));
    if (key == "or")
      return another_way(std::move(text));
    if (key == "when")
      return when(text);
    if (key == "agent")
      return agent(std::move(text));
    if (key == "keyword")
      return keyword(text);
    if (key == "decoy")
      return decoy(std::move(text));
    return "unknown key `" + key + "`";
  }

  static std::string set(std::string& field, const std::string& text) {
    field = text;
    return {};
  }

  std::string caller(std::string text) {
    if (awaits_agent_)
      return "the caller line before this one has no agent line";
    if (script.turns.size() == limits_.turns_max)
      return "more than " + std::to_string(limits_.turns_max) + " turns";
    if (auto wrong = why_not_words(text); !wrong.empty())
      return wrong;
    script_turn turn;
    turn.ways.push_back(std::move(text));
    script.turns.push_back(std::move(turn));
    in_turn_ = awaits_agent_ = true;
    return {};
  }

  std::string another_way(std::string text) {
    if (!in_turn_ || !awaits_agent_)
      return "`or:` belongs under a caller line";
    auto& ways = script.turns.back().ways;
    if (ways.size() == limits_.ways_max)
      return "more than " + std::to_string(limits_.ways_max) + " ways to say one turn";
    if (auto wrong = why_not_words(text); !wrong.empty())
      return wrong;
    ways.push_back(std::move(text));
    return {};
  }

  std::string when(const std::string& text) {
    static const std::string usage =
      "write `when: after 300 ms`, `when: barge-in after 1800 ms` or "
      "`when: barge-in after word seven`";
    if (!in_turn_ || !awaits_agent_)
      return "`when:` belongs under a caller line";
    auto rest = std::string_view{text};
    caller_cue cue;
    if (rest.rfind("barge-in ", 0) == 0) {
      cue.barge_in = true;
      rest = trimmed(rest.substr(9));
    }
    if (rest.rfind("after ", 0) != 0)
      return usage;
    rest = trimmed(rest.substr(6));
    if (cue.barge_in && rest.rfind("word ", 0) == 0) {
      const auto words = spoken_words(rest.substr(5));
      if (words.size() != 1)
        return usage;
      cue.after_word = words.front();
      cue.wait = std::chrono::milliseconds{0};
    } else if (!milliseconds_of(rest, cue.wait)) {
      return usage + " (at most " + std::to_string(limits_.wait_max.count()) + " ms)";
    }
    if (cue.barge_in && script.turns.size() == 1 && script.greeting.empty())
      return "nobody to cut in on: the first turn has no greeting before it";
    script.turns.back().cue = cue;
    return {};
  }

  bool milliseconds_of(std::string_view text, std::chrono::milliseconds& out) const {
    long total = 0;
    std::size_t at = 0;
    for (; at < text.size() && at < 6 && text[at] >= '0' && text[at] <= '9'; ++at)
      total = total * 10 + (text[at] - '0');
    if (at == 0 || trimmed(text.substr(at)) != "ms" || total > limits_.wait_max.count())
      return false;
    out = std::chrono::milliseconds{total};
    return true;
  }

  std::string agent(std::string text) {
    if (!awaits_agent_)
      return "an agent line answers the caller or keyword line above it";
    if (spoken_words(text).empty())
      return "the agent's line has no words";
    (in_turn_ ? script.turns.back().reply : script.answers.back().reply) = std::move(text);
    awaits_agent_ = false;
    may_end_ = true;
    return {};
  }

  std::string end(std::string reason) {
    if (!may_end_)
      return "`end:` stands right after an agent line";
    if (reason.empty())
      reason = "completed";
    if (in_turn_) {
      script.turns.back().ends = true;
      script.turns.back().end_reason = std::move(reason);
    } else {
      script.answers.back().ends = true;
      script.answers.back().end_reason = std::move(reason);
    }
    may_end_ = false;
    return {};
  }

  std::string keyword(const std::string& text) {
    if (awaits_agent_)
      return "the caller line before this one has no agent line";
    if (script.answers.size() == limits_.turns_max)
      return "more than " + std::to_string(limits_.turns_max) + " keyword answers";
    script_answer answer;
    for (std::size_t at = 0; at <= text.size();) {
      const auto comma = std::min(text.find(',', at), text.size());
      const auto word = trimmed(std::string_view{text}.substr(at, comma - at));
      if (auto wrong = why_not_words(word); !wrong.empty())
        return wrong;
      answer.keywords.push_back(plain(word));
      at = comma + 1;
    }
    if (answer.keywords.size() > limits_.ways_max)
      return "more than " + std::to_string(limits_.ways_max) + " keywords";
    script.answers.push_back(std::move(answer));
    in_turn_ = false;
    awaits_agent_ = true;
    return {};
  }

  std::string decoy(std::string text) {
    if (script.decoys.size() == limits_.decoys_max)
      return "more than " + std::to_string(limits_.decoys_max) + " decoys";
    if (auto wrong = why_not_words(text); !wrong.empty())
      return wrong;
    script.decoys.push_back(std::move(text));
    return {};
  }

  script_limits limits_;
  bool in_turn_ = false;
  bool awaits_agent_ = false;
  bool may_end_ = false;
};

} // namespace

std::optional<talk_script> parse_script(std::string_view text, std::string& why,
                                        const script_limits& limits) {
  if (text.size() > limits.file_bytes_max) {
    why = "the script is longer than " + std::to_string(limits.file_bytes_max) + " bytes";
    return std::nullopt;
  }
  script_reader reader{limits};
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto stop = std::min(text.find('\n', at), text.size());
    ++number;
    if (auto wrong = reader.line(text.substr(at, stop - at)); !wrong.empty()) {
      why = "line " + std::to_string(number) + ": " + wrong;
      return std::nullopt;
    }
    at = stop + 1;
  }
  if (auto wrong = reader.finish(); !wrong.empty()) {
    why = "line " + std::to_string(number) + ": " + wrong;
    return std::nullopt;
  }
  return std::move(reader.script);
}

std::string why_not_performable(const talk_script& script, const script_limits& limits) {
  if (script.turns.empty())
    return "the script has no `caller:` line";
  std::set<std::string> expected;
  for (const auto& turn : script.turns)
    for (const auto& way : turn.ways)
      expected.insert(plain(way));
  if (script.decoys.size() < limits.decoys_min)
    return "the script has " + std::to_string(script.decoys.size()) + " `decoy:` lines; at least "
           + std::to_string(limits.decoys_min) + " make hearing a real choice";
  for (const auto& decoy : script.decoys)
    if (expected.count(plain(decoy)) > 0)
      return "the decoy \"" + decoy + "\" is also said by the caller";
  for (std::size_t n = 0; n + 1 < script.turns.size(); ++n)
    if (script.turns[n].ends)
      return "the agent hangs up before turn " + std::to_string(n + 2);
  return {};
}

std::string grammar_of(const talk_script& script) {
  std::set<std::string> phrases;
  for (const auto& turn : script.turns)
    for (const auto& way : turn.ways)
      phrases.insert(plain(way));
  for (const auto& decoy : script.decoys)
    phrases.insert(plain(decoy));
  std::string grammar = "#JSGF V1.0;\ngrammar demo;\npublic <said> =\n";
  const char* before = "    ";
  for (const auto& phrase : phrases) {
    grammar += before + phrase + "\n";
    before = "  | ";
  }
  return grammar + "  ;\n";
}

std::vector<cast_turn> cast(const talk_script& script, std::uint64_t seed) {
  std::mt19937_64 dice{seed};
  std::vector<cast_turn> turns;
  for (const auto& turn : script.turns) {
    // Both drawn for every turn, so that an edit of one turn leaves the others' cast alone.
    const auto way = seed == 0 ? 0 : dice() % turn.ways.size();
    const auto shift = seed == 0 ? 0 : static_cast<long>(dice() % 41) - 20; // per cent
    auto cue = turn.cue;
    cue.wait += cue.wait * shift / 100;
    turns.push_back({turn.ways[way], cue, turn.reply, turn.ends});
  }
  return turns;
}

} // namespace unpod
