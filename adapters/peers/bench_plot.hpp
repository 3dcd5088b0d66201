// Curves as an SVG page, one panel below the other; and the line that fits points best.
// Pure: numbers in, text out.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace unpod {

using plot_points = std::vector<std::pair<double, double>>;

/// points drawn of one curve. Default 2,000: more than a screen has columns; the rest is thinned.
inline constexpr std::size_t plot_points_max = 2'000;
/// curves of one panel. Default 8: as many colours as can be told apart.
inline constexpr std::size_t plot_curves_max = 8;

/// One panel: curves over the same axis.
struct bench_plot {
  std::string title, x_name, y_name;
  std::vector<std::pair<std::string, plot_points>> curves;
};

/// Points that are not finite are left out; a panel without any says so.
std::string plot_svg(const std::vector<bench_plot>& panels);

/// Round numbers at most `count_max` apart-steps that cover [from, to]; the axis' marks.
std::vector<double> axis_marks(double from, double to, std::size_t count_max = 6);

/// y = slope · x + offset, least squares; r2 is 1 where the line explains all.
struct fitted_line {
  double slope = 0, offset = 0, r2 = 0;
};

/// Fewer than two different x give a level line with r2 0.
fitted_line fit_line(const plot_points& points);

} // namespace unpod
