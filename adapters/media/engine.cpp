// The media engine: its threads, and the port that stands before each call's core.
#include "adapters/media/file_thread.hpp"
#include "adapters/media/media_loop.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

namespace {

/// A call_core with a clock and a thread.
class live_call final : public call_media {
public:
  live_call(std::shared_ptr<ticked_call> call, std::shared_ptr<media_loop> loop,
            std::uint32_t rate_hz)
    : call_(std::move(call)), loop_(std::move(loop)), rate_hz_(rate_hz),
      last_frame_at_(mono_now()) {}

  ~live_call() override {
    close();
  }

  call_core& core() {
    return call_->core;
  }

  std::uint32_t rate_hz() const override {
    return rate_hz_;
  }

  void listen(std::shared_ptr<media_listener> listener) override {
    core().listen(std::move(listener));
  }

  void start(std::shared_ptr<media_sink> sink) override {
    core().start(std::move(sink));
    loop_->nudge(call_);
  }

  bool caller_frame(std::string_view bytes) override {
    const auto now = mono_now();
    last_frame_at_ = now;
    if (core().is_closed())
      return true;
    if (!core().up().caller_frame(bytes, now))
      return false;
    if (loop_->sockets().is_here() && core().up().is_worth_hearing(bytes))
      loop_->hear(call_);
    return true;
  }

  mono_time last_frame_at() const override {
    return last_frame_at_;
  }

  void bind(std::shared_ptr<audio_tap> tap, sample_index from) override {
    if (!core().is_closed())
      core().up().bind(std::move(tap), from);
  }

  void unbind(const audio_tap& tap) override {
    core().up().unbind(tap);
  }
  void unbind_any() override {
    core().up().unbind_any();
  }

  void covered_to(sample_index sample) override {
    core().up().covered_to(sample);
  }

  sample_index heard_so_far() const override {
    return call_->core.up().heard_so_far();
  }
  mono_time voiced_for() const override {
    return call_->core.up().voiced_for();
  }

  void mute(bool on) override {
    core().up().mute(on);
  }

  bool play(generation utterance, const std::int16_t* pcm, std::size_t samples,
            std::uint32_t rate_hz) override {
    const bool taken = !core().is_closed() && core().down().play(utterance, pcm, samples, rate_hz);
    nudge();
    return taken;
  }

  std::uint64_t given(generation utterance) const override {
    return call_->core.down().given(utterance);
  }

  void mark(generation utterance, std::uint64_t sample) override {
    core().down().mark(utterance, sample);
  }

  void finish(generation utterance) override {
    core().down().finish(utterance);
    nudge();
  }

  playout_position flush(generation utterance) override {
    const auto position = core().down().flush(utterance);
    nudge();
    return position;
  }

  std::uint64_t trim(generation utterance, std::uint64_t to) override {
    return core().down().trim(utterance, to);
  }

  playout_position position(generation utterance) const override {
    return call_->core.down().position(utterance);
  }

  void rendered(std::uint64_t played_ms) override {
    core().down().rendered(played_ms);
  }

  void close() override {
    core().close();
  }

  void leave() override {
    const auto chair = core().chair();
    if (!chair || !chair->is_host())
      return close();
    core().start(nullptr);
    chair->leave();
  }

private:
  void nudge() {
    if (core().down().take_wish())
      loop_->nudge(call_);
  }

  std::shared_ptr<ticked_call> call_;
  std::shared_ptr<media_loop> loop_;
  std::uint32_t rate_hz_;
  std::atomic<mono_time> last_frame_at_;
};

class threaded_engine final : public media_engine {
public:
  explicit threaded_engine(const media_options& options)
    : options_(options), counters_(std::make_shared<media_counters>()),
      files_(std::make_shared<file_thread>()) {
    for (std::size_t i = 0; i < std::max<std::size_t>(options.threads, 1); ++i)
      loops_.push_back(std::make_shared<media_loop>(counters_, options.realtime));
  }

  ~threaded_engine() override {
    stop();
  }

  socket_home* home() override {
    return &emptiest()->sockets();
  }

  std::shared_ptr<call_media> open(const audio_format& format, const socket_home* at) override {
    auto call = std::make_shared<ticked_call>(format, options_, counters_);
    const auto here = std::find_if(loops_.begin(), loops_.end(),
                                   [at](const auto& loop) { return &loop->sockets() == at; });
    const auto& loop = here != loops_.end() ? *here : emptiest();
    auto port = std::make_shared<live_call>(call, loop, port_rate_hz(format));
    loop->add(std::move(call));
    return port;
  }

  std::shared_ptr<call_recording> record(const media_port_ptr& port, const std::string& path,
                                         std::string& why) override {
    const auto call = std::dynamic_pointer_cast<live_call>(port);
    if (!call || call->core().is_closed()) {
      why = "there is no such call";
      return nullptr;
    }
    if (call->core().is_recorded()) {
      why = "the call is being recorded already";
      return nullptr;
    }
    auto opened = files_->open(path, call->rate_hz(), options_.bounds.recording_backlog_max, why);
    if (opened.feed && !call->core().record(opened.feed)) {
      why = "the call is being recorded already";
      return nullptr;
    }
    return opened.recording;
  }

  bool join(const media_port_ptr& host, const media_port_ptr& guest, bool heard,
            std::string& why) override {
    const auto at = std::dynamic_pointer_cast<live_call>(host);
    const auto who = std::dynamic_pointer_cast<live_call>(guest);
    if (!at || !who || at == who || at->core().is_closed() || who->core().is_closed()) {
      why = "the call or the caller who would join it has gone";
      return false;
    }
    using kind = room_chair::kind;
    auto first = at->core().chair();
    if (!first) {
      first = std::make_shared<room_chair>(std::make_shared<media_room>(at->rate_hz()), kind::host,
                                           at->rate_hz());
      at->core().sit(first);
    }
    who->core().sit(std::make_shared<room_chair>(
      first->room(), heard ? kind::guest : kind::listener, who->rate_hz()));
    return true;
  }

  media_figures figures() const override {
    return counters_->now();
  }

  void stop() override {
    for (auto& loop : loops_)
      loop->stop();
    files_->stop();
  }

private:
  const std::shared_ptr<media_loop>& emptiest() const {
    return *std::min_element(loops_.begin(), loops_.end(),
                             [](const auto& a, const auto& b) { return a->calls() < b->calls(); });
  }

  media_options options_;
  std::shared_ptr<media_counters> counters_;
  std::shared_ptr<file_thread> files_;
  std::vector<std::shared_ptr<media_loop>> loops_;
};

} // namespace

std::unique_ptr<media_engine> make_media_engine(const media_options& options) {
  return std::make_unique<threaded_engine>(options);
}

} // namespace unpod
