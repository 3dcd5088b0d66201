// Files that are named on the command line, and the input that "-" means.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <optional>
#include <string>

namespace unpod::cli {

/// bytes. 1 MB: what a node takes as a body.
inline constexpr std::size_t input_bytes_max = 1024 * 1024;

/// The content; nothing, and words, when there is none or it is too large.
std::optional<std::string> read_input(const std::string& name, std::istream& in, std::string& why);

} // namespace unpod::cli
