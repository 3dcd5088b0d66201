// Tables for people: columns as wide as needed, cut to the terminal. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace unpod::cli {

struct table_column {
  std::string title;
  bool whole = false; // never cut: an id is of no use in parts
  bool right = false; // numbers end under each other
};

using table_rows = std::vector<std::vector<std::string>>;

/// A line of titles and one a row. A column without content is left out; what is too
/// wide is taken from the widest columns, then the last ones are left out.
std::string table_text(std::vector<table_column> columns, table_rows rows, std::size_t width);

/// "name   value" lines; long values are wrapped under themselves.
std::string details_text(const std::vector<std::pair<std::string, std::string>>& lines,
                         std::size_t width);

} // namespace unpod::cli
