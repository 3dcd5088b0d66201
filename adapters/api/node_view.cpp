#include "adapters/api/node_view.hpp"

#include "adapters/api/answers.hpp"
#include "adapters/api/shapes.hpp"
#include "messages/json_line.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <utility>

namespace unpod {

namespace {

/// exits. 20: the last deaths that are shown.
constexpr std::size_t exits_shown = 20;
/// failures in a row. 3: one may be chance.
constexpr std::uint64_t failures_shown = 3;

/// Calls `each(labels, value)` for every line of this metric.
template <class Each>
void for_each_line(std::string_view metrics, std::string_view name, Each each) {
  for (std::size_t at = 0; at < metrics.size();) {
    const auto end = std::min(metrics.find('\n', at), metrics.size());
    const auto line = metrics.substr(at, end - at);
    at = end + 1;
    if (line.substr(0, name.size()) != name || line.size() <= name.size())
      continue;
    const auto next = line[name.size()];
    const auto blank = line.rfind(' ');
    if ((next != '{' && next != ' ') || blank == line.npos)
      continue;
    const std::string number{line.substr(blank + 1)};
    each(line.substr(name.size(), blank - name.size()), std::strtod(number.c_str(), nullptr));
  }
}

double bound_of(std::string_view labels) {
  constexpr std::string_view mark = "le=\"";
  const auto at = labels.find(mark);
  if (at == labels.npos)
    return 0;
  const std::string text{labels.substr(at + mark.size())};
  return text.rfind("+Inf", 0) == 0 ? std::numeric_limits<double>::infinity()
                                    : std::strtod(text.c_str(), nullptr);
}

std::string ms_or_null(std::optional<double> seconds) {
  return seconds ? std::to_string(std::llround(*seconds * 1e4) / 10.0) : "null";
}

std::string latencies_json(std::string_view metrics) {
  static constexpr std::pair<const char*, const char*> stages[] = {
    {"dispatch", "unpod_dispatch_seconds"},
    {"join", "unpod_runner_join_seconds"},
    {"turn", "unpod_turn_seconds"},
    {"text", "unpod_turn_text_seconds"},
    {"voice", "unpod_turn_voice_seconds"},
    {"playout", "unpod_turn_playout_seconds"},
    {"barge_in_stop", "unpod_barge_in_stop_seconds"},
    {"pacing", "unpod_media_pacing_error_seconds"}};
  std::string all;
  for (const auto& [stage, name] : stages)
    all += (all.empty() ? "" : ",")
           + json_line{}
               .text("stage", stage)
               .raw("p50_ms", ms_or_null(histogram_quantile(metrics, name, 0.5)))
               .raw("p95_ms", ms_or_null(histogram_quantile(metrics, name, 0.95)))
               .raw("p99_ms", ms_or_null(histogram_quantile(metrics, name, 0.99)))
               .str();
  return "[" + all + "]";
}

std::string limit_json(const limit_figures& one) {
  return json_line{}
    .text("name", one.name)
    .whole("used", one.used)
    .raw("most", one.most == 0 ? "null" : std::to_string(one.most))
    .raw("percent", one.most == 0
                      ? "null"
                      : std::to_string(one.used * 100 / std::max<std::uint64_t>(one.most, 1)))
    .str();
}

std::string limits_json(const node_sight& sight) {
  auto all = sight.figures.limits;
  all.push_back({"limits.runners_max", sight.runners.size(), sight.bounds.dispatch.runners_max});
  all.push_back({"limits.journal_spool_max", sight.store.journal_waiting,
                 sight.bounds.store.journal_spool_max});
  return json_list(all, limit_json);
}

std::string seats_json(const std::vector<runner_row>& runners) {
  std::uint64_t seats = 0, busy = 0;
  for (const auto& row : runners) {
    seats += row.card.seats;
    busy += row.active + row.reserved;
  }
  return json_line{}
    .whole("runners", runners.size())
    .whole("total", seats)
    .whole("busy", busy)
    .str();
}

std::string actors_json(const node_sight& sight) {
  std::uint64_t waiting = 0, suspended = 0;
  double per_s = 0;
  const activity* fullest = nullptr;
  for (const auto& one : sight.actors) {
    waiting += one.mailbox_depth;
    per_s += one.per_s;
    suspended += one.suspended ? 1 : 0;
    if (!fullest || one.mailbox_depth > fullest->mailbox_depth)
      fullest = &one;
  }
  std::string died;
  std::uint64_t deaths = 0;
  for (const auto& [kind, count] : sight.died) {
    died += (died.empty() ? "" : ",") + json_line{}.text("kind", kind).whole("count", count).str();
    deaths += count;
  }
  std::string exits;
  const auto skip = sight.exits.size() > exits_shown ? sight.exits.size() - exits_shown : 0;
  for (auto i = sight.exits.size(); i > skip; --i)
    exits += (exits.empty() ? "" : ",") + exit_json(sight.exits[i - 1], sight.now);
  return json_line{}
    .whole("living", sight.actors.size())
    .whole("messages_waiting", waiting)
    .whole("deepest_mailbox", fullest ? fullest->mailbox_depth : 0)
    .number("per_s", per_s)
    .whole("suspended", suspended)
    .whole("died", deaths)
    .raw("died_by_kind", "[" + died + "]")
    .raw("last_deaths", "[" + exits + "]")
    .str();
}

/// What PROVIDER shows as its phase; of one that shows none, what its last calls say.
std::string provider_state_of(const node_sight& sight, const provider_health& health) {
  for (const auto& one : sight.actors)
    if (one.kind == "provider" && one.subject == health.provider && !one.state.empty())
      return one.state;
  if (health.failures_in_a_row >= failures_shown)
    return "failing";
  return health.successes + health.failures == 0 ? "unused" : "well";
}

std::string providers_json(const node_sight& sight) {
  const auto ms = [](double value) {
    return ms_or_null(value < 0 ? std::nullopt : std::optional{value / 1'000});
  };
  return json_list(sight.providers, [&](const provider_health& one) {
    return json_line{}
      .text("name", one.provider)
      .text("state", provider_state_of(sight, one))
      .whole("successes", one.successes)
      .whole("failures", one.failures)
      .whole("failures_in_a_row", one.failures_in_a_row)
      .raw("last_failure", json_or_null(one.last_failure))
      .raw("first_byte_p50_ms", ms(one.first_byte_p50_ms))
      .raw("first_byte_p99_ms", ms(one.first_byte_p99_ms))
      .str();
  });
}

/// Where something waits: how much, and how much may.
std::string queues_json(const node_sight& sight) {
  std::uint64_t messages = 0, writes = 0;
  for (const auto& one : sight.actors) {
    messages += one.mailbox_depth;
    writes += one.kind == "store" ? one.mailbox_depth : 0;
  }
  const auto gauge = [&](const char* metric) {
    return static_cast<std::uint64_t>(counter_total(sight.metrics, metric));
  };
  const std::vector<limit_figures> all{
    {"outbound calls that wait", gauge("unpod_queue_waiting"), 0},
    {"outbound calls on the line", gauge("unpod_queue_dialling") + gauge("unpod_queue_live"),
     sight.bounds.queue.slots_max},
    {"journal entries to be written", sight.store.journal_waiting,
     sight.bounds.store.journal_spool_max},
    {"messages to STORE", writes, 0},
    {"messages to actors", messages, 0}};
  return json_list(all, limit_json);
}

} // namespace

std::optional<double> histogram_quantile(std::string_view metrics, std::string_view name,
                                         double share) {
  std::map<double, double> below; // by upper bound, of all labels together
  for_each_line(metrics, std::string{name} + "_bucket",
                [&](std::string_view labels, double count) { below[bound_of(labels)] += count; });
  if (below.empty() || below.rbegin()->second <= 0)
    return std::nullopt;
  const auto wanted = share * below.rbegin()->second;
  double low = 0, counted = 0;
  for (const auto& [bound, count] : below) {
    if (count >= wanted)
      return std::isinf(bound) || count <= counted
               ? low
               : low + (bound - low) * (wanted - counted) / (count - counted);
    low = bound;
    counted = count;
  }
  return low;
}

double counter_total(std::string_view metrics, std::string_view name) {
  double total = 0;
  for_each_line(metrics, name, [&](std::string_view, double value) { total += value; });
  return total;
}

std::string node_json(const node_sight& sight) {
  const auto& figures = sight.figures;
  double cpu = 0;
  for (const auto& thread : figures.threads)
    cpu += thread.cpu_s;
  const auto whole = [&](const char* metric) {
    return static_cast<std::uint64_t>(counter_total(sight.metrics, metric));
  };
  return json_line{}
    .text("version", figures.version)
    .whole("pid", figures.pid)
    .text("status", sight.draining ? "draining" : "ok")
    .raw("started_at", json_time(figures.started))
    .number("uptime_s", static_cast<double>(sight.now.wall - figures.started) / 1'000)
    .number("cpu_s", cpu)
    .whole("memory_bytes", figures.memory_bytes)
    .whole("disk_free_bytes", figures.disk_free_bytes)
    .whole("calls_live", figures.calls_live)
    .whole("calls_started", whole("unpod_calls_started_total"))
    .whole("calls_ended", whole("unpod_calls_ended_total"))
    .whole("turns", whole("unpod_turns_total"))
    .whole("barge_ins", whole("unpod_barge_ins_total"))
    .raw("seats", seats_json(sight.runners))
    .raw("latencies", latencies_json(sight.metrics))
    .whole("media_ticks", figures.ticks)
    .whole("media_late_ticks", figures.late_ticks)
    .flag("realtime", figures.realtime)
    .raw("store", json_line{}
                    .flag("writable", sight.store.writable)
                    .raw("trouble", json_or_null(sight.store.trouble))
                    .whole("journal_waiting", sight.store.journal_waiting)
                    .whole("journal_dropped", sight.store.journal_dropped)
                    .str())
    .raw("actors", actors_json(sight))
    .raw("limits", limits_json(sight))
    .raw("providers", providers_json(sight))
    .raw("queues", queues_json(sight))
    .raw("threads", json_list(figures.threads,
                              [](const thread_figures& one) {
                                return json_line{}
                                  .text("name", one.name)
                                  .whole("id", one.id)
                                  .number("cpu_s", one.cpu_s)
                                  .str();
                              }))
    .str();
}

std::string log_line_json(const log_line& line) {
  return json_line{}
    .whole("seq", line.seq)
    .raw("at", json_time(line.at))
    .text("level", name_of(line.level))
    .text("room", line.room)
    .raw("about", json_or_null(line.about))
    .raw("actor", line.actor == 0 ? "null" : json_quoted(std::to_string(line.actor)))
    .text("words", line.words)
    .whole("skipped", line.skipped)
    .str();
}

} // namespace unpod
