// Reports as JSON and as tables, and which floor broke.
#include "adapters/peers/bench_report.hpp"

#include "adapters/json/json.hpp"
#include "adapters/peers/bench_slope.hpp"

#include <cmath>
#include <cstdio>

namespace unpod {

namespace {

/// Three digits behind the point: what lies beyond is noise.
double rounded(double number) {
  return std::round(number * 1'000) / 1'000;
}

/// Notes what is missing while figures are written.
class figure_writer {
public:
  explicit figure_writer(json::writer& to) : to_{to} {}

  void one(const std::string& name, const figure& what) {
    put(name, name, what);
  }

  void row(const std::string& name, const figure_row& what) {
    to_.key(name).object();
    for (const auto& [part, content] : what)
      put(part, name + "." + part, content);
    to_.end();
  }

  void missing() {
    to_.key("missing").object();
    for (const auto& [name, why] : missing_)
      to_.field(name, why);
    to_.end();
  }

private:
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

void put_words(json::writer& w, const char* name, const std::vector<std::string>& words) {
  w.key(name).array();
  for (const auto& word : words)
    w.put(word);
  w.end();
}

void put_load(json::writer& w, figure_writer& figures, const load_figures& load) {
  const auto why = why_invalid(load);
  w.field("load_cpu_share", rounded(load.cpu_share));
  figures.one("load_wait_share", load.wait_share);
  w.field("load_sent_share", rounded(load.sent_share));
  figures.one("others_cpu_share", load.others_share);
  w.field("invalid", !why.empty());
  put_words(w, "invalid_because", why);
}

void put_frame(json::writer& w, const bench_frame& frame) {
  w.key("posture").object();
  for (const auto& [name, words] : frame.posture)
    w.field(name, words);
  w.end().field("command", frame.command).field("hardware", frame.hardware);
}

void put_calls(json::writer& w, const calls_report& report) {
  figure_writer figures{w};
  w.field("calls", report.calls).field("calls_failed", report.calls_failed);
  figures.one("cpu_us_per_call_second", report.cpu_us_per_call_second);
  figures.one("memory_kb_per_call", report.memory_kb_per_call);
  figures.one("late_ticks_per_million", report.late_ticks_per_million);
  figures.row("pacing_error_ms", report.pacing_error_ms);
  figures.row("text_overhead_ms", report.text_overhead_ms);
  figures.row("text_send_ms", report.send_ms);
  figures.row("text_speak_ms", report.speak_ms);
  figures.row("first_sample_ms", report.first_sample_ms);
  figures.row("barge_in_ms", report.barge_in_ms);
  figures.one("node_cpu_share", report.node_cpu_share);
  figures.one("idle_cpu_share", report.idle_cpu_share);
  put_load(w, figures, report.load);
  w.field("seconds", rounded(report.seconds)).field("agent_share", rounded(report.heard_share));
  w.field("turns", report.turns).field("turns_unanswered", report.turns_unanswered);
  w.field("barge_ins", report.barge_ins);
  figures.missing();
  put_words(w, "findings", report.findings);
}

std::string text_of(const figure& what) {
  if (!what.value)
    return "-";
  char text[32];
  std::snprintf(text, sizeof text, std::abs(*what.value) < 10 ? "%.3f" : "%.1f", *what.value);
  return text;
}

std::string table_line(const std::string& name, const std::string& value, const std::string& unit) {
  constexpr std::size_t name_width = 28, value_width = 24;
  const auto pad = [](const std::string& text, std::size_t width) {
    return text + std::string(width - std::min(width, text.size()), ' ');
  };
  return "  " + pad(name, name_width) + pad(value, value_width) + unit + "\n";
}

std::string row_text(const figure_row& row) {
  std::string text;
  for (const auto& [name, what] : row)
    text += (text.empty() ? "" : " / ") + text_of(what);
  return text;
}

std::string row_names(const figure_row& row) {
  std::string text;
  for (const auto& [name, what] : row)
    text += (text.empty() ? "" : " / ") + name;
  return text;
}

std::string figure_line(const std::string& name, const figure& what, const std::string& unit) {
  return table_line(name, text_of(what), what.value ? unit : "(" + what.missing + ")");
}

std::string row_line(const std::string& name, const figure_row& row, const std::string& unit) {
  const bool missing = !row.empty() && !row.front().second.value;
  return table_line(name, row_text(row),
                    missing ? "(" + row.front().second.missing + ")"
                            : unit + ", " + row_names(row));
}

std::string percent(double share) {
  return text_of(figure::of(100 * share)) + " %";
}

std::string load_lines(const load_figures& load) {
  auto text = table_line("load process", percent(load.cpu_share), "of a core");
  text += figure_line("  ready, but no core", load.wait_share, "of a core");
  text += table_line("  sent of what was due", percent(load.sent_share), "");
  text += figure_line("others on this machine", load.others_share, "of all cores");
  for (const auto& why : why_invalid(load))
    text += "  INVALID: " + why + "\n";
  return text;
}

std::string finding_lines(const std::vector<std::string>& findings) {
  std::string text;
  for (const auto& finding : findings)
    text += "  not well: " + finding + "\n";
  return text;
}

/// The value called so; nothing when it is missing.
std::optional<double> part_of(const figure_row& row, const std::string& name) {
  for (const auto& [part, what] : row)
    if (part == name)
      return what.value;
  return std::nullopt;
}

} // namespace

std::vector<std::string> why_invalid(const load_figures& load, const load_bounds& bounds) {
  std::vector<std::string> why;
  const auto busy = load.cpu_share + load.wait_share.value.value_or(0);
  if (busy > bounds.busy)
    why.push_back("the load process ran or waited for " + percent(busy)
                  + " of a core: it measures itself");
  if (load.sent_share < bounds.sent)
    why.push_back("the callers sent only " + percent(load.sent_share) + " of their frames");
  if (load.others_share.value.value_or(0) > bounds.others)
    why.push_back("others on this machine took " + percent(*load.others_share.value)
                  + " of its cores");
  return why;
}

std::vector<std::string> broken_floors(const calls_report& report, const calls_floors& floors) {
  std::vector<std::string> broken;
  const auto check = [&](const char* name, std::optional<double> value, double floor) {
    if (value && *value > floor)
      broken.push_back(std::string{name} + " is " + text_of(figure::of(*value)) + ", over "
                       + text_of(figure::of(floor)));
  };
  const auto calls = static_cast<double>(std::max<std::size_t>(report.calls, 1));
  check("share of calls failed", static_cast<double>(report.calls_failed) / calls,
        floors.failed_share);
  check("node_cpu_share", report.node_cpu_share.value, floors.node_cpu_share);
  check("pacing_error_ms.p99", part_of(report.pacing_error_ms, "p99"), floors.pacing_p99_ms);
  check("text_overhead_ms.p99", part_of(report.text_overhead_ms, "p99"), floors.text_p99_ms);
  check("first_sample_ms.p99", part_of(report.first_sample_ms, "p99"), floors.first_sample_p99_ms);
  for (auto& why : why_invalid(report.load))
    broken.push_back("invalid: " + std::move(why));
  return broken;
}

std::string calls_json(const calls_report& report, const bench_frame& frame) {
  json::writer w;
  w.object();
  put_calls(w, report);
  put_frame(w, frame);
  return w.end().str();
}

std::string ramp_json(const std::vector<calls_report>& steps, const std::vector<std::string>& broke,
                      const calls_growth& growth, const bench_frame& frame) {
  json::writer w;
  w.object().key("steps").array();
  for (const auto& step : steps) {
    w.object();
    put_calls(w, step);
    w.end();
  }
  w.end().key("broke").object();
  w.field("at_calls", broke.empty() || steps.empty() ? 0 : steps.back().calls);
  put_words(w, "what", broke);
  w.end().key("growth").object().field("steps", growth.steps);
  figure_writer figures{w};
  figures.one("cpu_us_per_call_second", growth.cpu_us_per_call_second);
  figures.one("cpu_r2", growth.cpu_r2);
  figures.one("memory_kb_per_call", growth.memory_kb_per_call);
  figures.one("memory_r2", growth.memory_r2);
  figures.one("calls_at_80_percent_extrapolated", growth.calls_at_full);
  figures.missing();
  w.end();
  put_frame(w, frame);
  return w.end().str();
}

std::string growth_table(const calls_growth& growth) {
  return figure_line("growth: node CPU", growth.cpu_us_per_call_second, "us per call-second more")
         + figure_line("  R2", growth.cpu_r2, "of " + std::to_string(growth.steps) + " steps")
         + figure_line("growth: memory", growth.memory_kb_per_call, "KB per call more")
         + figure_line("  R2", growth.memory_r2, "")
         + figure_line("calls at 80 % of its cores", growth.calls_at_full,
                       "extrapolated, not measured");
}

std::string calls_table(const calls_report& report) {
  std::string text = table_line("calls", std::to_string(report.calls),
                                std::to_string(report.calls_failed) + " failed");
  text += figure_line("node CPU", report.cpu_us_per_call_second, "us per call-second");
  text += figure_line("node CPU share", report.node_cpu_share, "of the cores it may use");
  text += figure_line("  when idle", report.idle_cpu_share, "of a core");
  text += figure_line("memory", report.memory_kb_per_call, "KB per call");
  text += figure_line("late ticks", report.late_ticks_per_million, "per million");
  text += row_line("pacing error", report.pacing_error_ms, "ms");
  text += row_line("text overhead", report.text_overhead_ms, "ms");
  text += row_line("  words final to sent", report.send_ms, "ms");
  text += row_line("  first delta to voice", report.speak_ms, "ms");
  text += row_line("first byte to first sample", report.first_sample_ms, "ms");
  text += row_line("cutting in to interrupted", report.barge_in_ms, "ms");
  text += table_line("turns", std::to_string(report.turns),
                     std::to_string(report.turns_unanswered) + " unanswered, "
                       + std::to_string(report.barge_ins) + " cut in");
  text += table_line("agent heard", percent(report.heard_share), "of the time");
  text += load_lines(report.load);
  return text + finding_lines(report.findings);
}

std::string dispatch_json(const dispatch_report& report, const bench_frame& frame) {
  json::writer w;
  figure_writer figures{w};
  w.object().field("runners", report.runners).field("jobs", report.jobs);
  w.field("jobs_failed", report.jobs_failed);
  figures.row("dispatch_ms", report.dispatch_ms);
  figures.row("orchestrator_ms", report.node_ms);
  figures.one("spread_jobs", report.spread);
  figures.one("baseline_spread_jobs", report.baseline_spread);
  w.field("bursts", report.bursts).field("jobs_per_second", rounded(report.jobs_per_second));
  put_load(w, figures, report.load);
  figures.missing();
  put_words(w, "findings", report.findings);
  put_frame(w, frame);
  return w.end().str();
}

std::string dispatch_table(const dispatch_report& report) {
  std::string text = table_line("runners", std::to_string(report.runners), "");
  text += table_line("jobs", std::to_string(report.jobs),
                     std::to_string(report.jobs_failed) + " failed, "
                       + std::to_string(report.bursts) + " bursts");
  text += row_line("start to job.assign", report.dispatch_ms, "ms");
  text += row_line("orchestrator, with ack", report.node_ms, "ms");
  text += figure_line("most minus least", report.spread, "jobs a runner, worst burst");
  text += figure_line("the same, by chance", report.baseline_spread, "computed, not measured");
  text += load_lines(report.load);
  return text + finding_lines(report.findings);
}

std::string posture_text(const bench_frame& frame) {
  std::string text = "posture\n";
  for (const auto& [name, words] : frame.posture)
    text += "  " + name + ": " + words + "\n";
  return text + "command: " + frame.command + "\non: " + frame.hardware + "\n";
}

} // namespace unpod
