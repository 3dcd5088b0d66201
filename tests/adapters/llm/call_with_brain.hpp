// A CALL in its faked house whose brain is real: a BRAIN LEG and the way out, towards a
// server on loopback. The house's clock is the test's; the network has its own.
#pragma once

#include "adapters/llm/brain_leg.hpp"
#include "adapters/outgoing/outgoing_http.hpp"
#include "tests/actors/call_fixture.hpp"
#include "tests/adapters/raw_http_server.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>

namespace fixtures {

/// s. A network that takes longer has failed the test.
inline constexpr std::chrono::seconds network_patience{20};

struct call_with_brain : call_fixture {
  outgoing_options way_out;
  outgoing_http_ptr outgoing;
  llm_settings node_model;

  call_with_brain() {
    way_out.rules.loopback = true;
    bounds.brain.first_byte = milliseconds{150};
    bounds.brain.quiet = milliseconds{100};
    bounds.brain.answer_wait = milliseconds{600};
    answers = {{""}}; // no runner
  }

  void begin_at(const std::string& webhook) {
    pipe_row.agent_endpoint = webhook;
    begin_asking();
  }
  void begin_with(const std::string& brain_json) {
    pipe_row.brain_json = brain_json;
    begin_asking();
  }
  void begin_asking() {
    if (!outgoing)
      outgoing = make_outgoing_http(way_out);
    brain_wiring wiring;
    wiring.outgoing = outgoing;
    wiring.node = node_model;
    wiring.bounds = bounds.brain;
    open_brain = make_brain_spawner(wiring);
    begin();
  }

  /// A whole turn of the caller, until it is decided.
  void say(const std::string& text) {
    pass(milliseconds{500});
    start_speaking();
    pass(milliseconds{200});
    stop_speaking();
    pass(milliseconds{100});
    words(text);
    pass(milliseconds{500});
  }

  /// Lets the house work until this holds; the network's news come as they come.
  bool until(const std::function<bool()>& holds) {
    const auto patience = mono_now() + network_patience;
    std::mutex mutex;
    std::condition_variable nobody;
    while (!holds()) {
      if (mono_now() > patience)
        return false;
      std::unique_lock lock{mutex};
      nobody.wait_for(lock, milliseconds{1});
      run();
    }
    return true;
  }

  /// What the voice was given to say, all together.
  std::string said() const {
    std::string all;
    for (const auto& line : tts)
      for (const auto& words : line.said)
        all += words;
    return all;
  }
  bool has_said(const std::string& words) const {
    return said().find(words) != std::string::npos;
  }
};

/// The SSE stream of a model that says these words, one event each.
inline std::string model_stream(const std::vector<std::string>& words) {
  std::string all;
  for (const auto& one : words)
    all += "data: {\"choices\":[{\"delta\":{\"content\":\"" + one + "\"}}]}\n\n";
  return all + "data: [DONE]\n\n";
}

} // namespace fixtures
