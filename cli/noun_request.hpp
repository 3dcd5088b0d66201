// From what was typed after a verb of a noun to the question for a node. Pure, but for
// files that are named.
#pragma once

#include "cli/noun.hpp"
#include "runtime/workshop.hpp"

#include <functional>
#include <optional>
#include <string>

namespace unpod::cli {

/// The content of a file, or of the input for "-"; nothing, and words, when there is none.
using input_reader =
  std::function<std::optional<std::string>(const std::string& name, std::string& why)>;

/// Fills method, path, body and members; false, and words, when what was typed makes no
/// question. What is typed may hold anything: it is encoded.
bool question_of(const noun_verb& verb, const typed_words& words, const input_reader& read,
                 node_question& into, std::string& why);

/// "Pipe {PIPE} was {status}." with what was typed for PIPE and answered as `status`.
std::string filled_in(std::string text, const typed_words& words, const plain_value& answer);

} // namespace unpod::cli
