// The command line as plain data: verbs, what each takes, and what is done then.
// Parsing, help and shell completion are made from the same tree.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace unpod::cli {

/// One thing a verb takes: a flag with a value ("--agent-id"), a switch (a flag without
/// one), or a word by its place ("NAME": no dashes).
struct option {
  option(std::string its_name, std::string its_value, std::string its_help)
    : name(std::move(its_name)), value(std::move(its_value)), help(std::move(its_help)) {}

  std::string name;
  std::string value; // what stands for the value in help; empty: a switch, or a place
  std::string help;
  std::string environment; // a variable that stands in for it
  std::string fallback;    // its value when nothing was typed
  std::vector<std::string> choices;
  std::int64_t least = 0, most = -1; // a whole number in this range, unless `most` < `least`
  bool required = false;
  bool repeated = false;

  bool is_place() const {
    return name.front() != '-';
  }
  bool is_switch() const {
    return !is_place() && value.empty();
  }
  bool is_whole() const {
    return most >= least;
  }
  option must() const {
    auto changed = *this;
    changed.required = true;
    return changed;
  }
  option many() const {
    auto changed = *this;
    changed.repeated = true;
    return changed;
  }
  option among(std::vector<std::string> words) const {
    auto changed = *this;
    changed.choices = std::move(words);
    return changed;
  }
  option whole(std::int64_t from, std::int64_t to) const {
    auto changed = *this;
    changed.least = from;
    changed.most = to;
    return changed;
  }
  option or_else(std::string text) const {
    auto changed = *this;
    changed.fallback = std::move(text);
    return changed;
  }
  option from(std::string variable) const {
    auto changed = *this;
    changed.environment = std::move(variable);
    return changed;
  }
};

/// What was typed, by the name of the option; checked against the option already.
class typed_words {
public:
  void add(const std::string& name, std::string word) {
    words_[name].push_back(std::move(word));
  }
  /// Nothing was typed: this stands in.
  void add_fallback(const std::string& name, std::string word) {
    add(name, std::move(word));
    fallbacks_.insert(name);
  }
  /// Typed, or given by a variable or a fallback.
  bool has(const std::string& name) const {
    return words_.count(name) > 0;
  }
  std::vector<std::string> all(const std::string& name) const {
    const auto found = words_.find(name);
    return found == words_.end() ? std::vector<std::string>{} : found->second;
  }
  bool is_fallback(const std::string& name) const {
    return fallbacks_.count(name) > 0;
  }
  std::string text(const std::string& name) const {
    const auto found = words_.find(name);
    return found == words_.end() ? std::string{} : found->second.back();
  }
  std::int64_t whole(const std::string& name) const {
    return has(name) ? std::stoll(text(name)) : 0;
  }

private:
  std::map<std::string, std::vector<std::string>> words_;
  std::set<std::string> fallbacks_;
};

/// A verb, or a word that has verbs: then it does nothing itself, unless it has an `act`
/// for what is none of them.
struct command {
  std::string name;
  std::string summary;
  std::string group; // the heading it stands under in its parent's help
  std::vector<option> options;
  std::vector<command> verbs;
  std::string footer; // examples, and what else is worth knowing
  /// Runs when it was typed; the exit code.
  std::function<int(const typed_words& words)> act;

  const command* verb(const std::string& wanted) const {
    for (const auto& one : verbs)
      if (one.name == wanted)
        return &one;
    return nullptr;
  }
};

/// From the program to the verb that was typed.
using command_path = std::vector<const command*>;

/// "unpod pipe create", as one would type it.
inline std::string path_text(const command_path& path) {
  std::string words;
  for (const auto* step : path)
    words += (words.empty() ? "" : " ") + step->name;
  return words;
}

} // namespace unpod::cli
