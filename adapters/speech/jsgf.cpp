// The checks of a grammar as a whole, and its canonical form.
#include "adapters/speech/jsgf_tree.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

namespace {

using jsgf::grammar;
using jsgf::node;

/// What a rule becomes once all it refers to is written out.
struct expansion {
  std::size_t words = 0;
  std::size_t optionals = 0;
  bool may_be_silent = false; // it matches no words at all
};

/// Walks a parsed grammar from its public rules; throws a trouble.
class surveyor {
public:
  explicit surveyor(const grammar& of) : of_(of) {}

  expansion survey_rule(const std::string& name, std::size_t line) {
    const auto found = of_.rules.find(name);
    if (found == of_.rules.end())
      throw grammar_trouble{line, "there is no rule <" + name.substr(0, 40) + ">"};
    if (const auto known = done_.find(name); known != done_.end())
      return known->second;
    if (!under_way_.insert(name).second)
      throw grammar_trouble{line, "the rule <" + name.substr(0, 40) + "> refers to itself"};
    const auto size = survey(found->second.body);
    under_way_.erase(name);
    done_[name] = size;
    return size;
  }

  bool is_used(const std::string& name) const {
    return done_.count(name) != 0;
  }

private:
  expansion survey(const node& what) {
    if (what.what == node::kind::word)
      return {1, 0, false};
    if (what.what == node::kind::rule)
      return survey_rule(what.text, what.line);
    expansion all;
    all.may_be_silent = what.what != node::kind::choice;
    for (const auto& part : what.parts) {
      const auto one = survey(part);
      all.words += one.words;
      all.optionals += one.optionals;
      all.may_be_silent = what.what == node::kind::choice ? all.may_be_silent || one.may_be_silent
                                                          : all.may_be_silent && one.may_be_silent;
    }
    if (what.what == node::kind::optional) {
      ++all.optionals;
      all.may_be_silent = true;
    }
    if (all.words > grammar_expansion_max)
      throw grammar_trouble{what.line, "written out it has more than "
                                         + std::to_string(grammar_expansion_max) + " words"};
    if (all.optionals > grammar_optionals_max)
      throw grammar_trouble{what.line, "written out it has more than "
                                         + std::to_string(grammar_optionals_max)
                                         + " [optional] parts"};
    return all;
  }

  const grammar& of_;
  std::map<std::string, expansion> done_;
  std::set<std::string> under_way_;
};

void gather_words(const node& from, std::map<std::string, std::size_t>& first_line) {
  if (from.what == node::kind::word)
    first_line.emplace(from.text, from.line);
  for (const auto& part : from.parts)
    gather_words(part, first_line);
}

/// The grammar in our own words: rules by number, only those that are used.
class writer {
public:
  writer(const grammar& of, const surveyor& known) {
    for (const auto& name : of.order)
      if (known.is_used(name))
        numbers_.emplace(name, numbers_.size());
    text_ = "#JSGF V1.0;\ngrammar unpod;\npublic <all> = ";
    bool first = true;
    for (const auto& name : of.order)
      if (of.rules.at(name).is_public) {
        text_ += (first ? "" : " | ") + reference(name);
        first = false;
      }
    text_ += ";\n";
    for (const auto& name : of.order)
      if (known.is_used(name)) {
        text_ += reference(name) + " = ";
        write(of.rules.at(name).body, true);
        text_ += ";\n";
      }
  }

  std::string take() {
    return std::move(text_);
  }

private:
  std::string reference(const std::string& name) const {
    return "<r" + std::to_string(numbers_.at(name)) + ">";
  }

  void write(const node& what, bool outermost) {
    if (what.what == node::kind::word)
      text_ += what.text;
    else if (what.what == node::kind::rule)
      text_ += reference(what.text);
    else if (what.what == node::kind::optional)
      write_parts(what, "[ ", " ", " ]");
    else if (what.what == node::kind::choice)
      write_parts(what, outermost ? "" : "( ", " | ", outermost ? "" : " )");
    else
      write_parts(what, "", " ", "");
  }

  void write_parts(const node& what, const char* begin, const char* between, const char* end) {
    text_ += begin;
    for (std::size_t i = 0; i < what.parts.size(); ++i) {
      text_ += i == 0 ? "" : between;
      write(what.parts[i], what.what == node::kind::optional);
    }
    text_ += end;
  }

  std::map<std::string, std::size_t> numbers_;
  std::string text_;
};

std::vector<grammar_trouble> unknown_words(const grammar& in, const unknown_among& unknown) {
  std::map<std::string, std::size_t> first_line;
  for (const auto& name : in.order)
    gather_words(in.rules.at(name).body, first_line);
  std::set<std::string> words;
  for (const auto& [word, line] : first_line)
    words.insert(word);
  std::vector<grammar_trouble> troubles;
  for (const auto& word : unknown(words))
    troubles.push_back(
      {first_line.at(word), "'" + word.substr(0, 40) + "' is not in the recogniser's dictionary"});
  std::sort(troubles.begin(), troubles.end(),
            [](const auto& a, const auto& b) { return a.line < b.line; });
  if (troubles.size() > grammar_troubles_max)
    troubles.resize(grammar_troubles_max);
  return troubles;
}

/// Every rule is looked at, so that a mistake in an unused one is told too.
checked_grammar check(const grammar& read, const unknown_among& unknown) {
  surveyor everything{read};
  surveyor reached{read};
  expansion whole;
  for (const auto& name : read.order) {
    const auto& rule = read.rules.at(name);
    everything.survey_rule(name, rule.line);
    if (!rule.is_public)
      continue;
    const auto size = reached.survey_rule(name, rule.line);
    if (size.may_be_silent)
      throw grammar_trouble{rule.line, "<" + name.substr(0, 40) + "> matches silence"};
    whole.words += size.words;
    whole.optionals += size.optionals;
  }
  if (whole.words == 0)
    throw grammar_trouble{0, "there is no public rule"};
  if (whole.words > grammar_expansion_max || whole.optionals > grammar_optionals_max)
    throw grammar_trouble{0, "its public rules together are too large"};
  checked_grammar checked;
  if (unknown)
    checked.troubles = unknown_words(read, unknown);
  if (checked.ok())
    checked.canonical = writer{read, reached}.take();
  return checked;
}

} // namespace

std::string checked_grammar::words() const {
  std::string all;
  for (const auto& trouble : troubles) {
    all += all.empty() ? "" : "; ";
    if (trouble.line > 0)
      all += "line " + std::to_string(trouble.line) + ": ";
    all += trouble.what;
  }
  return all;
}

checked_grammar check_grammar(std::string_view text, const speech_limits& bounds,
                              const unknown_among& unknown) {
  if (text.size() > bounds.grammar_bytes_max)
    return {{}, {{0, "it has more than " + std::to_string(bounds.grammar_bytes_max) + " bytes"}}};
  try {
    return check(jsgf::parse(text, bounds), unknown);
  } catch (const grammar_trouble& trouble) {
    return {{}, {trouble}};
  }
}

} // namespace unpod
