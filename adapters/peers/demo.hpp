// The demo: a pipe, a reference runner and a synthetic caller at one node, all
// over real sockets; then the call is read back from the API and judged from
// its recording.
//
//   node <--REST-- demo: pipe, token, call record
//   node <--control, bridge-- runner_client (script brain)
//   node <--client audio----- synthetic caller (script's cast)
#pragma once

#include "adapters/peers/demo_story.hpp"
#include "adapters/peers/runner_client.hpp"
#include "adapters/peers/speech_map.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace unpod {

/// How to reach a running node.
struct demo_node {
  std::string base_url; // http://127.0.0.1:PORT
  std::string api_key;
  std::string recordings_dir;
};

/// What the demo needs besides a node.
struct demo_tools {
  websocket_dialer dial;
  delayer later;
  /// The caller's voice: another than the agent's. Empty when it can't say that.
  std::function<pcm_samples(const std::string& text, std::uint32_t& rate_hz)> speak;
  recogniser recognise;
};

class net_threads;

/// The real ones: sockets and timers on these threads, flite's `rms` as the caller's voice
/// (the agent speaks with `slt`), pocketsphinx as the judge's ear. `threads` outlive them.
demo_tools make_demo_tools(net_threads& threads);

struct demo_settings {
  talk_script script;
  std::uint64_t seed = 0; // call n is cast with seed + n, unless it is 0 and n is the first
  std::size_t repeat = 1;
  bool free_speech = false; // no grammar
  std::string agent = "demo-desk";
  std::string voice_profile = "embedded-en";
};

/// One line of the conversation as it happens.
struct demo_event {
  double at_s = 0; // since the call began
  std::string who; // caller, heard, agent, cut, call
  std::string words;
};
using demo_watch = std::function<void(const demo_event&)>;

/// At most this many calls in one run: some eight hours.
inline constexpr std::size_t demo_repeat_max = 1'000;

/// Performs the calls one after another; `each` sees every call when it is judged. Blocks.
/// Words in `why` when it could not even begin (then there are no calls).
std::vector<demo_call> perform_demo(const demo_node& node, const demo_settings& settings,
                                    const demo_tools& tools, const demo_watch& watch,
                                    const std::function<void(const demo_call&)>& each,
                                    std::string& why);

} // namespace unpod
