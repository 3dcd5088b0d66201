#include "adapters/media/file_thread.hpp"

#include "messages/log.hpp"

#include <pthread.h>

#include <algorithm>
#include <utility>

namespace unpod {

recording_writer::recording_writer(std::shared_ptr<recording_feed> feed, wav_file file,
                                   mono_time began)
  : feed_(std::move(feed)), file_(std::move(file)), mix_(feed_->rate_hz(), began), patched_(began) {
}

void recording_writer::write(mono_time now) {
  if (feed_->is_closed())
    return;
  take();
  write_until(now - write_delay);
  if (now - patched_ >= patch_every) {
    patched_ = now;
    file_.patch();
  }
  if (file_.error().empty())
    return;
  feed_->close();
  log(log_level::warn, "adapters.media", "", file_.error() + "; the call goes on without");
}

std::string recording_writer::complete(mono_time now) {
  if (!feed_->is_closed()) {
    take();
    write_until(now);
    mix_.write_rest(feed_->pauses(mix_.written_to()),
                    [this](const auto* pcm, auto frames) { return file_.append(pcm, frames); });
    feed_->close();
  }
  file_.complete();
  return file_.error();
}

void recording_writer::take() {
  feed_->take(batch_);
  std::size_t at = 0;
  for (const auto& block : batch_.blocks) {
    // After a long stall of the disk: what lies far back is complete, and makes room.
    if (block.at - mix_.written_to() > 2 * write_delay)
      write_until(block.at - write_delay);
    mix_.put(block.side, block.at, &batch_.samples[at], block.samples);
    at += block.samples;
  }
}

bool recording_writer::write_until(mono_time until) {
  return mix_.write_until(
    until, feed_->pauses(mix_.written_to()),
    [this](const auto* pcm, auto frames) { return file_.append(pcm, frames); });
}

/// What a RECORDER holds.
class file_thread::handle final : public call_recording {
public:
  handle(std::shared_ptr<file_thread> thread, std::shared_ptr<entry> which)
    : thread_(std::move(thread)), which_(std::move(which)) {}

  ~handle() override {
    thread_->complete(which_, nullptr);
  }

  void pause() override {
    which_->feed->pause(mono_now());
  }

  void resume() override {
    which_->feed->resume(mono_now());
  }

  void stop(std::function<void(std::string)> done) override {
    thread_->complete(which_, std::move(done));
  }

private:
  std::shared_ptr<file_thread> thread_;
  std::shared_ptr<entry> which_;
};

file_thread::~file_thread() {
  stop();
}

file_thread::opened file_thread::open(const std::string& path, std::uint32_t rate_hz,
                                      seconds backlog_max, std::string& why) {
  const auto began = mono_now();
  auto file = wav_file::create(path, rate_hz, why);
  if (!file.is_open())
    return {};
  const auto backlog = static_cast<std::size_t>(backlog_max.count()) * rate_hz * 2;
  auto feed = std::make_shared<recording_feed>(rate_hz, backlog);
  auto made = std::make_shared<entry>(feed, std::move(file), began);
  {
    const std::lock_guard lock{mutex_};
    if (stopping_) {
      why = "the engine has stopped";
      return {};
    }
    entries_.push_back(made);
    if (!thread_.joinable())
      thread_ = std::thread{[this] { run(); }};
  }
  wake_.notify_one();
  return {std::make_shared<handle>(shared_from_this(), made), feed};
}

void file_thread::complete(const std::shared_ptr<entry>& which,
                           std::function<void(std::string)> done) {
  {
    const std::lock_guard lock{mutex_};
    if (!which->stopping) {
      which->stopping = true;
      which->stopped_at = mono_now();
    }
    if (!which->completed) {
      if (done)
        which->done.push_back(std::move(done));
      hurry_ = true;
      wake_.notify_one();
      return;
    }
  }
  if (done)
    done(which->error);
}

void file_thread::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable())
    thread_.join();
}

void file_thread::run() {
  pthread_setname_np(pthread_self(), "files");
  std::vector<std::shared_ptr<entry>> entries;
  for (bool more = true; more;) {
    {
      std::unique_lock lock{mutex_};
      const auto called = [this] { return hurry_ || stopping_; };
      if (entries_.empty())
        wake_.wait(lock, [&] { return called() || !entries_.empty(); });
      else
        wake_.wait_for(lock, write_every, called);
      hurry_ = false;
      more = !stopping_;
      entries = entries_;
    }
    round(entries);
    entries.clear();
  }
}

void file_thread::round(std::vector<std::shared_ptr<entry>>& entries) {
  for (auto& which : entries) {
    mono_time stopped_at{0};
    {
      const std::lock_guard lock{mutex_};
      if (which->stopping || stopping_)
        stopped_at = which->stopping ? which->stopped_at : mono_now();
    }
    if (stopped_at > mono_time{0})
      finish(which, stopped_at);
    else
      which->writer.write(mono_now());
  }
}

void file_thread::finish(const std::shared_ptr<entry>& which, mono_time at) {
  auto error = which->writer.complete(at);
  std::vector<std::function<void(std::string)>> done;
  {
    const std::lock_guard lock{mutex_};
    which->completed = true;
    which->error = error;
    done = std::move(which->done);
    entries_.erase(std::remove(entries_.begin(), entries_.end(), which), entries_.end());
  }
  for (auto& tell : done)
    tell(error);
}

} // namespace unpod
