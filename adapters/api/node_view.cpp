#include "adapters/api/node_view.hpp"

#include "adapters/api/answers.hpp"
#include "adapters/api/metric_figures.hpp"
#include "adapters/api/shapes.hpp"
#include "messages/json_line.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace unpod {

namespace {

/// exits. 20: the last deaths that are shown.
constexpr std::size_t exits_shown = 20;
/// failures in a row. 3: one may be chance.
constexpr std::uint64_t failures_shown = 3;

std::string ms_or_null(std::optional<double> seconds) {
  return seconds ? std::to_string(std::llround(*seconds * 1e4) / 10.0) : "null";
}

std::string latencies_json(const metric_figures& metrics) {
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
               .raw("p50_ms", ms_or_null(metrics.quantile(name, 0.5)))
               .raw("p95_ms", ms_or_null(metrics.quantile(name, 0.95)))
               .raw("p99_ms", ms_or_null(metrics.quantile(name, 0.99)))
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
    .whole("living", sight.actors.living)
    .whole("messages_waiting", sight.actors.waiting)
    .whole("deepest_mailbox", sight.actors.deepest)
    .number("per_s", sight.actors.per_s)
    .whole("suspended", sight.actors.suspended)
    .whole("died", deaths)
    .raw("died_by_kind", "[" + died + "]")
    .raw("last_deaths", "[" + exits + "]")
    .str();
}

/// What keeps calls from it; else what PROVIDER shows as its phase; of one that shows none, what
/// its last calls say.
std::string provider_state_of(const node_sight& sight, const provider_health& health) {
  if (health.state != "closed")
    return health.state; // of its circuit breaker
  for (const auto& one : sight.actors.providers)
    if (one.name == health.provider && !one.state.empty())
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
std::string queues_json(const node_sight& sight, const metric_figures& metrics) {
  const auto gauge = [&](const char* metric) {
    return static_cast<std::uint64_t>(metrics.total(metric));
  };
  const std::vector<limit_figures> all{
    {"outbound calls that wait", gauge("unpod_queue_waiting"), 0},
    {"outbound calls on the line", gauge("unpod_queue_dialling") + gauge("unpod_queue_live"),
     sight.bounds.queue.slots_max},
    {"journal entries to be written", sight.store.journal_waiting,
     sight.bounds.store.journal_spool_max},
    {"messages to STORE", sight.actors.waiting_for_store, 0},
    {"messages to actors", sight.actors.waiting, 0}};
  return json_list(all, limit_json);
}

} // namespace

std::string node_json(const node_sight& sight) {
  const auto& figures = sight.figures;
  double cpu = 0;
  for (const auto& thread : figures.threads)
    cpu += thread.cpu_s;
  const metric_figures metrics{sight.metrics};
  const auto whole = [&](const char* metric) {
    return static_cast<std::uint64_t>(metrics.total(metric));
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
    .raw("latencies", latencies_json(metrics))
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
    .raw("queues", queues_json(sight, metrics))
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
