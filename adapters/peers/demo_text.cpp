// How a demo is shown: JSON for programs, tables for people, and the sums.
#include "adapters/peers/demo_story.hpp"

#include "adapters/json/json.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace unpod {

namespace {

constexpr int name_width = 6, column_width = 9;

std::string right(const std::string& text, int width) {
  return std::string(std::max(0, width - static_cast<int>(text.size())), ' ') + text;
}

std::string fixed(double ms) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", ms);
  return text;
}

void write_turn(json::writer& w, const demo_turn& turn, double recorded_ms) {
  w.object().field("user", turn.user).field("agent", turn.agent);
  if (turn.cut_off)
    w.field("heard_prefix", turn.heard_prefix);
  w.key("ledger_ms").object();
  for (const auto& [name, ms] : turn.ledger)
    w.field(name, ms);
  w.end().field("recorded_ms", recorded_ms).end();
}

void write_summary(json::writer& w, const std::vector<demo_call>& calls) {
  w.key("summary").object();
  for (const auto& line : summarise(calls))
    w.key(line.name)
      .object()
      .field("count", line.count)
      .field("p50_ms", line.p50_ms)
      .field("p99_ms", line.p99_ms)
      .field("max_ms", line.max_ms)
      .end();
  w.end();
}

} // namespace

double percentile(std::vector<double> values, double p) {
  if (values.empty())
    return -1;
  std::sort(values.begin(), values.end());
  const auto rank = std::ceil(std::clamp(p, 0.0, 1.0) * static_cast<double>(values.size()));
  return values[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

std::vector<summary_line> summarise(const std::vector<demo_call>& calls) {
  std::vector<std::pair<std::string, std::vector<double>>> parts;
  const auto add = [&](const std::string& name, double ms) {
    auto found = std::find_if(parts.begin(), parts.end(), [&](auto& p) { return p.first == name; });
    if (found == parts.end())
      found = parts.insert(parts.end(), {name, {}});
    found->second.push_back(ms);
  };
  for (const auto& call : calls)
    for (const auto& turn : call.turns) {
      for (const auto& [name, ms] : turn.ledger)
        add(name, ms);
      const auto send = ledger_part(turn.ledger, "send"), speak = ledger_part(turn.ledger, "speak");
      if (send >= 0 && speak >= 0)
        add("text share", send + speak);
    }
  std::vector<summary_line> lines;
  for (const auto& [name, values] : parts)
    lines.push_back({name, values.size(), percentile(values, 0.5), percentile(values, 0.99),
                     percentile(values, 1.0)});
  return lines;
}

std::string demo_json(const std::vector<demo_call>& calls) {
  json::writer w;
  w.object().key("turns").array();
  bool ok = !calls.empty();
  for (const auto& call : calls) {
    ok = ok && call.ok();
    for (std::size_t n = 0; n < call.turns.size(); ++n)
      write_turn(w, call.turns[n],
                 n < call.report.turns.size() ? call.report.turns[n].response_ms : -1);
  }
  w.end().text_or_null("recording", calls.empty() ? "" : calls.back().recording);
  w.field("ok", ok);
  if (!ok) {
    w.key("findings").array();
    for (const auto& call : calls)
      for (const auto& finding : call.report.findings)
        w.put(finding);
    w.end();
  }
  if (calls.size() > 1)
    write_summary(w, calls);
  return w.end().str();
}

std::string ledger_table(const std::vector<demo_turn>& turns) {
  std::string text;
  for (std::size_t n = 0; n < turns.size(); ++n) {
    if (turns[n].ledger.empty())
      continue;
    std::string head = "  " + right("turn", name_width),
                row = "  " + right(std::to_string(n + 1), name_width);
    for (const auto& [name, ms] : turns[n].ledger) {
      head += right(name, column_width);
      row += right(fixed(ms), column_width);
    }
    if (text.find(head) == std::string::npos)
      text += head + "   (ms)\n";
    text += row + "\n";
  }
  return text;
}

std::string summary_table(const std::vector<demo_call>& calls) {
  constexpr int wide = 12;
  std::string text = "  " + right("part", wide) + right("turns", column_width)
                     + right("p50", column_width) + right("p99", column_width)
                     + right("max", column_width) + "   (ms)\n";
  for (const auto& line : summarise(calls))
    text += "  " + right(line.name, wide) + right(std::to_string(line.count), column_width)
            + right(fixed(line.p50_ms), column_width) + right(fixed(line.p99_ms), column_width)
            + right(fixed(line.max_ms), column_width) + "\n";
  return text;
}

} // namespace unpod
