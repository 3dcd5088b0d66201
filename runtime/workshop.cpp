#include "runtime/workshop.hpp"

#include "adapters/websocket/net_threads.hpp"
#include "messages/json_line.hpp"
#include "messages/log.hpp"
#include "runtime/logging.hpp"
#include "runtime/node.hpp"
#include "runtime/stop_signals.hpp"
#include "runtime/store_bench.hpp"
#include "storage/backup.hpp"

#include <iostream>
#include <utility>

namespace unpod {

namespace {

constexpr milliseconds look_every{100};

void announce(const node& running, bool json) {
  if (json) {
    json_line line;
    line.text("url", running.base_url());
    if (!running.api_key().empty())
      line.text("api_key", running.api_key());
    std::cout << line.str() << std::endl;
    return;
  }
  std::cout << "unpod listens on " << running.base_url() << "\n";
  if (!running.api_key().empty())
    std::cout << "api key: " << running.api_key() << "\n";
  std::cout << std::flush;
}

/// Live calls finish, up to drain_max; a second signal ends that at once.
void drain(node& running, const stop_signals& signals, seconds drain_max) {
  running.drain();
  log(log_level::info, "runtime.node", "", "draining: no new calls; send SIGTERM again to end now");
  const auto until = std::chrono::steady_clock::now() + drain_max;
  while (running.calls_live() > 0 && std::chrono::steady_clock::now() < until) {
    const int signal = signals.next(look_every);
    if (signal == SIGTERM || signal == SIGINT)
      return;
  }
}

void reload(node& running) {
  std::string why;
  if (running.reload(why))
    log(log_level::info, "runtime.node", "", "certificate and voice profiles were read again");
  else
    log(log_level::error, "runtime.node", "", "not all was read again: " + why);
}

void log_errors_only() {
  node_settings quiet;
  quiet.log_level = "error";
  start_logging(quiet);
}

} // namespace

int run_node(const node_settings& settings, bool json) {
  const stop_signals signals;
  start_logging(settings);
  std::string why;
  const auto running = node::start(settings, why);
  if (!running) {
    std::cerr << "unpod: " << why << "\n";
    return 1;
  }
  announce(*running, json);
  for (;;) {
    const int signal = signals.next(seconds{3'600});
    if (signal == SIGHUP)
      reload(*running);
    else if (signal != 0)
      break;
  }
  drain(*running, signals, settings.bounds.node.drain_max);
  running->stop();
  return 0;
}

int run_demo(const demo_wishes& wishes) {
  log_errors_only();
  net_threads threads{1};
  const auto starter = [](const std::string& data_dir,
                          std::string& why) -> std::shared_ptr<const demo_node> {
    node_settings settings;
    settings.listen = "127.0.0.1:0";
    settings.dev = true;
    settings.data_dir = data_dir;
    std::shared_ptr<node> running = node::start(settings, why);
    if (!running)
      return nullptr;
    // What is handed out keeps the node alive, and stops it when let go.
    const auto held = std::make_shared<std::pair<std::shared_ptr<node>, demo_node>>(
      running, demo_node{running->base_url(), running->api_key(), running->recordings_dir()});
    return {held, &held->second};
  };
  return run_demo_program(wishes, starter, make_demo_tools(threads), std::cout, std::cerr);
}

int run_restore(const restore_wishes& wishes) {
  std::string why;
  const restore_wish wish{wishes.from, wishes.data_dir + "/store", wishes.force, wall_now()};
  if (!restore(wish, why)) {
    std::cerr << "unpod restore: " << why << "\n";
    return 1;
  }
  std::cout << "Restored to " << wishes.data_dir << "; `unpod start --data-dir " << wishes.data_dir
            << "` goes on from there.\n";
  return 0;
}

int run_calls_bench(const calls_bench_wishes& wishes) {
  log_errors_only();
  return run_calls_bench_program(wishes, std::cout, std::cerr);
}

int run_dispatch_bench(const dispatch_bench_wishes& wishes) {
  log_errors_only();
  return run_dispatch_bench_program(wishes, std::cout, std::cerr);
}

int run_failover_bench(const failover_bench_wishes& wishes) {
  log_errors_only();
  return run_failover_bench_program(wishes, std::cout, std::cerr);
}

int run_faults_bench(const faults_bench_wishes& wishes) {
  log_errors_only();
  return run_faults_bench_program(wishes, std::cout, std::cerr);
}

int run_setup_bench(const setup_bench_wishes& wishes) {
  log_errors_only();
  return run_setup_bench_program(wishes, std::cout, std::cerr);
}

int run_talk_bench(const talk_bench_wishes& wishes) {
  log_errors_only();
  return run_talk_bench_program(wishes, std::cout, std::cerr);
}

int run_reference_bench(const reference_bench_wishes& wishes) {
  log_errors_only();
  return run_reference_bench_program(wishes, std::cout, std::cerr);
}

int run_soak_bench(const soak_bench_wishes& wishes) {
  log_errors_only();
  return run_soak_bench_program(wishes, std::cout, std::cerr);
}

int run_store_bench(const store_bench_wishes& wishes) {
  log_errors_only();
  return run_store_bench_program(wishes, std::cout, std::cerr);
}

int run_runner(const runner_wishes& wishes) {
  const stop_signals signals;
  net_threads threads{1};
  const auto dial = [&threads](dial_options options, dial_callback done) {
    dial_websocket(threads, std::move(options), std::move(done));
  };
  const auto later = [&threads](milliseconds after, std::function<void()> work) {
    threads.post_after(static_cast<std::size_t>(after.count()), std::move(work));
  };
  const auto stopping = [&signals] { return signals.next(milliseconds{0}) != 0; };
  return run_runner_program(wishes, dial, later, stopping, std::cout, std::cerr);
}

} // namespace unpod
