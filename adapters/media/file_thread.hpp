// The file thread: writes the recordings of all calls, five times a second.
//
//   running --stop()--> completing --> done(error)
//      \--disk error--> failed: takes nothing more, tells at stop()
#pragma once

#include "adapters/media/recording_feed.hpp"
#include "adapters/media/recording_mix.hpp"
#include "adapters/media/wav_file.hpp"
#include "messages/limits.hpp"
#include "messages/media_port.hpp"

#include <condition_variable>
#include <memory>
#include <thread>

namespace unpod {

/// ms between two rounds; how long a block may take to come (the window); between two patches
/// of the header.
inline constexpr mono_time write_every{200'000'000}, write_delay{1'000'000'000},
  patch_every{2'000'000'000};

/// One recording's way from feed to file; belongs to one thread at a time.
class recording_writer {
public:
  recording_writer(std::shared_ptr<recording_feed> feed, wav_file file, mono_time began);

  /// Writes what is older than the window. Nothing once the disk refused.
  void write(mono_time now);
  /// Writes all, silence up to `now`, and completes the file; what went wrong, or empty.
  std::string complete(mono_time now);

private:
  void take();
  bool write_until(mono_time until);

  std::shared_ptr<recording_feed> feed_;
  wav_file file_;
  recording_mix mix_;
  recording_feed::batch batch_;
  mono_time patched_;
};

/// Shared with the handles it gave out, which outlive it.
class file_thread : public std::enable_shared_from_this<file_thread> {
public:
  /// The thread runs from the first recording on.
  file_thread() = default;
  ~file_thread();

  file_thread(const file_thread&) = delete;
  file_thread& operator=(const file_thread&) = delete;

  struct opened {
    std::shared_ptr<call_recording> recording;
    std::shared_ptr<recording_feed> feed;
  };

  /// Recording null and words in `why` when the file cannot be made.
  opened open(const std::string& path, std::uint32_t rate_hz, seconds backlog_max,
              std::string& why);

  /// Completes all recordings and joins. Idempotent; not from a `done`.
  void stop();

private:
  class handle;
  struct entry {
    entry(std::shared_ptr<recording_feed> from, wav_file file, mono_time began)
      : feed(from), writer(std::move(from), std::move(file), began) {}

    std::shared_ptr<recording_feed> feed;
    recording_writer writer; // file thread
    bool stopping = false;   // mutex_
    mono_time stopped_at{0};
    std::vector<std::function<void(std::string)>> done;
    bool completed = false;
    std::string error;
  };

  void complete(const std::shared_ptr<entry>& which, std::function<void(std::string)> done);
  void run();
  void round(std::vector<std::shared_ptr<entry>>& entries);
  void finish(const std::shared_ptr<entry>& which, mono_time at);

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::shared_ptr<entry>> entries_;
  bool stopping_ = false, hurry_ = false;
  std::thread thread_;
};

} // namespace unpod
