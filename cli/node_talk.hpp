// What every verb that talks to a node has in common: where the node is, whose key is
// used, and what to do when it says no.
#pragma once

#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "runtime/workshop.hpp"

#include <string>
#include <vector>

namespace unpod::cli {

inline constexpr const char* node_address = "http://127.0.0.1:8080";

/// --json, --url, --key.
std::vector<option> connection_options();

/// A question to that node with that key.
node_question question_to(const typed_words& words, const std::string& method,
                          const std::string& path);

/// What helps in general after this answer; empty when nothing does.
std::string next_step(const node_reply& reply);

int exit_code(node_reply::outcome what);

/// Says what the node refused and what helps; the exit code. `verb` as it was typed.
int tell_refusal(const std::string& verb, const node_reply& reply, bench at);

} // namespace unpod::cli
