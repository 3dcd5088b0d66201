#include "cli/command_line.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>

namespace unpod::cli {

namespace {

bool asks_for_help(const std::string& word) {
  return word == "--help" || word == "-h";
}

/// The verb that is spelt most like this word; empty when none is near.
std::string nearest(const command& parent, const std::string& word) {
  for (const auto& verb : parent.verbs) {
    const auto& name = verb.name;
    const auto shorter = std::min(name.size(), word.size());
    const auto common = std::mismatch(name.begin(), name.begin() + shorter, word.begin());
    if (common.first - name.begin() >= 2 || (!word.empty() && name.find(word) != std::string::npos))
      return name;
  }
  return {};
}

std::string no_such_verb(const command_path& path, const std::string& word) {
  const auto near = nearest(*path.back(), word);
  return "there is no verb \"" + word + "\""
         + (near.empty() ? "" : "; did you mean `" + path_text(path) + " " + near + "`?");
}

std::string say_which(const command& parent) {
  std::string all;
  for (const auto& verb : parent.verbs)
    all += (all.empty() ? "" : &verb == &parent.verbs.back() ? " or " : ", ") + verb.name;
  return "say what is to be done: " + all;
}

/// Where CLI11 puts the words of one option.
struct slot {
  const option* what;
  std::vector<std::string> words;
  bool set = false;
};

std::string range_mistake(const option& what, const std::string& word) {
  std::int64_t number = 0;
  const auto end = word.data() + word.size();
  const auto read = std::from_chars(word.data(), end, number);
  const bool well =
    read.ec == std::errc{} && read.ptr == end && number >= what.least && number <= what.most;
  return well ? ""
              : "not a whole number from " + std::to_string(what.least) + " to "
                  + std::to_string(what.most) + ": " + word;
}

void add_option(CLI::App& app, slot& place) {
  const auto& what = *place.what;
  if (what.is_switch()) {
    app.add_flag(what.name, place.set);
    return;
  }
  auto* added = app.add_option(what.name, place.words);
  if (what.repeated && what.is_place())
    added->expected(what.required ? 1 : 0, CLI::detail::expected_max_vector_size);
  else
    added->expected(1);
  if (what.repeated)
    added->take_all();
  else
    added->allow_extra_args(false); // or the first place takes all words
  if (what.required)
    added->required();
  if (!what.environment.empty())
    added->envname(what.environment);
  if (!what.choices.empty())
    added->check(CLI::IsMember(what.choices));
  if (what.is_whole())
    added->check([&what](const std::string& word) { return range_mistake(what, word); }, "");
}

typed_words words_of(const std::vector<slot>& slots) {
  typed_words words;
  for (const auto& place : slots) {
    for (const auto& word : place.words)
      words.add(place.what->name, word);
    if (place.set)
      words.add(place.what->name, "yes");
    if (place.words.empty() && !place.what->fallback.empty())
      words.add_fallback(place.what->name, place.what->fallback);
  }
  return words;
}

/// What follows the verb.
void read_options(std::vector<std::string> rest, reading& into) {
  const auto& verb = *into.path.back();
  CLI::App app{verb.summary, verb.name};
  std::vector<slot> slots;
  for (const auto& what : verb.options)
    slots.push_back({&what, {}, false});
  for (auto& place : slots)
    add_option(app, place);
  std::reverse(rest.begin(), rest.end()); // as CLI11 wants them
  try {
    app.parse(std::move(rest));
    into.words = words_of(slots);
    into.what = reading::outcome::run;
  } catch (const CLI::CallForHelp&) {
    into.what = reading::outcome::help;
  } catch (const CLI::ParseError& error) {
    into.mistake = error.what();
  }
}

} // namespace

reading read_command_line(const command& program, const std::vector<std::string>& arguments) {
  reading result;
  result.path = {&program};
  auto at = arguments.begin();
  for (; at != arguments.end() && !result.path.back()->verbs.empty(); ++at) {
    if (asks_for_help(*at)) {
      result.what = reading::outcome::help;
      return result;
    }
    const auto* verb = result.path.back()->verb(*at);
    if (!verb && result.path.back()->act)
      break; // it does something itself, too
    if (!verb) {
      result.mistake = no_such_verb(result.path, *at);
      return result;
    }
    result.path.push_back(verb);
  }
  if (!result.path.back()->verbs.empty() && !result.path.back()->act)
    result.mistake = say_which(*result.path.back());
  else
    read_options({at, arguments.end()}, result);
  return result;
}

} // namespace unpod::cli
