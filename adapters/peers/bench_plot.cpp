// The SVG writer and the least squares.
#include "adapters/peers/bench_plot.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>

namespace unpod {

namespace {

constexpr double page_width = 800, panel_height = 300;
constexpr double left = 80, right = 20, top = 40, bottom = 50; // px around the curves
constexpr std::array<const char*, plot_curves_max> colours{
  "#1f6feb", "#d1242f", "#1a7f37", "#9a6700", "#8250df", "#0a7a83", "#bf3989", "#57606a"};

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (static_cast<unsigned char>(c) >= 0x20)
      out += c;
  }
  return out;
}

std::string number_text(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", number);
  return text;
}

std::string pixel(double at) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", at);
  return text;
}

bool is_finite(const std::pair<double, double>& point) {
  return std::isfinite(point.first) && std::isfinite(point.second);
}

/// What is drawn of a curve: its finite points, and no more than the screen can show.
plot_points drawn(const plot_points& points) {
  plot_points finite;
  std::copy_if(points.begin(), points.end(), std::back_inserter(finite), is_finite);
  const auto step = (finite.size() + plot_points_max - 1) / plot_points_max;
  if (step <= 1)
    return finite;
  plot_points thin;
  for (std::size_t i = 0; i < finite.size(); i += step)
    thin.push_back(finite[i]);
  return thin;
}

struct span {
  double from = std::numeric_limits<double>::infinity();
  double to = -std::numeric_limits<double>::infinity();

  void cover(double value) {
    from = std::min(from, value);
    to = std::max(to, value);
  }
  /// From and to a mark of the axis.
  void round_to(const std::vector<double>& marks) {
    cover(marks.front());
    cover(marks.back());
  }
};

/// One panel on its place of the page.
class panel_writer {
public:
  panel_writer(const bench_plot& plot, double y) : plot_{plot}, y_{y} {
    for (std::size_t i = 0; i < std::min(plot.curves.size(), plot_curves_max); ++i) {
      curves_.emplace_back(plot.curves[i].first, drawn(plot.curves[i].second));
      for (const auto& [x, value] : curves_.back().second) {
        x_span_.cover(x);
        y_span_.cover(value);
      }
    }
  }

  std::string svg() {
    auto out = text(left, y_ + 20, plot_.title, "start", "16");
    if (!(x_span_.from <= x_span_.to))
      return out + text(left, y_ + panel_height / 2, "no figures", "start", "14");
    y_span_.cover(0); // or a small change would look like a large one
    const auto x_marks = axis_marks(x_span_.from, x_span_.to);
    const auto y_marks = axis_marks(y_span_.from, y_span_.to);
    x_span_.round_to(x_marks);
    y_span_.round_to(y_marks);
    for (const auto mark : x_marks)
      out += line(at_x(mark), at_y(y_span_.from), at_x(mark), at_y(y_span_.to))
             + text(at_x(mark), at_y(y_span_.from) + 16, number_text(mark), "middle", "11");
    for (const auto mark : y_marks)
      out += line(at_x(x_span_.from), at_y(mark), at_x(x_span_.to), at_y(mark))
             + text(left - 6, at_y(mark) + 4, number_text(mark), "end", "11");
    out += text(page_width - right, y_ + panel_height - 12, plot_.x_name, "end", "12");
    out += text(left, y_ + top - 4, plot_.y_name, "start", "12");
    for (std::size_t i = 0; i < curves_.size(); ++i)
      out += curve(i);
    return out;
  }

private:
  double at_x(double x) const {
    const auto wide = page_width - left - right;
    return left + wide * (x - x_span_.from) / std::max(x_span_.to - x_span_.from, 1e-300);
  }
  double at_y(double value) const {
    const auto high = panel_height - top - bottom;
    return y_ + top + high
           - high * (value - y_span_.from) / std::max(y_span_.to - y_span_.from, 1e-300);
  }

