// The living actors of a node, how the last ones died, and who listens to whom.
//
//   add -> named by its parent -> remove: a death that was not meant is remembered,
//   and the next child in the same place shows it as its restart
#pragma once

#include "messages/activity.hpp"

#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_control_block.hpp>

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace unpod {

/// An actor that died of something: not a quit, not a shutdown.
struct actor_exit {
  std::uint64_t id = 0;
  std::uint64_t parent = 0;
  std::string kind;
  std::string subject;
  std::string reason;
  std::chrono::nanoseconds at{0}; // steady_clock
};

/// One message as its receiver began to handle it.
struct traced_message {
  std::uint64_t receiver = 0;
  std::uint64_t sender = 0; // 0: not an actor
  std::string type;
  std::string text; // with its fields, the first of it; what is secret or audio is no part of it
  std::size_t bytes = 0;          // of the whole text
  std::chrono::nanoseconds at{0}; // steady_clock
};

/// Any thread. The mutex guards the map and the strings, not the counts.
class activity_registry {
public:
  /// exits. 100: the last that are remembered; places with a death: 1,000.
  static constexpr std::size_t exits_max = 100;
  static constexpr std::size_t places_max = 1'000;
  /// traces. 4: at a time; each is one more number that every message is compared with.
  static constexpr std::size_t traces_max = 4;
  /// bytes. 600: of the text of one traced message that are kept.
  static constexpr std::size_t traced_bytes_max = 600;
  /// s. 60: for how long an actor may be traced in one go.
  static constexpr std::chrono::seconds trace_life_max{60};
  /// messages. 1,000: of one trace that wait for who reads it, some 1 MB at most; beyond it
  /// they are counted and dropped, and the actors know nothing of it.
  static constexpr std::size_t traced_waiting_max = 1'000;

  using listener = std::function<void(const traced_message& seen)>;

  void add(activity_node& node, std::string kind, caf::actor_addr actor) {
    const std::lock_guard lock{mutex_};
    node.kind = std::move(kind);
    nodes_[node.id] = {&node, std::move(actor)};
  }

  /// `died_of`: empty for an end that was meant.
  void remove(const activity_node& node, const std::string& died_of) {
    const std::lock_guard lock{mutex_};
    if (nodes_.erase(node.id) == 0)
      return;
    deaths_.erase(deaths_.lower_bound({node.id, {}, {}}),
                  deaths_.lower_bound({node.id + 1, {}, {}}));
    if (died_of.empty())
      return;
    exits_.push_back({node.id, node.parent, node.kind, node.subject, died_of,
                      std::chrono::nanoseconds{activity_node::clock_ns()}});
    if (exits_.size() > exits_max)
      exits_.pop_front();
    ++died_[node.kind];
    if (nodes_.count(node.parent) == 0)
      return; // nobody will put another in its place
    if (deaths_.size() >= places_max)
      deaths_.erase(deaths_.begin());
    auto& place = deaths_[{node.parent, node.kind, node.subject}];
    place = {node.restarts + 1, died_of};
  }

  /// Its parent says whose child it is and what it is about.
  void name_child(std::uint64_t parent, std::uint64_t child, std::string subject) {
    const std::lock_guard lock{mutex_};
    const auto found = nodes_.find(child);
    if (found == nodes_.end())
      return;
    auto& node = *found->second.node;
    node.parent = parent;
    node.subject = std::move(subject);
    const auto place = deaths_.find({parent, node.kind, node.subject});
    if (place != deaths_.end())
      std::tie(node.restarts, node.last_exit) = place->second;
  }

  std::vector<activity> snapshot() const {
    const auto now = activity_node::clock_ns();
    const std::lock_guard lock{mutex_};
    std::vector<activity> living;
    living.reserve(nodes_.size());
    for (const auto& [id, entry] : nodes_)
      living.push_back(entry.node->read(now));
    return living;
  }

  std::optional<activity> find(std::uint64_t id) const {
    const std::lock_guard lock{mutex_};
    const auto found = nodes_.find(id);
    return found == nodes_.end()
             ? std::nullopt
             : std::optional{found->second.node->read(activity_node::clock_ns())};
  }

  /// Newest last.
  std::vector<actor_exit> exits() const {
    const std::lock_guard lock{mutex_};
    return {exits_.begin(), exits_.end()};
  }

  /// How many of each kind died of something since the start.
  std::map<std::string, std::uint64_t> died() const {
    const std::lock_guard lock{mutex_};
    return died_;
  }

  /// Null when it is gone.
  caf::strong_actor_ptr actor(std::uint64_t id) const {
    const std::lock_guard lock{mutex_};
    const auto found = nodes_.find(id);
    return found == nodes_.end() ? nullptr
                                 : caf::actor_cast<caf::strong_actor_ptr>(found->second.actor);
  }

  /// False when it is gone. A hold ends by itself after `life`.
  bool hold(std::uint64_t id, actor_hold how, std::chrono::nanoseconds each,
            std::chrono::nanoseconds life) {
    const std::lock_guard lock{mutex_};
    const auto found = nodes_.find(id);
    if (found == nodes_.end())
      return false;
    auto& node = *found->second.node;
    node.hold_ns = each.count();
    node.hold_until_ns = activity_node::clock_ns() + life.count();
    node.hold = how;
    return true;
  }

  // -- traces ------------------------------------------------------------------

  /// The number of the trace; 0 when too many are on. `hear` is called by the actors'
  /// threads, several at a time, and once more it may be when the trace has just ended: it
  /// only takes the message down.
  std::uint64_t trace(std::uint64_t id, listener hear) {
    const std::lock_guard lock{traces_mutex_};
    for (std::size_t i = 0; i < traces_max; ++i)
      if (traces_[i].number == 0) {
        traces_[i] = {++traces_begun_, std::make_shared<const listener>(std::move(hear))};
        traced_[i].store(id, std::memory_order_relaxed);
        traces_on_.fetch_add(1, std::memory_order_relaxed);
        return traces_begun_;
      }
    return 0;
  }

  /// Harmless when it has ended.
  void end_trace(std::uint64_t number) {
    const std::lock_guard lock{traces_mutex_};
    for (std::size_t i = 0; i < traces_max; ++i)
      if (number != 0 && traces_[i].number == number) {
        traces_[i] = {};
        traced_[i].store(0, std::memory_order_relaxed);
        traces_on_.fetch_sub(1, std::memory_order_relaxed);
      }
  }

  /// All that an actor looks at for each of its messages while there is no trace.
  bool tracing() const {
    return traces_on_.load(std::memory_order_relaxed) != 0;
  }

  /// Without a lock: a trace costs those who are not traced these few loads.
  bool is_traced(std::uint64_t receiver, std::uint64_t sender) const {
    for (const auto& one : traced_)
      if (const auto id = one.load(std::memory_order_relaxed);
          id != 0 && (id == receiver || id == sender))
        return true;
    return false;
  }

  void hear(const traced_message& seen) const {
    std::array<std::shared_ptr<const listener>, traces_max> listeners; // called without the lock
    {
      const std::lock_guard lock{traces_mutex_};
      for (std::size_t i = 0; i < traces_max; ++i)
        if (const auto id = traced_[i].load(std::memory_order_relaxed);
            traces_[i].number != 0 && (id == seen.receiver || id == seen.sender))
          listeners[i] = traces_[i].hear;
    }
    for (const auto& one : listeners)
      if (one)
        (*one)(seen);
  }

private:
  struct entry {
    activity_node* node = nullptr;
    caf::actor_addr actor; // weak: to be seen keeps nobody alive
  };
  using place = std::tuple<std::uint64_t, std::string, std::string>; // parent, kind, subject

  mutable std::mutex mutex_;
  std::map<std::uint64_t, entry> nodes_;
  std::deque<actor_exit> exits_;
  std::map<std::string, std::uint64_t> died_;
  std::map<place, std::tuple<std::uint64_t, std::string>> deaths_;

  struct trace_slot {
    std::uint64_t number = 0; // 0: free
    std::shared_ptr<const listener> hear;
  };

  mutable std::mutex traces_mutex_;
  std::array<trace_slot, traces_max> traces_;
  std::array<std::atomic<std::uint64_t>, traces_max> traced_{}; // whom each is about
  std::uint64_t traces_begun_ = 0;
  std::atomic<std::uint32_t> traces_on_{0};
};

} // namespace unpod
