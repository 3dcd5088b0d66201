#include "cli/table.hpp"

#include "cli/text.hpp"

#include <algorithm>

namespace unpod::cli {

namespace {

constexpr std::size_t gap = 2;       // columns between two
constexpr std::size_t least_cut = 6; // columns that a cut column keeps

using widths = std::vector<std::size_t>;

void leave_out(std::size_t column, std::vector<table_column>& columns, table_rows& rows) {
  const auto at = static_cast<std::ptrdiff_t>(column);
  columns.erase(columns.begin() + at);
  for (auto& row : rows)
    row.erase(row.begin() + at);
}

void leave_out_empty(std::vector<table_column>& columns, table_rows& rows) {
  for (auto column = columns.size(); column-- > 1;)
    if (std::all_of(rows.begin(), rows.end(), [&](auto& row) { return row[column].empty(); }))
      leave_out(column, columns, rows);
}

widths natural(const std::vector<table_column>& columns, const table_rows& rows) {
  widths wide;
  for (std::size_t column = 0; column < columns.size(); ++column) {
    wide.push_back(columns_of(columns[column].title));
    for (const auto& row : rows)
      wide.back() = std::max(wide.back(), columns_of(row[column]));
  }
  return wide;
}

std::size_t total(const widths& wide) {
  std::size_t sum = 0;
  for (const auto one : wide)
    sum += one + gap;
  return sum - (sum > 0 ? gap : 0);
}

/// Takes a column from the widest that may be cut; false when there is none left.
bool narrow(const std::vector<table_column>& columns, widths& wide) {
  std::size_t* widest = nullptr;
  for (std::size_t column = 0; column < columns.size(); ++column) {
    const auto least = std::max(least_cut, columns_of(columns[column].title));
    if (!columns[column].whole && wide[column] > least && (!widest || wide[column] > *widest))
      widest = &wide[column];
  }
  if (widest)
    --*widest;
  return widest != nullptr;
}

void add_line(std::string& out, const std::vector<table_column>& columns, const widths& wide,
              const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t column = 0; column < columns.size(); ++column) {
    const auto cell = cut(cells[column], wide[column]);
    const std::string lead(
      columns[column].right ? wide[column] - std::min(wide[column], columns_of(cell)) : 0, ' ');
    line += padded(lead + cell, wide[column]) + std::string(gap, ' ');
  }
  line.erase(line.find_last_not_of(' ') + 1);
  out += line + "\n";
}

} // namespace

std::string table_text(std::vector<table_column> columns, table_rows rows, std::size_t width) {
  leave_out_empty(columns, rows);
  auto wide = natural(columns, rows);
  while (total(wide) > width && columns.size() > 1)
    if (!narrow(columns, wide)) {
      leave_out(columns.size() - 1, columns, rows);
      wide = natural(columns, rows);
    }
  std::string out;
  std::vector<std::string> titles;
  titles.reserve(columns.size());
  for (const auto& column : columns)
    titles.push_back(column.title);
  add_line(out, columns, wide, titles);
  for (const auto& row : rows)
    add_line(out, columns, wide, row);
  return out;
}

std::string details_text(const std::vector<std::pair<std::string, std::string>>& lines,
                         std::size_t width) {
  std::size_t names = 0;
  for (const auto& [name, value] : lines)
    names = std::max(names, columns_of(name) + gap);
  std::string out;
  for (const auto& [name, value] : lines)
    out += padded(name, names) + wrapped(value, width, names) + "\n";
  return out;
}

} // namespace unpod::cli
