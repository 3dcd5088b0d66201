// Looks at every provider's wire of the node a few times a second, all in one go: a timer for
// each would wake threads more often than their audio does.
//
//   nobody to look at --add--> looking, each `look_every` --all are gone--> nobody to look at
//
// Any thread; wires are looked at on the thread that `later` uses, with no lock held.
#pragma once

#include "messages/clock.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace unpod {

class watched_wire {
public:
  virtual ~watched_wire() = default;
  /// Keeps an idle connection, and gives up one that does not do its work. Must not block.
  virtual void look(mono_time now) = 0;
};

class wire_watch : public std::enable_shared_from_this<wire_watch> {
public:
  /// Does this after so long, on a thread of its own; never, when that thread ended.
  using delayer = std::function<void(std::chrono::milliseconds, std::function<void()>)>;

  explicit wire_watch(delayer later) : later_(std::move(later)) {}

  /// Until it is gone.
  void add(std::weak_ptr<watched_wire> wire);

private:
  /// ms. 250: how late a watch may strike.
  static constexpr std::chrono::milliseconds look_every{250};

  void look_later();
  void look();

  const delayer later_;
  std::mutex mutex_; // guards what follows
  std::vector<std::weak_ptr<watched_wire>> wires_;
  bool looking_ = false;
};

} // namespace unpod
