// A ws_channel without a socket: keeps what was sent, says what a test makes it say.
#pragma once

#include "adapters/json/json.hpp"
#include "adapters/websocket/channel.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fixtures {

/// One thread only: that of the deterministic system.
class fake_channel : public unpod::ws_channel {
public:
  void start(unpod::channel_handler handler) override {
    handler_ = std::move(handler);
    started = true;
  }

  void send_text(std::string text) override {
    queued += stalled ? text.size() : 0;
    sent.push_back(std::move(text));
  }

  void send_binary(std::string bytes) override {
    sent.push_back(std::move(bytes));
  }

  std::size_t queued_bytes() const override {
    return queued;
  }

  void close(std::uint16_t code, std::string reason) override {
    if (!closed)
      closed.emplace(code, std::move(reason));
  }

  const std::string& peer() const override {
    return peer_;
  }

  void say(std::string_view text) {
    handler_.on_text(text);
  }

  void say_binary(std::string_view text) {
    handler_.on_binary(text);
  }

  /// The peer is gone.
  void end(std::uint16_t code, std::string reason = "") {
    handler_.on_closed(code, std::move(reason));
  }

  /// The values of `key` in the frames sent so far.
  std::vector<std::string> told(const char* key) const {
    std::vector<std::string> values;
    std::string why;
    for (const auto& frame : sent)
      if (const auto read = unpod::json::parse(frame, 32, why))
        values.push_back(unpod::json::text(*read, key).value_or("-"));
    return values;
  }

  std::uint16_t code() const {
    return closed ? closed->first : 0;
  }

  std::vector<std::string> sent;
  std::optional<std::pair<std::uint16_t, std::string>> closed;
  bool started = false;
  bool stalled = false; // nothing is written any more
  std::size_t queued = 0;

private:
  unpod::channel_handler handler_;
  std::string peer_ = "192.0.2.1:4000";
};

} // namespace fixtures
