// What a TOML file is looked at for before toml++ sees it: its size, and heads without a name.
#pragma once

#include <cstddef>
#include <string>

namespace unpod {

/// Reads a file of at most `bytes_max`; false and words that name it. Blocks: at start, or on a
/// thread of its own.
bool read_toml_file(const std::string& file, std::size_t bytes_max, std::string& text,
                    std::string& why);

/// The line of a table's head without a name, on which toml++ 3 aborts; 0: none.
std::size_t nameless_head(const std::string& text);

} // namespace unpod
