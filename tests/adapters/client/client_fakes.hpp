// The neighbours of the client's face, small enough to see through: a socket, a
// media engine, a handshake. All on the test's one thread.
#pragma once

#include "adapters/http/exchange.hpp"
#include "adapters/json/json.hpp"
#include "adapters/media/call_media.hpp"
#include "adapters/websocket/channel.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace fixtures {

/// A socket whose other end is the test.
struct fake_channel : unpod::ws_channel {
  unpod::channel_handler handler;
  std::vector<std::string> texts, binaries;
  std::uint16_t close_code = 0;
  std::string close_reason;
  std::string address = "192.0.2.7:1234";

  void start(unpod::channel_handler with) override {
    handler = std::move(with);
  }
  void send_text(std::string text) override {
    if (close_code == 0)
      texts.push_back(std::move(text));
  }
  void send_binary(std::string bytes) override {
    if (close_code == 0)
      binaries.push_back(std::move(bytes));
  }
  std::size_t queued_bytes() const override {
    return 0;
  }
  void close(std::uint16_t code, std::string reason) override {
    if (close_code == 0)
      close_code = code, close_reason = std::move(reason);
  }
  const std::string& peer() const override {
    return address;
  }

  // -- the other end ------------------------------------------------------------

  void says(const std::string& text) {
    handler.on_text(text);
  }
  void sends(const std::string& bytes) {
    handler.on_binary(bytes);
  }
  /// As a real one: `on_closed` is the last, then the handler is let go.
  void leaves(std::uint16_t code) {
    auto last = std::exchange(handler, {});
    if (last.on_closed)
      last.on_closed(code, "");
  }
  std::string type(std::size_t index) const {
    return field(index, "type");
  }
  std::string field(std::size_t index, const char* key) const {
    std::string why;
    const auto body =
      index < texts.size() ? unpod::json::parse(texts[index], 8, why) : std::nullopt;
    return body ? unpod::json::text(*body, key).value_or("") : "";
  }
  std::string last(const char* key) const {
    return texts.empty() ? "" : field(texts.size() - 1, key);
  }
};

struct fake_media : unpod::call_media {
  unpod::audio_format format;
  std::vector<std::string> frames;
  std::shared_ptr<unpod::media_sink> sink;
  std::uint64_t played_ms = 0;
  bool muted = false, closed = false, takes = true;

  void start(std::shared_ptr<unpod::media_sink> to) override {
    sink = std::move(to);
  }
  bool caller_frame(std::string_view bytes) override {
    frames.emplace_back(bytes);
    return takes;
  }
  void rendered(std::uint64_t ms) override {
    played_ms = ms;
  }
  unpod::mono_time last_frame_at() const override {
    return {};
  }
  std::uint32_t rate_hz() const override {
    return 16'000;
  }
  void listen(std::shared_ptr<unpod::media_listener>) override {}
  void bind(std::shared_ptr<unpod::audio_tap>, unpod::sample_index) override {}
  void unbind(const unpod::audio_tap&) override {}
  void unbind_any() override {}
  void covered_to(unpod::sample_index) override {}
  unpod::sample_index heard_so_far() const override {
    return 0;
  }
  unpod::mono_time voiced_for() const override {
    return unpod::mono_time{0};
  }
  bool play(unpod::generation, const std::int16_t*, std::size_t, std::uint32_t) override {
    return true;
  }
  std::uint64_t given(unpod::generation) const override {
    return 0;
  }
  void mark(unpod::generation, std::uint64_t) override {}
  void finish(unpod::generation) override {}
  std::uint64_t trim(unpod::generation, std::uint64_t to) override {
    return to;
  }
  unpod::playout_position flush(unpod::generation) override {
    return {};
  }
  unpod::playout_position position(unpod::generation) const override {
    return {};
  }
  void mute(bool on) override {
    muted = on;
  }
  void close() override {
    closed = true;
    sink.reset();
  }
};

struct fake_engine : unpod::media_engine {
  std::vector<std::shared_ptr<fake_media>> ports;

  std::shared_ptr<unpod::call_media> open(const unpod::audio_format& format,
                                          const unpod::socket_home*) override {
    ports.push_back(std::make_shared<fake_media>());
    ports.back()->format = format;
    return ports.back();
  }
  std::shared_ptr<unpod::call_recording> record(const unpod::media_port_ptr&, const std::string&,
                                                std::string&) override {
    return nullptr;
  }
  bool join(const unpod::media_port_ptr&, const unpod::media_port_ptr&, bool,
            std::string&) override {
    return false;
  }
  unpod::media_figures figures() const override {
    return {};
  }
  void stop() override {}

  bool all_closed() const {
    for (const auto& port : ports)
      if (!port->closed)
        return false;
    return true;
  }
};

/// What became of a handshake, after whoever answered it let it go.
struct handshake {
  int refused = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool accepted = false;
  std::string subprotocol;
  std::size_t message_bytes_max = 0, queue_bytes_max = 0;
  std::function<void(unpod::ws_channel_ptr)> opened;
};

struct fake_upgrade : unpod::ws_upgrade {
  unpod::http_request asked;
  std::shared_ptr<handshake> fate = std::make_shared<handshake>();

  explicit fake_upgrade(const std::string& query) {
    asked.method = "GET";
    asked.path = "/v1/pipes/PIPE_1/connect";
    asked.query = query;
    asked.target = asked.path + "?" + query;
    asked.peer = "192.0.2.7:1234";
  }
  const unpod::http_request& request() const override {
    return asked;
  }
  void accept(std::string subprotocol, std::size_t message_bytes_max,
              std::function<void(unpod::ws_channel_ptr)> opened, std::size_t queue_bytes_max,
              unpod::socket_home*) override {
    fate->accepted = true;
    fate->subprotocol = std::move(subprotocol);
    fate->message_bytes_max = message_bytes_max;
    fate->queue_bytes_max = queue_bytes_max;
    fate->opened = std::move(opened);
  }
  void refuse(unpod::http_response response) override {
    fate->refused = response.status;
    fate->headers = std::move(response.headers);
    fate->body = std::move(response.body);
  }
};

} // namespace fixtures