  static std::string line(double x1, double y1, double x2, double y2) {
    return "<line x1=\"" + pixel(x1) + "\" y1=\"" + pixel(y1) + "\" x2=\"" + pixel(x2) + "\" y2=\""
           + pixel(y2) + "\" stroke=\"#d8dee4\"/>\n";
  }
  static std::string text(double x, double y, const std::string& words, const char* anchor,
                          const char* size, const char* colour = "#24292f") {
    return "<text x=\"" + pixel(x) + "\" y=\"" + pixel(y) + "\" font-size=\"" + size
           + "\" text-anchor=\"" + anchor + "\" fill=\"" + colour + "\">" + escaped(words)
           + "</text>\n";
  }

  std::string curve(std::size_t i) const {
    const auto& [name, points] = curves_[i];
    std::string path, dots;
    for (const auto& [x, value] : points) {
      path += (path.empty() ? "" : " ") + pixel(at_x(x)) + "," + pixel(at_y(value));
      if (points.size() <= 50)
        dots += "<circle cx=\"" + pixel(at_x(x)) + "\" cy=\"" + pixel(at_y(value))
                + "\" r=\"3\" fill=\"" + colours[i] + "\"/>\n";
    }
    return "<polyline fill=\"none\" stroke=\"" + std::string{colours[i]} + "\" points=\"" + path
           + "\"/>\n" + dots
           + text(page_width - right, y_ + 20 + 14 * static_cast<double>(i), name, "end", "12",
                  colours[i]);
  }

  const bench_plot& plot_;
  const double y_;
  std::vector<std::pair<std::string, plot_points>> curves_;
  span x_span_, y_span_;
};

} // namespace

std::vector<double> axis_marks(double from, double to, std::size_t count_max) {
  if (!std::isfinite(from) || !std::isfinite(to) || count_max < 2)
    return {0, 1};
  const auto wide = to > from ? to - from : std::max(std::abs(from), 1.0);
  const auto least = wide / static_cast<double>(count_max - 1);
  const auto power = std::pow(10.0, std::floor(std::log10(least)));
  double step = 10 * power;
  for (const double one : {1.0, 2.0, 5.0})
    if (one * power >= least * (1 - 1e-9)) {
      step = one * power;
      break;
    }
  std::vector<double> marks;
  const auto first = std::floor(from / step + 1e-9), last = std::ceil(to / step - 1e-9);
  for (auto n = first; n <= std::max(last, first + 1); ++n)
    marks.push_back(n * step);
  return marks;
}

std::string plot_svg(const std::vector<bench_plot>& panels) {
  const auto high = number_text(panel_height * static_cast<double>(panels.size()));
  const auto wide = number_text(page_width);
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + wide + "\" height=\""
                    + high + "\" viewBox=\"0 0 " + wide + " " + high
                    + "\" font-family=\"sans-serif\">\n<rect width=\"100%\" height=\"100%\" "
                      "fill=\"white\"/>\n";
  double y = 0;
  for (const auto& panel : panels) {
    out += panel_writer{panel, y}.svg();
    y += panel_height;
  }
  return out + "</svg>\n";
}

fitted_line fit_line(const plot_points& points) {
  fitted_line line;
  double count = 0, mean_x = 0, mean_y = 0;
  for (const auto& point : points)
    if (is_finite(point)) {
      ++count;
      mean_x += (point.first - mean_x) / count;
      mean_y += (point.second - mean_y) / count;
    }
  double xx = 0, xy = 0, yy = 0;
  for (const auto& point : points)
    if (is_finite(point)) {
      const auto dx = point.first - mean_x, dy = point.second - mean_y;
      xx += dx * dx;
      xy += dx * dy;
      yy += dy * dy;
    }
  line.slope = xx > 0 ? xy / xx : 0;
  line.offset = mean_y - line.slope * mean_x;
  line.r2 = xx > 0 && yy > 0 ? xy * xy / (xx * yy) : 0;
  return line;
}

} // namespace unpod
