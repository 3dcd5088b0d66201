// From typed words to a verb and what it takes. The only door to CLI11.
#pragma once

#include "cli/command.hpp"

#include <string>
#include <vector>

namespace unpod::cli {

struct reading {
  enum class outcome { run, help, mistake };

  outcome what = outcome::mistake;
  command_path path; // as far as verbs were understood; never empty
  typed_words words;
  std::string mistake; // a sentence without its full stop
};

/// `arguments` without the program's name.
reading read_command_line(const command& program, const std::vector<std::string>& arguments);

} // namespace unpod::cli
