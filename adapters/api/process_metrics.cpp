#include "adapters/api/process_metrics.hpp"

#include "adapters/api/metric_text.hpp"

#include <cstdint>
#include <map>

namespace unpod {

std::string actor_metrics(const activity_registry& actors) {
  struct kind {
    std::uint64_t living = 0, waiting = 0;
  };
  std::map<std::string, kind> kinds;
  for (const auto& one : actors.snapshot()) {
    auto& seen = kinds[one.kind];
    ++seen.living;
    seen.waiting += one.mailbox_depth;
  }
  std::string living = "# TYPE unpod_actors gauge\n";
  std::string waiting = "# TYPE unpod_actor_messages_waiting gauge\n";
  std::string died = "# TYPE unpod_actors_died_total counter\n";
  const auto line = [](const char* name, const std::string& of, std::uint64_t value) {
    return std::string{name} + "{kind=\"" + of + "\"} " + std::to_string(value) + "\n";
  };
  for (const auto& [name, seen] : kinds) {
    living += line("unpod_actors", name, seen.living);
    waiting += line("unpod_actor_messages_waiting", name, seen.waiting);
  }
  for (const auto& [name, count] : actors.died())
    died += line("unpod_actors_died_total", name, count);
  return living + waiting + died;
}

std::string process_metrics(const node_figures& process) {
  double cpu_s = 0;
  for (const auto& thread : process.threads)
    cpu_s += thread.cpu_s;
  auto text =
    metric("counter", "process_cpu_seconds_total", cpu_s)
    + metric("gauge", "process_resident_memory_bytes", process.memory_bytes)
    + metric("gauge", "process_start_time_seconds", static_cast<double>(process.started) / 1'000);
  text += "# TYPE unpod_limit_used gauge\n";
  for (const auto& one : process.limits)
    text += "unpod_limit_used{limit=\"" + one.name + "\"} " + std::to_string(one.used) + "\n";
  text += "# TYPE unpod_limit_most gauge\n";
  for (const auto& one : process.limits)
    text += "unpod_limit_most{limit=\"" + one.name + "\"} " + std::to_string(one.most) + "\n";
  return text;
}

} // namespace unpod
