// The flags of a node's settings, the same for `start` and for `config`.
#pragma once

#include "cli/command.hpp"
#include "runtime/settings.hpp"

#include <iosfwd>
#include <string>
#include <vector>

namespace unpod::cli {

std::vector<option> node_options();

/// Defaults, file, environment, flags; false when `mistakes` are to be shown.
bool settings_of(const typed_words& words, node_settings& into, std::vector<std::string>& mistakes);

/// Each mistake on its line, and which command helps.
void print_mistakes(const std::vector<std::string>& mistakes, std::ostream& err);

} // namespace unpod::cli
