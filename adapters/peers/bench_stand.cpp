// The node of a bench, its pipes and its tokens.
#include "adapters/peers/bench_stand.hpp"

#include "adapters/json/json.hpp"
#include "adapters/peers/runner_talk.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <thread>
#include <unistd.h>

namespace unpod {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t json_depth = 16; // of the node's answers

std::vector<std::string> node_command(const stand_wishes& wishes, const std::string& folder) {
  std::vector<std::string> command{own_program(),
                                   "start",
                                   "--dev",
                                   "--json",
                                   "--listen",
                                   "127.0.0.1:0",
                                   "--data-dir",
                                   folder,
                                   "--simulated-speech",
                                   "--set",
                                   "log_level=error",
                                   "--set",
                                   "limits.calls_max=" + std::to_string(wishes.calls_max),
                                   "--set", // one key asks for all of them
                                   "limits.key_rate_per_s=0"};
  if (!wishes.profiles.empty()) {
    const auto file = folder + "/profiles.toml";
    std::ofstream{file} << wishes.profiles;
    command.insert(command.end(), {"--set", "profiles=" + file});
  }
  for (const auto& pair : wishes.node_settings) {
    command.push_back("--set");
    command.push_back(pair);
  }
  return command;
}

std::string refused(const std::string& what, const http_answer& answer) {
  return what + " failed: "
         + (answer.status == 0
              ? answer.why
              : "HTTP " + std::to_string(answer.status) + " " + answer.body.substr(0, 300));
}

} // namespace

std::string fresh_bench_folder() {
  std::error_code error;
  auto pattern = (fs::temp_directory_path(error) / "unpod-bench.XXXXXX").string();
  return error || ::mkdtemp(pattern.data()) == nullptr ? std::string{} : pattern;
}

std::unique_ptr<bench_stand> bench_stand::open(const stand_wishes& wishes, std::string& why) {
  std::unique_ptr<bench_stand> stand{new bench_stand};
  stand->folder_ = fresh_bench_folder();
  if (stand->folder_.empty()) {
    why = "no temporary folder can be made (is TMPDIR writable?)";
    return nullptr;
  }
  raise_open_files();
  stand->node_ = node_process::start(node_command(wishes, stand->folder_), wishes.node_core, why);
  if (!stand->node_ || !stand->create_pipes(wishes, why))
    return nullptr;
  return stand;
}

bench_stand::~bench_stand() {
  node_.reset();
  std::error_code ignored;
  if (!folder_.empty())
    fs::remove_all(folder_, ignored);
}

bool bench_stand::create_pipes(const stand_wishes& wishes, std::string& why) {
  for (std::size_t n = 0; n * bench_pipe_calls < wishes.calls_max; ++n) {
    json::writer w;
    w.object()
      .field("name", "bench " + std::to_string(n))
      .field("voice_profile", wishes.voice_profile);
    w.field("agent_id", wishes.agent).field("recording", wishes.record);
    const auto answer = ask("POST", "/v1/pipes", w.end().str());
    pipes_.push_back(read_data_text(answer.body, "pipe_id"));
    if (answer.status / 100 == 2 && !pipes_.back().empty())
      continue;
    why = refused("creating a pipe", answer);
    return false;
  }
  return true;
}

http_answer bench_stand::ask(const char* method, const std::string& path,
                             const std::string& body) const {
  return ask_over_http(node_->url(), method, path, node_->api_key(), body);
}

std::string bench_stand::connect_url(std::size_t n, std::string& why) const {
  const auto& pipe = pipes_[n / bench_pipe_calls % pipes_.size()];
  json::writer w;
  const auto answer =
    ask("POST", "/v1/sessions/token", w.object().field("pipe_id", pipe).end().str());
  const auto token = read_data_text(answer.body, "token");
  if (answer.status / 100 != 2 || token.empty()) {
    why = refused("asking for a session token", answer);
    return {};
  }
  const auto base = node_->url();
  return with_token("ws" + base.substr(base.find("://")) + "/v1/pipes/" + pipe + "/connect", token);
}

std::string bench_stand::metrics() const {
  const auto answer = ask("GET", "/metrics", {});
  return answer.status == 200 ? answer.body : std::string{};
}

bench_posture bench_stand::posture() const {
  std::string why;
  const auto answer = ask("GET", "/v1/node", {});
  const auto told = answer.status == 200 ? json::parse(answer.body, 8, why) : std::nullopt;
  const auto* node = told ? json::member(*told, "data") : nullptr;
  if (node == nullptr)
    return {{"node", "it does not say what it is"}};
  return {{"version", "unpod " + json::text(*node, "version").value_or("?")},
          {"media threads", json::flag(*node, "realtime").value_or(false)
                              ? "SCHED_FIFO"
                              : "no SCHED_FIFO (--set realtime=true asks for it)"}};
}

std::optional<told_call> bench_stand::call(const std::string& id) const {
  std::string why;
  const auto answer = ask("GET", "/v1/calls/" + id, {});
  return answer.status == 200 ? read_call(answer.body, why) : std::nullopt;
}

std::optional<std::size_t> bench_stand::actors(const std::string& kind) const {
  const auto answer = ask("GET", "/v1/actors?kind=" + kind, {});
  std::string why;
  const auto document = json::parse(answer.body, json_depth, why);
  const auto* rows = document ? json::member(*document, "data") : nullptr;
  if (answer.status != 200 || !rows || !rows->IsArray())
    return std::nullopt;
  return rows->Size();
}

bool bench_stand::is_quiet() const {
  return metric_in(metrics(), "unpod_media_calls").value_or(1) == 0;
}

cpu_reading read_cpu(const node_process& node) {
  cpu_reading now;
  timespec spent{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
  now.own = std::chrono::seconds{spent.tv_sec} + std::chrono::nanoseconds{spent.tv_nsec};
  now.own_waited = waited_for_cpu(::getpid());
  now.machine = machine_cpu_time();
  now.node = node.cpu_time();
  now.at = mono_now();
  return now;
}

load_figures load_between(const cpu_reading& from, const cpu_reading& to) {
  load_figures load;
  const auto span = to_ms(to.at - from.at);
  load.cpu_share = to_ms(to.own - from.own) / span;
  load.wait_share = from.own_waited && to.own_waited
                      ? figure::of(to_ms(*to.own_waited - *from.own_waited) / span)
                      : figure::none("/proc/PID/task/TID/schedstat is not there");
  if (!from.machine || !to.machine || !from.node || !to.node) {
    load.others_share = figure::none("/proc/stat or the node's CPU clock cannot be read");
    return load;
  }
  const auto others = (*to.machine - *from.machine) - (*to.node - *from.node) - (to.own - from.own);
  const auto cores = std::max(1U, std::thread::hardware_concurrency());
  load.others_share = figure::of(std::max(0.0, to_ms(others)) / (span * cores));
  return load;
}

} // namespace unpod
