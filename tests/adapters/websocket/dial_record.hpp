// What came of a dial, for tests to wait on.
#pragma once

#include "adapters/websocket/client.hpp"
#include "adapters/websocket/net_threads.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace fixtures {

/// Written on net threads, read by the test.
class dial_record : public std::enable_shared_from_this<dial_record> {
public:
  /// Dials; the channel, if there is one, is started at once unless told otherwise.
  static std::shared_ptr<dial_record> dial(unpod::net_threads& threads, unpod::dial_options options,
                                           bool start = true) {
    auto record = std::make_shared<dial_record>();
    unpod::dial_websocket(threads, std::move(options),
                          [record, start](unpod::ws_channel_ptr channel, std::string why) {
                            if (channel && start)
                              channel->start(record->handler());
                            record->note([&] {
                              record->channel = std::move(channel);
                              record->why = std::move(why);
                              record->answered = true;
                            });
                          });
    return record;
  }

  unpod::channel_handler handler() {
    auto self = shared_from_this();
    return {
      [self](std::string_view text) { self->note([&] { self->texts.emplace_back(text); }); },
      [self](std::string_view bytes) { self->note([&] { self->binaries.emplace_back(bytes); }); },
      [self](std::uint16_t code, std::string reason) {
        self->note([&] {
          self->code = code;
          self->reason = std::move(reason);
          self->closed += 1;
        });
      }};
  }

  /// False when it did not come true for a long time.
  template <class Condition>
  bool wait(Condition condition) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, std::chrono::seconds{20}, condition);
  }

  bool wait_answer() {
    return wait([this] { return answered; });
  }

  bool wait_closed() {
    return wait([this] { return closed > 0; });
  }

  unpod::ws_channel_ptr channel;
  std::string why;
  bool answered = false;
  std::vector<std::string> texts, binaries;
  int closed = 0;
  std::uint16_t code = 0;
  std::string reason;

private:
  template <class Change>
  void note(Change change) {
    const std::lock_guard lock{mutex_};
    change();
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
};

} // namespace fixtures
