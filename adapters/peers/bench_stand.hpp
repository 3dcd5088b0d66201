// What every bench stands on: a node in a process and a folder of its own, and
// the REST around calls. One thread.
#pragma once

#include "adapters/peers/bench_report.hpp"
#include "adapters/peers/demo_story.hpp"
#include "adapters/peers/http_client.hpp"
#include "adapters/peers/node_process.hpp"

#include <memory>
#include <string>
#include <vector>

namespace unpod {

/// Calls of one pipe: below `node_limits::pipe_calls_max`, which no setting moves.
inline constexpr std::size_t bench_pipe_calls = 400;

struct stand_wishes {
  std::size_t calls_max = 1;
  int node_core = -1;                     // negative: any
  std::vector<std::string> node_settings; // NAME=VALUE
  std::string agent = "bench";
  std::string voice_profile = "simulated"; // of its pipes
  bool record = false;
  std::string profiles = {}; // text of a file of profiles; empty: those built in
};

/// A new folder for temporary files; empty when there can be none.
std::string fresh_bench_folder();

class bench_stand {
public:
  /// Null, and words, when there is no node to measure.
  static std::unique_ptr<bench_stand> open(const stand_wishes& wishes, std::string& why);
  ~bench_stand();

  bench_stand(const bench_stand&) = delete;
  bench_stand& operator=(const bench_stand&) = delete;

  node_process& node() {
    return *node_;
  }
  /// Where the node keeps its data; gone with the stand.
  const std::string& folder() const {
    return folder_;
  }

  /// Where caller `n` connects, with a fresh token; empty, and words, when refused.
  std::string connect_url(std::size_t n, std::string& why) const;

  /// `GET /metrics`; empty when it did not answer.
  std::string metrics() const;

  /// What the node says of itself for a posture: its version, and how its media threads are
  /// scheduled.
  bench_posture posture() const;

  /// `GET /v1/calls/{id}`.
  std::optional<told_call> call(const std::string& id) const;

  /// Living actors of this kind, by `GET /v1/actors`; nothing when it did not answer.
  std::optional<std::size_t> actors(const std::string& kind) const;

  /// True when the node has no call left.
  bool is_quiet() const;

private:
  bench_stand() = default;

  bool create_pipes(const stand_wishes& wishes, std::string& why);
  http_answer ask(const char* method, const std::string& path, const std::string& body) const;

  std::string folder_;
  std::unique_ptr<node_process> node_;
  std::vector<std::string> pipes_;
};

/// CPU times so far.
struct cpu_reading {
  mono_time at{0};
  mono_time own{0};
  std::optional<mono_time> own_waited, node, machine;
};

cpu_reading read_cpu(const node_process& node);

/// Between two readings; `sent_share` is not known here.
load_figures load_between(const cpu_reading& from, const cpu_reading& to);

} // namespace unpod
