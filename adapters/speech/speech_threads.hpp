// Speech threads: decoding and synthesis, away from actors and media.
//
//   lane.post(job) --> lane (in order, one job at a time) --> ready --> a thread
//
// Two kinds of lanes share the threads. Steady ones (recognisers) leave one
// thread free, so that an urgent one (a voice) never waits behind a long decode.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace unpod {

enum class urgency : unsigned char { steady, urgent };

/// A serial queue on the shared threads. Any thread may post; jobs of one lane
/// run in order and never at the same time. Outlives its threads harmlessly.
class speech_lane {
public:
  /// jobs. 256: a session posts at most a handful; more is a mistake.
  static constexpr std::size_t jobs_max = 256;

  virtual ~speech_lane() = default;
  /// False: the lane is full, or the threads have ended; the job will not run.
  virtual bool post(std::function<void()> job) = 0;
};

class speech_threads {
public:
  /// threads. cores - 1, and no fewer than two: one for each kind of lane.
  static std::size_t threads_by_default();

  /// With no threads at all jobs wait for `run_all`: for tests.
  explicit speech_threads(std::size_t threads = threads_by_default());
  /// Waits for running jobs; those that have not begun never will.
  ~speech_threads();

  speech_threads(const speech_threads&) = delete;
  speech_threads& operator=(const speech_threads&) = delete;

  std::shared_ptr<speech_lane> open_lane(urgency how);

  /// How many steady jobs may run at one time.
  std::size_t steady_max() const;

  /// Runs what waits, and what that posts, on the calling thread. Returns how many jobs ran.
  std::size_t run_all();

private:
  class core;
  class lane;
  std::shared_ptr<core> core_;
};

} // namespace unpod
