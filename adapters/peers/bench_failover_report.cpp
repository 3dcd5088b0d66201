#include "adapters/peers/bench_failover_report.hpp"

#include "adapters/json/json.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace unpod {

namespace {

double tenths(double number) {
  return std::round(number * 10) / 10;
}

std::vector<double> beyond(const std::vector<double>& gaps, double first_byte_ms) {
  std::vector<double> rest;
  for (const auto gap : gaps)
    rest.push_back(std::max(0.0, gap - first_byte_ms));
  return rest;
}

double most(const std::vector<double>& values) {
  return values.empty() ? 0 : *std::max_element(values.begin(), values.end());
}

void put_figure(json::writer& w, const char* name, const figure& what) {
  w.key(name);
  if (what.value)
    w.put(tenths(*what.value));
  else
    w.null();
}

void put_row(json::writer& w, const char* name, const std::vector<double>& values) {
  w.key(name).object();
  put_figure(w, "p50", percentile_figure(values, 0.5, ""));
  put_figure(w, "p99", percentile_figure(values, 0.99, ""));
  w.end();
}

std::string line(const char* name, const std::string& value) {
  char text[160];
  std::snprintf(text, sizeof text, "  %-28s%s\n", name, value.c_str());
  return text;
}

std::string row_of(const std::vector<double>& values) {
  if (values.empty())
    return "-";
  char text[96];
  std::snprintf(text, sizeof text, "p50 %.0f   p99 %.0f   most %.0f",
                percentile_figure(values, 0.5, "").value.value_or(0),
                percentile_figure(values, 0.99, "").value.value_or(0), most(values));
  return text;
}

} // namespace

std::string failover_json(const failover_report& report, const bench_frame& frame,
                          std::uint64_t seed) {
  json::writer w;
  w.object().field("calls", report.calls).field("calls_dropped", report.calls_dropped);
  w.field("utterances", report.utterances).field("unanswered", report.unanswered);
  w.field("turns_split", report.turns_split).field("words", report.words);
  w.field("words_lost", report.heard.lost + report.spoken.lost);
  w.field("words_doubled", report.heard.doubled + report.spoken.doubled);
  for (const auto& [name, of] :
       {std::pair{"recognisers", report.heard}, std::pair{"voices", report.spoken}})
    w.key(name).object().field("lost", of.lost).field("doubled", of.doubled).end();
  put_row(w, "gap_ms", report.gaps_ms);
  put_row(w, "gap_beyond_first_byte_ms", beyond(report.gaps_ms, report.first_byte_ms));
  w.field("gap_ms_max", tenths(most(report.gaps_ms)));
  put_row(w, "silence_ms", report.silences_ms);
  w.field("silence_ms_max", tenths(most(report.silences_ms)));
  w.field("kills", report.kills).field("answers_hit", report.answers_hit);
  w.field("streams_lost", report.failures).field("seconds", tenths(report.seconds));
  const auto why = why_invalid(report.load);
  w.field("load_cpu_share", tenths(report.load.cpu_share)).field("invalid", !why.empty());
  for (const auto& [name, words] :
       {std::pair{"invalid_because", &why}, std::pair{"findings", &report.findings}}) {
    w.key(name).array();
    for (const auto& one : *words)
      w.put(one);
    w.end();
  }
  w.field("seed", seed).key("posture").object();
  for (const auto& [name, words] : frame.posture)
    w.field(name, words);
  w.end().field("command", frame.command).field("hardware", frame.hardware);
  return w.end().str();
}

std::string failover_table(const failover_report& report) {
  const auto count = [](std::size_t number) { return std::to_string(number); };
  auto table = line("calls", count(report.calls) + ", dropped " + count(report.calls_dropped));
  table += line("utterances", count(report.utterances) + ", unanswered " + count(report.unanswered)
                                + ", split " + count(report.turns_split));
  table += line("words", count(report.words));
  table += line("  heard of the callers",
                "lost " + count(report.heard.lost) + ", doubled " + count(report.heard.doubled));
  table += line("  heard by the callers",
                "lost " + count(report.spoken.lost) + ", doubled " + count(report.spoken.doubled));
  table += line("kills", count(report.kills) + " of providers, in " + count(report.answers_hit)
                           + " answers");
  table += line("gap, ms", row_of(report.gaps_ms));
  table += line("  beyond the first byte", row_of(beyond(report.gaps_ms, report.first_byte_ms)));
  table += line("silence, ms", row_of(report.silences_ms));
  for (const auto& one : why_invalid(report.load))
    table += line("INVALID", one);
  for (const auto& one : report.findings)
    table += line("finding", one);
  return table;
}

} // namespace unpod
