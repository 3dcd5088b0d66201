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
#include <vector>
#include <utility>
#include <memory>
#include <atomic>
#include <string>

namespace fixtures {

/// s. A network that takes longer has failed the test.
inline constexpr std::chrono::seconds network_patience{20};

/// What the way out says on its thread, kept for the test's: a deterministic system has one.
class network_news {
public:
  void keep(std::function<void()> one) {
    const std::lock_guard lock{mutex_};
    kept_.push_back(std::move(one));
  }

  void tell() {
    std::vector<std::function<void()>> now;
    {
      const std::lock_guard lock{mutex_};
      now.swap(kept_);
    }
    for (const auto& one : now)
      one();
  }

private:
  std::mutex mutex_;
  std::vector<std::function<void()>> kept_;
};

/// The way out, whose listeners hear of it when the test's thread says so.
class heard_here final : public outgoing_http {
public:
  heard_here(outgoing_http_ptr real, std::shared_ptr<network_news> news)
    : real_(std::move(real)), news_(std::move(news)) {}

  std::shared_ptr<outgoing_exchange> send(outgoing_request request,
                                          std::shared_ptr<outgoing_listener> listener) override {
    return real_->send(std::move(request), std::make_shared<gate>(std::move(listener), news_));
  }

private:
  struct gate final : outgoing_listener, std::enable_shared_from_this<gate> {
    gate(std::shared_ptr<outgoing_listener> listener, std::shared_ptr<network_news> kept)
      : real(std::move(listener)), news(std::move(kept)) {}

    bool began(int status, const std::string& type) override {
      news->keep([self = shared_from_this(), status, type] {
        self->enough = self->enough || !self->real->began(status, type);
      });
      return !enough;
    }
    bool piece(std::string_view bytes) override {
      news->keep([self = shared_from_this(), text = std::string{bytes}] {
        self->enough = self->enough || !self->real->piece(text);
      });
      return !enough;
    }
    void ended(const outgoing_result& result) override {
      news->keep([self = shared_from_this(), result] { self->real->ended(result); });
    }

    std::shared_ptr<outgoing_listener> real;
    std::shared_ptr<network_news> news;
    std::atomic<bool> enough{false};
  };

  outgoing_http_ptr real_;
  std::shared_ptr<network_news> news_;
};

struct call_with_brain : call_fixture {
  outgoing_options way_out;
  outgoing_http_ptr outgoing;
  std::shared_ptr<network_news> news = std::make_shared<network_news>();
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
      outgoing = std::make_shared<heard_here>(make_outgoing_http(way_out), news);
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
      news->tell();
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
