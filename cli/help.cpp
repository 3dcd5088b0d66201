#include "cli/help.hpp"

#include "cli/text.hpp"

#include <algorithm>

namespace unpod::cli {

namespace {

/// columns. 28: where explanations begin at the latest; a longer name has its own line.
constexpr std::size_t explanations_at_most = 28;

struct line {
  std::string left, right;
};

/// The column where the explanations of these lines begin.
std::size_t explanations_at(const std::vector<line>& lines) {
  std::size_t at = 0;
  for (const auto& one : lines)
    at = std::max(at, columns_of(one.left) + 4);
  return std::min(at, explanations_at_most);
}

std::string lines_text(const std::vector<line>& lines, std::size_t at) {
  std::string out;
  for (const auto& one : lines) {
    const auto left = "  " + one.left;
    const bool fits = columns_of(left) + 2 <= at;
    out += fits ? padded(left, at) : left + "\n" + std::string(at, ' ');
    out += wrapped(one.right, columns_usual, at) + "\n";
  }
  return out;
}

std::string left_of(const option& what) {
  return what.value.empty() ? what.name : what.name + " " + what.value;
}

std::string right_of(const option& what) {
  auto words = what.help;
  std::string all;
  for (const auto& choice : what.choices)
    all += (all.empty() ? "" : &choice == &what.choices.back() ? " or " : ", ") + choice;
  const auto add = [&words](const std::string& more) {
    words += (words.empty() ? "" : "; ") + more;
  };
  if (!all.empty())
    add(all);
  if (what.is_whole())
    add(std::to_string(what.least) + " to " + std::to_string(what.most));
  if (what.required && !what.is_place())
    add("must be given");
  if (what.repeated && !what.is_place())
    add("may be repeated");
  if (!what.fallback.empty())
    add("default " + what.fallback);
  return what.environment.empty() ? words : words + " [" + what.environment + "]";
}

std::string usage_of(const command_path& path) {
  const auto& verb = *path.back();
  auto usage = "Usage: " + path_text(path);
  if (!verb.verbs.empty() && !verb.act)
    return usage + " VERB …\n";
  bool flags = false;
  for (const auto& what : verb.options) {
    flags = flags || !what.is_place();
    if (what.is_place())
      usage +=
        " " + (what.required ? what.name : "[" + what.name + "]") + (what.repeated ? " …" : "");
  }
  return usage + (flags ? " [OPTIONS]\n" : "\n");
}

std::string verbs_of(const command& parent) {
  std::vector<std::string> groups;
  std::vector<line> all;
  for (const auto& verb : parent.verbs)
    all.push_back({verb.name, verb.summary});
  for (const auto& verb : parent.verbs)
    if (std::find(groups.begin(), groups.end(), verb.group) == groups.end())
      groups.push_back(verb.group);
  std::string out;
  for (const auto& group : groups) {
    std::vector<line> lines;
    for (const auto& verb : parent.verbs)
      if (verb.group == group)
        lines.push_back({verb.name, verb.summary});
    out +=
      "\n" + (group.empty() ? "Verbs" : group) + ":\n" + lines_text(lines, explanations_at(all));
  }
  return out;
}

std::string options_of(const command& verb) {
  std::vector<line> places, flags;
  for (const auto& what : verb.options)
    (what.is_place() ? places : flags).push_back({left_of(what), right_of(what)});
  flags.push_back({"-h, --help", "This"});
  std::string out;
  if (!places.empty())
    out += "\nWhat it takes:\n" + lines_text(places, explanations_at(places));
  return out + "\nOptions:\n" + lines_text(flags, explanations_at(flags));
}

} // namespace

std::string help_of(const command_path& path) {
  const auto& verb = *path.back();
  auto out = wrapped(verb.summary, columns_usual, 0) + "\n\n" + usage_of(path);
  if (verb.verbs.empty() || verb.act)
    out += options_of(verb);
  if (!verb.verbs.empty())
    out += verbs_of(verb);
  if (!verb.footer.empty())
    out += "\n" + verb.footer + "\n";
  return out;
}

} // namespace unpod::cli
