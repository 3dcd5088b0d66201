// `unpod demo` and `unpod runner` as programs: they print, keep what is worth
// keeping, and say how it went. The composition root hands in the tools and how
// to start a node; the command line hands in the wishes.
#pragma once

#include "adapters/peers/demo.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>

namespace unpod {

/// Starts a node that keeps its data in `data_dir`; destroying what is returned stops it.
/// Null and words when it can't.
using demo_node_starter =
  std::function<std::shared_ptr<const demo_node>(const std::string& data_dir, std::string& why)>;

struct demo_wishes {
  std::uint64_t seed = 0;
  std::size_t repeat = 1;
  std::string script_file; // empty: the built-in script
  bool free_speech = false;
  bool json = false;
  bool keep = false; // the node's data too, not only recordings
};

/// 0: every expected turn was heard and spoken; 1: not so; 2: it could not be performed.
int run_demo_program(const demo_wishes& wishes, const demo_node_starter& start_node,
                     const demo_tools& tools, std::ostream& out, std::ostream& err);

struct runner_wishes {
  std::string agent;
  std::string script_file; // empty: echo
  std::string url = "http://127.0.0.1:8080";
  std::string api_key;
  std::chrono::milliseconds delta_every{0};
};

/// Serves calls until `stopping` says so (asked often) or the node sends it away (then 1).
int run_runner_program(const runner_wishes& wishes, const websocket_dialer& dial,
                       const delayer& later, const std::function<bool()>& stopping,
                       std::ostream& out, std::ostream& err);

/// Reads a script file, bounded; nothing, and words, when there is none or it has mistakes.
std::optional<talk_script> read_script_file(const std::string& path, std::string& why);

} // namespace unpod
