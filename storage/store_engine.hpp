// The STORE without its thread: a bounded queue of requests, a bounded spool of
// journal entries, and a step that writes what waits with one sync.
//
//   well ----commit fails, healing fails----> ailing: writes are refused at once,
//     ^                                               the journal waits in the spool
//     '---healed, tried every heal_every------'
//
// A commit that fails is tried once more after healing, so that a hiccup of the
// disk refuses nobody; all changes are puts and erases, so twice is once.
#pragma once

#include "messages/clock.hpp"
#include "messages/limits.hpp"
#include "messages/store.hpp"
#include "storage/backend.hpp"
#include "storage/store_group.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace unpod {

/// Bounds of the engine beside messages/limits.hpp.
struct engine_bounds {
  /// requests. Default 10,000: half a second of them; more waits for a disk that hangs.
  std::size_t queue_max = 10'000;
  /// bytes of waiting requests. Default 64 MiB.
  std::size_t queue_bytes_max = 64 * 1024 * 1024;
  /// bytes of waiting journal entries. Default 32 MiB: 20,000 of 1.6 KB.
  std::size_t spool_bytes_max = 32 * 1024 * 1024;
  /// bytes in one batch. Default 4 MiB: some 20 ms to write.
  std::size_t group_bytes_max = 4 * 1024 * 1024;
  /// ms. Default 500: how often an ailing disk is tried.
  milliseconds heal_every{500};
  /// s. Default 30: how often an ailing disk is complained of in the log.
  seconds complain_every{30};
  /// s. Default 5: a write that takes longer is reported as trouble.
  seconds write_wait{5};
  /// s. Default 60: how often expired tokens are looked for.
  seconds purge_every{60};
  /// tokens looked at in one step. Default 1,000: some ms.
  std::size_t purge_rows_max = 1'000;
};

/// Called once, on the store thread, or at once by `post` for what can't be tried.
using store_done_call = std::function<void(store_answer)>;

class store_engine {
public:
  store_engine(backend_ptr disk, const store_limits& bounds, const engine_bounds& own = {});

  // -- any thread ------------------------------------------------------------------

  void post(const store_write& write, store_done_call done);
  void post(const consume_token& request, store_done_call done);
  /// Never refused: when the spool is full its oldest entry goes, and is counted.
  void append(const journal_record& entry, mono_time now);
  store_health health(mono_time now) const;
  const backend_ptr& disk() const {
    return disk_;
  }

  // -- the store thread ------------------------------------------------------------

  /// Writes one group, if anything is due, and answers it. `wall` tells which tokens
  /// have expired.
  void step(mono_time now, wall_ms wall);
  /// Waits until a step is due or `stop` was called; false: stopped.
  bool wait(const std::function<mono_time()>& clock);
  /// After `stop`: writes what waits. What an ailing disk does not take is refused, and
  /// journal entries are lost and counted.
  void drain(mono_time now, wall_ms wall);

  /// Any thread. From now on nothing new is taken.
  void stop();

private:
  struct request {
    std::variant<write_plan, consume_token> what;
    store_done_call done;
    std::size_t bytes = 0;
  };
  struct spooled {
    key_change change;
    mono_time since{0};
  };
  struct work {
    std::vector<request> requests;
    std::vector<store_answer> answers;
    std::vector<spooled> journal;
  };

  void enqueue(request what);
  work take(bool fit);
  bool heal_first(mono_time now);
  void run_group(work& all, mono_time now, wall_ms wall);
  disk_result write(const store_group& group);
  void purge_tokens(store_group& group, mono_time now, wall_ms wall);
  void refuse_all(work& all);
  void give_back(std::vector<spooled> journal);
  void ail(const disk_result& why, mono_time now);
  void recover();
  void drop_oldest_locked();
  mono_time due_locked() const;

  const backend_ptr disk_;
  const store_limits bounds_;
  const engine_bounds own_;

  mutable std::mutex mutex_; // over all that follows down to the store thread's own
  std::condition_variable wake_;
  std::deque<request> queue_;
  std::size_t queue_bytes_ = 0;
  std::deque<spooled> spool_;
  std::size_t spool_bytes_ = 0;
  std::uint64_t journal_dropped_ = 0;
  std::optional<disk_result> trouble_;
  std::optional<mono_time> busy_since_;
  mono_time next_heal_{0};
  mono_time next_purge_{0};
  bool stopping_ = false;

  // the store thread's own
  std::string purge_after_;
  std::optional<mono_time> complained_;
  bool said_so_ = false; // the log knows that it ails
};

} // namespace unpod
