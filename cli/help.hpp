// What `--help` and `unpod help` show of a verb, from the command tree. Pure.
#pragma once

#include "cli/command.hpp"

#include <string>

namespace unpod::cli {

/// Fits 80 columns. Verbs stand under their groups, in the order of the tree.
std::string help_of(const command_path& path);

} // namespace unpod::cli
