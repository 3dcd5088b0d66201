// A channel that is listened to before anybody uses it: started for one who only waits, and
// handed over later to one who speaks. What came before is the first one's; that it has closed
// meanwhile the second one is told at once.
//
//   begin() -> the first listener --start(handler)--> the second --> closed
//
// Any thread, as channels are.
#pragma once

#include "adapters/websocket/channel.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace unpod {

class standing_channel : public ws_channel, public std::enable_shared_from_this<standing_channel> {
public:
  standing_channel(ws_channel_ptr inner, channel_handler first)
    : peer_(inner->peer()), inner_(std::move(inner)),
      handler_(std::make_shared<const channel_handler>(std::move(first))) {}

  /// Begins to read. Once.
  void begin() {
    channel_handler handler;
    handler.on_text = [self = shared_from_this()](std::string_view text) {
      if (const auto listener = self->listener(); listener && listener->on_text)
        listener->on_text(text);
    };
    handler.on_binary = [self = shared_from_this()](std::string_view bytes) {
      if (const auto listener = self->listener(); listener && listener->on_binary)
        listener->on_binary(bytes);
    };
    handler.on_closed = [self = shared_from_this()](std::uint16_t code, std::string reason) {
      self->end(code, std::move(reason));
    };
    if (const auto inner = use())
      inner->start(std::move(handler));
  }

  /// Whoever takes it listens from now on. Of one that has closed meanwhile `on_closed` is called
  /// from here.
  void start(channel_handler handler) override {
    std::unique_lock lock{mutex_};
    if (!ended_) {
      handler_ = std::make_shared<const channel_handler>(std::move(handler));
      return;
    }
    auto [code, reason] = *ended_;
    lock.unlock();
    if (handler.on_closed)
      handler.on_closed(code, std::move(reason));
  }

  void send_text(std::string text) override {
    if (const auto inner = use())
      inner->send_text(std::move(text));
  }
  void send_binary(std::string bytes) override {
    if (const auto inner = use())
      inner->send_binary(std::move(bytes));
  }
  std::size_t queued_bytes() const override {
    const auto inner = use();
    return inner ? inner->queued_bytes() : 0;
  }

  /// It is let go of: what holds us must not be held by us.
  void close(std::uint16_t code, std::string reason) override {
    ws_channel_ptr last;
    {
      const std::lock_guard lock{mutex_};
      last = std::exchange(inner_, nullptr);
    }
    if (last)
      last->close(code, std::move(reason));
  }

  const std::string& peer() const override {
    return peer_;
  }

private:
  using handler_ptr = std::shared_ptr<const channel_handler>;

  handler_ptr listener() const {
    const std::lock_guard lock{mutex_};
    return handler_;
  }
  ws_channel_ptr use() const {
    const std::lock_guard lock{mutex_};
    return inner_;
  }

  void end(std::uint16_t code, std::string reason) {
    handler_ptr last;
    ws_channel_ptr gone;
    {
      const std::lock_guard lock{mutex_};
      ended_.emplace(code, reason);
      last = std::exchange(handler_, nullptr);
      gone = std::exchange(inner_, nullptr);
    }
    if (last && last->on_closed)
      last->on_closed(code, std::move(reason));
  }

  const std::string peer_;
  mutable std::mutex mutex_; // guards what follows, and is never held while others are called
  ws_channel_ptr inner_;     // null: closed
  handler_ptr handler_;
  std::optional<std::pair<std::uint16_t, std::string>> ended_;
};

} // namespace unpod
