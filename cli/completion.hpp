// Shell completion, made from the command tree: verbs, flags, choices and files. Pure.
#pragma once

#include "cli/command.hpp"

#include <string>

namespace unpod::cli {

/// Scripts for the shell to read, as in `source <(unpod completion bash)`.
std::string bash_completion(const command& program);
std::string zsh_completion(const command& program);
std::string fish_completion(const command& program);

} // namespace unpod::cli
