// A screen as plain lines with styles: what the console's views make and a terminal paints.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace unpod::cli {

enum class paint : unsigned char { plain, strong, dim, good, warn, bad, chosen, bar };

inline constexpr auto no_row = static_cast<std::size_t>(-1);

/// One line in one style; `text` is no wider than the screen.
struct screen_line {
  std::string text;
  paint how = paint::plain;
  std::size_t row = no_row; // of the view's rows, which a mouse may choose
};

using screen = std::vector<screen_line>;

struct screen_size {
  std::size_t rows = 24;
  std::size_t columns = 80;
};

} // namespace unpod::cli
