#include "cli/completion.hpp"

#include <functional>

namespace unpod::cli {

namespace {

/// For every verb and noun, the program first.
void each(const command& at, const std::string& path,
          const std::function<void(const std::string& path, const command& at)>& tell) {
  tell(path, at);
  for (const auto& verb : at.verbs)
    each(verb, path + " " + verb.name, tell);
}

/// For every flag that takes a value.
void each_value(const command& program,
                const std::function<void(const std::string& path, const option& flag)>& tell) {
  each(program, program.name, [&tell](const std::string& path, const command& at) {
    for (const auto& one : at.options)
      if (!one.is_place() && !one.is_switch())
        tell(path, one);
  });
}

/// In single quotes, for any of the three shells.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text)
    out += c == '\'' ? std::string{"'\\''"} : std::string{c};
  return out + "'";
}

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const auto& word : words)
    all += (all.empty() ? "" : " ") + word;
  return all;
}

/// All paths below the program, as alternatives of a `case`.
std::string known_paths(const command& program, const char* between) {
  std::string all;
  each(program, program.name, [&](const std::string& path, const command& at) {
    if (&at != &program)
      all += (all.empty() ? "" : between) + quoted(path);
  });
  return all;
}

std::vector<std::string> choices_by_place(const command& at) {
  std::vector<std::string> all;
  for (const auto& one : at.options)
    if (one.is_place())
      all.insert(all.end(), one.choices.begin(), one.choices.end());
  return all;
}

// -- bash ------------------------------------------------------------------------

std::string bash_words(const command& at) {
  std::vector<std::string> all = choices_by_place(at);
  for (const auto& verb : at.verbs)
    all.push_back(verb.name);
  for (const auto& one : at.options)
    if (!one.is_place())
      all.push_back(one.name);
  all.push_back("--help");
  return joined(all);
}

std::string bash_values(const option& flag) {
  if (flag.value == "FILE")
    return "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$word\")";
  if (flag.value == "DIR")
    return "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- \"$word\")";
  if (flag.choices.empty())
    return "COMPREPLY=()";
  return "mapfile -t COMPREPLY < <(compgen -W " + quoted(joined(flag.choices)) + " -- \"$word\")";
}

// -- zsh -------------------------------------------------------------------------

/// "name:what it is", with the colons of a name escaped.
std::string described(const std::string& name, const std::string& help) {
  std::string out;
  for (const char c : name)
    out += c == ':' ? "\\:" : std::string{c};
  return quoted(help.empty() ? out : out + ":" + help);
}

std::string zsh_words(const command& at) {
  std::string verbs, flags = described("--help", "Say more");
  for (const auto& choice : choices_by_place(at))
    verbs += " " + described(choice, "");
  for (const auto& verb : at.verbs)
    verbs += " " + described(verb.name, verb.summary);
  for (const auto& one : at.options)
    if (!one.is_place())
      flags += " " + described(one.name, one.help);
  return "verbs=(" + verbs + " ); flags=( " + flags + " )";
}

std::string zsh_values(const option& flag) {
  if (flag.value == "FILE")
    return "_files";
  if (flag.value == "DIR")
    return "_files -/";
  return flag.choices.empty() ? "_message " + quoted(flag.help)
                              : "compadd -- " + joined(flag.choices);
}

// -- fish ------------------------------------------------------------------------

std::string fish_values(const option& flag) {
  if (flag.is_switch())
    return "";
  if (flag.value == "FILE")
    return " -r -F";
  if (flag.value == "DIR")
    return " -x -a '(__fish_complete_directories)'";
  return flag.choices.empty() ? " -x" : " -x -a " + quoted(joined(flag.choices));
}

std::string fish_lines(const std::string& path, const command& at) {
  const auto begin = "complete -c unpod -n '__unpod_at \"" + path + "\"' ";
  std::vector<std::string> ends;
  for (const auto& choice : choices_by_place(at))
    ends.push_back("-a " + choice);
  for (const auto& verb : at.verbs)
    ends.push_back("-a " + verb.name + " -d " + quoted(verb.summary));
  for (const auto& one : at.options)
    if (!one.is_place())
      ends.push_back("-l " + one.name.substr(2) + fish_values(one) + " -d " + quoted(one.help));
  ends.emplace_back("-l help -d 'Say more'");
  std::string out;
  for (const auto& end : ends)
    out.append(begin).append(end).append("\n");
  return out;
}

} // namespace

std::string bash_completion(const command& program) {
  std::string values, words;
  each_value(program, [&](const std::string& path, const option& flag) {
    values += "    " + quoted(path + " " + flag.name) + ") " + bash_values(flag) + "; return ;;\n";
  });
  each(program, program.name, [&](const std::string& path, const command& at) {
    words += "    " + quoted(path) + ") words=" + quoted(bash_words(at)) + " ;;\n";
  });
  return "# Completion of unpod for bash: source <(unpod completion bash)\n"
         "_unpod() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
         "  local typed=unpod words at\n"
         "  for ((at = 1; at < COMP_CWORD; at++)); do\n"
         "    case \"$typed ${COMP_WORDS[at]}\" in\n"
         "    "
         + known_paths(program, "|")
         + ") typed+=\" ${COMP_WORDS[at]}\" ;;\n"
           "    esac\n"
           "  done\n"
           "  case \"$typed $before\" in\n"
         + values
         + "  esac\n"
           "  case \"$typed\" in\n"
         + words
         + "  esac\n"
           "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
           "}\n"
           "complete -F _unpod unpod\n";
}

std::string zsh_completion(const command& program) {
  std::string values, words;
  each_value(program, [&](const std::string& path, const option& flag) {
    values += "    (" + quoted(path + " " + flag.name) + ") " + zsh_values(flag) + "; return ;;\n";
  });
  each(program, program.name, [&](const std::string& path, const command& at) {
    words += "    (" + quoted(path) + ") " + zsh_words(at) + " ;;\n";
  });
  return "#compdef unpod\n"
         "# Completion of unpod for zsh: source <(unpod completion zsh), or keep it as _unpod\n"
         "# in a folder of $fpath.\n"
         "_unpod() {\n"
         "  local typed=unpod at\n"
         "  local -a verbs flags\n"
         "  for ((at = 2; at < CURRENT; at++)); do\n"
         "    case \"$typed $words[at]\" in\n"
         "    ("
         + known_paths(program, "|")
         + ") typed+=\" $words[at]\" ;;\n"
           "    esac\n"
           "  done\n"
           "  case \"$typed $words[CURRENT-1]\" in\n"
         + values
         + "  esac\n"
           "  case \"$typed\" in\n"
         + words
         + "  esac\n"
           "  (( $#verbs )) && _describe verb verbs\n"
           "  _describe -o flag flags\n"
           "}\n"
           "if [[ $funcstack[1] == _unpod ]]; then _unpod \"$@\"; else compdef _unpod unpod; fi\n";
}

std::string fish_completion(const command& program) {
  std::string lines;
  each(program, program.name,
       [&](const std::string& path, const command& at) { lines += fish_lines(path, at); });
  return "# Completion of unpod for fish: unpod completion fish | source\n"
         "function __unpod_at\n"
         "  set -l typed unpod\n"
         "  for word in (commandline -opc)[2..-1]\n"
         "    switch \"$typed $word\"\n"
         "      case "
         + known_paths(program, " ")
         + "\n"
           "        set typed \"$typed $word\"\n"
           "    end\n"
           "  end\n"
           "  test \"$typed\" = \"$argv[1]\"\n"
           "end\n"
           "complete -c unpod -f\n"
         + lines;
}

} // namespace unpod::cli
