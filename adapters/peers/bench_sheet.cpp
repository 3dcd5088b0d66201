// The three faces of a sheet, and where they are put.
#include "adapters/peers/bench_sheet.hpp"

#include "adapters/json/json.hpp"

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace unpod {

namespace {

constexpr int results_of_a_day_max = 100;

/// Three digits behind the point: what lies beyond is noise.
double rounded(double number) {
  return std::round(number * 1'000) / 1'000;
}

std::string text_of(const figure& what) {
  if (!what.value)
    return "-";
  char text[32];
  std::snprintf(text, sizeof text, std::abs(*what.value) < 10 ? "%.3f" : "%.1f", *what.value);
  return text;
}

std::string table_line(const std::string& label, const std::string& value,
                       const std::string& unit) {
  constexpr std::size_t label_width = 30, value_width = 26;
  const auto pad = [](const std::string& text, std::size_t width) {
    return text + std::string(width - std::min(width - 1, text.size()), ' ');
  };
  auto line = "  " + pad(label, label_width) + pad(value, value_width) + unit;
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string today() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[16];
  std::strftime(text, sizeof text, "%Y-%m-%d", &parts);
  return text;
}

bool write_file(const std::string& path, const std::string& text, std::string& why) {
  std::ofstream out{path, std::ios::binary | std::ios::trunc};
  out << text;
  out.close();
  if (!out)
    why = path + " cannot be written: " + std::strerror(errno);
  return why.empty();
}

/// DIR/2026-11-21-name.md, or …-name-2.md when that is there.
std::string free_path(const std::string& folder, const std::string& name) {
  const auto base = (std::filesystem::path{folder} / (today() + "-" + name)).string();
  std::error_code error;
  for (int n = 1; n <= results_of_a_day_max; ++n) {
    const auto path = base + (n == 1 ? "" : "-" + std::to_string(n)) + ".md";
    if (!std::filesystem::exists(path, error))
      return path;
  }
  return {};
}

bool write_results(const std::string& folder, const std::string& name, const std::string& page,
                   std::string& why) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const auto path = free_path(folder, name);
  if (path.empty()) {
    why = folder + " holds " + std::to_string(results_of_a_day_max) + " results of today";
    return false;
  }
  return write_file(path, page, why);
}

} // namespace

// -- filling ---------------------------------------------------------------------

bench_sheet& bench_sheet::add(std::string key, std::string label, content what) {
  items_.push_back({std::move(key), std::move(label), std::move(what)});
  return *this;
}

bench_sheet& bench_sheet::count(std::string key, std::string label, std::uint64_t number,
                                std::string note) {
  return add(std::move(key), std::move(label), counted{number, std::move(note)});
}

bench_sheet& bench_sheet::one(std::string key, std::string label, figure what, std::string unit) {
  return add(std::move(key), std::move(label), measured{std::move(what), std::move(unit)});
}

bench_sheet& bench_sheet::row(std::string key, std::string label, figure_row what,
                              std::string unit) {
  return add(std::move(key), std::move(label), rowed{std::move(what), std::move(unit)});
}

bench_sheet& bench_sheet::words(std::string key, std::string label, std::string text) {
  return add(std::move(key), std::move(label), std::move(text));
}

bench_sheet& bench_sheet::findings(std::vector<std::string> what) {
  return add("findings", {}, lines{std::move(what), "not well: "});
}

bench_sheet& bench_sheet::load(const load_figures& load) {
  auto why = why_invalid(load);
  one("load_cpu_share", "load process", figure::of(load.cpu_share), "of a core");
  one("load_wait_share", "  ready, but no core", load.wait_share, "of a core");
  one("load_sent_share", "  sent of what was due", figure::of(load.sent_share), "");
  one("others_cpu_share", "others on this machine", load.others_share, "of all cores");
  add("invalid", {}, !why.empty());
  return add("invalid_because", {}, lines{std::move(why), "INVALID: "});
}

bench_sheet& bench_sheet::steps(std::string key, std::string label, std::vector<bench_sheet> all) {
  return add(std::move(key), std::move(label), std::move(all));
}

// -- showing ---------------------------------------------------------------------

/// Notes what is missing while figures are written.
class bench_sheet::json_face {
public:
  explicit json_face(json::writer& to) : to_{to} {}

  void all(const bench_sheet& sheet) {
    for (const auto& [key, label, what] : sheet.items_)
      std::visit([this, &name = key](const auto& content) { put(name, content); }, what);
    if (missing_.empty())
      return;
    to_.key("missing").object();
    for (const auto& [name, why] : missing_)
      to_.field(name, why);
    to_.end();
  }

private:
  void put(const std::string& key, const counted& what) {
    to_.field(key, what.number);
  }
  void put(const std::string& key, const measured& what) {
    put(key, key, what.what);
  }
  void put(const std::string& key, const rowed& what) {
    to_.key(key).object();
    for (const auto& [part, one] : what.what)
      put(part, key + "." + part, one);
    to_.end();
  }
  void put(const std::string& key, const std::string& text) {
    to_.field(key, text);
  }
  void put(const std::string& key, bool yes) {
    to_.field(key, yes);
  }
  void put(const std::string& key, const lines& what) {
    to_.key(key).array();
    for (const auto& line : what.all)
      to_.put(line);
    to_.end();
  }
  void put(const std::string& key, const std::vector<bench_sheet>& steps) {
    to_.key(key).array();
    for (const auto& step : steps) {
      to_.object();
      json_face{to_}.all(step);
      to_.end();
    }
    to_.end();
  }
  void put(const std::string& key, const std::string& path, const figure& what) {
    to_.key(key);
    if (what.value) {
      to_.put(rounded(*what.value));
      return;
    }
    to_.null();
    missing_.emplace_back(path, what.missing);
  }

  json::writer& to_;
  std::vector<std::pair<std::string, std::string>> missing_;
};

class bench_sheet::table_face {
public:
  static std::string of(const item& one) {
    return std::visit([&](const auto& what) { return show(one.label, what); }, one.what);
  }

private:
  static std::string show(const std::string& label, const counted& what) {
    return table_line(label, std::to_string(what.number), what.note);
  }
  static std::string show(const std::string& label, const measured& what) {
    return table_line(label, text_of(what.what),
                      what.what.value ? what.unit : "(" + what.what.missing + ")");
  }
  static std::string show(const std::string& label, const rowed& what) {
    std::string values, names;
    for (const auto& [part, one] : what.what) {
      values += (values.empty() ? "" : " / ") + text_of(one);
      names += (names.empty() ? "" : " / ") + part;
    }
    const bool missing = !what.what.empty() && !what.what.front().second.value;
    return table_line(label, values,
                      missing ? "(" + what.what.front().second.missing + ")"
                              : what.unit + ", " + names);
  }
  static std::string show(const std::string& label, const std::string& text) {
    return table_line(label, text, {});
  }
  static std::string show(const std::string&, bool) {
    return {}; // its reasons say more
  }
  static std::string show(const std::string&, const lines& what) {
    std::string text;
    for (const auto& line : what.all)
      text += "  " + what.before + line + "\n";
    return text;
  }
  static std::string show(const std::string& label, const std::vector<bench_sheet>& steps) {
    std::string text;
    for (std::size_t n = 0; n < steps.size(); ++n)
      text += label + " " + std::to_string(n + 1) + "\n" + steps[n].table();
    return text;
  }
};

std::string bench_sheet::table() const {
  std::string text;
  for (const auto& one : items_)
    text += table_face::of(one);
  return text;
}

std::string bench_sheet::json(const bench_frame& frame) const {
  json::writer w;
  w.object();
  json_face{w}.all(*this);
  w.key("posture").object();
  for (const auto& [name, words] : frame.posture)
    w.field(name, words);
  w.end().field("command", frame.command).field("hardware", frame.hardware);
  return w.end().str();
}

figure_row spread_row(const std::vector<double>& values, const std::string& why) {
  return {{"p50", percentile_figure(values, 0.5, why)},
          {"p99", percentile_figure(values, 0.99, why)},
          {"max", percentile_figure(values, 1, why)}};
}

// -- keeping ---------------------------------------------------------------------

std::string results_page(const std::string& name, const std::string& table,
                         const bench_frame& frame, const std::string& release) {
  std::string page = "# unpod bench " + name + "\n\n* hardware: " + frame.hardware
                     + "\n* release: " + release + "\n* command: `" + frame.command + "`\n";
  for (const auto& [what, words] : frame.posture)
    page += "* " + what + ": " + words + "\n";
  return page + "\n```\n" + table + "```\n";
}

bool publish(const std::string& name, const bench_sheet& sheet, const bench_frame& frame,
             const std::vector<bench_plot>& plots, const bench_outlets& outlets, std::ostream& out,
             std::string& why) {
  if (outlets.json)
    out << sheet.json(frame) << std::endl;
  else
    out << sheet.table() << posture_text(frame) << std::flush;
  if (!outlets.plot.empty())
    write_file(outlets.plot, plot_svg(plots), why);
  if (!outlets.results.empty() && why.empty())
    write_results(outlets.results, name, results_page(name, sheet.table(), frame, outlets.release),
                  why);
  return why.empty();
}

} // namespace unpod
