#include "adapters/loopback/callee_line.hpp"

#include <cstring>
#include <utility>

namespace unpod {

namespace {

/// Mean level above which a frame is a sound of the agent.
constexpr long audible_level = 40;
/// frames of the callee a second.
constexpr std::size_t frames_per_s = 50;

std::vector<cast_turn> turns_of(const callee_voice& voice) {
  std::vector<cast_turn> turns(voice.phrases.size());
  return turns;
}

std::vector<std::chrono::milliseconds> durations_of(const callee_voice& voice) {
  std::vector<std::chrono::milliseconds> durations;
  for (const auto& phrase : voice.phrases)
    durations.emplace_back(1'000 * phrase.size() / voice.rate_hz);
  return durations;
}

bool is_audible(std::string_view bytes) {
  long level = 0;
  const auto samples = bytes.size() / sizeof(std::int16_t);
  for (std::size_t at = 0; at < samples; ++at) {
    std::int16_t sample = 0;
    std::memcpy(&sample, bytes.data() + at * sizeof sample, sizeof sample);
    level += sample < 0 ? -sample : sample;
  }
  return samples > 0 && level / static_cast<long>(samples) > audible_level;
}

/// The downlink's end.
class callee_ear : public media_sink {
public:
  explicit callee_ear(std::weak_ptr<callee_line> line) : line_(std::move(line)) {}

  void frame(std::string bytes) override {
    if (const auto line = line_.lock())
      line->hear(bytes, mono_now());
  }

private:
  std::weak_ptr<callee_line> line_;
};

} // namespace

callee_line::callee_line(std::shared_ptr<const callee_voice> voice,
                         std::shared_ptr<call_media> media, std::function<void()> left)
  : voice_(std::move(voice)), left_(std::move(left)), media_(std::move(media)),
    mind_(turns_of(*voice_), true, durations_of(*voice_)), mouth_(voice_->rate_hz) {}

void callee_line::start(caller_pacer& pacer) {
  std::shared_ptr<call_media> media;
  {
    const std::lock_guard lock{mutex_};
    mind_.started(mono_now());
    media = media_;
  }
  if (!media)
    return;
  media->start(std::make_shared<callee_ear>(weak_from_this()));
  pacer.add(weak_from_this());
}

void callee_line::heard_words(const std::string& text) {
  const std::lock_guard lock{mutex_};
  mind_.heard_words(text);
}

void callee_line::told_state(const std::string& state) {
  const std::lock_guard lock{mutex_};
  mind_.told_state(state);
}

void callee_line::stop() {
  std::shared_ptr<call_media> media;
  const std::lock_guard lock{mutex_};
  media_.swap(media);
}

void callee_line::hear(std::string_view bytes, mono_time now) {
  if (!is_audible(bytes))
    return;
  const std::lock_guard lock{mutex_};
  mind_.heard_sound(now);
}

bool callee_line::tick(mono_time now) {
  std::shared_ptr<call_media> media;
  std::vector<std::int16_t> frame;
  bool leaves = false;
  {
    const std::lock_guard lock{mutex_};
    media = media_;
    const auto act = mind_.act(now);
    if (act.speak)
      mouth_.say(voice_->phrases[*act.speak]);
    leaves = act.hang_up && !std::exchange(hung_up_, true);
    mouth_.next(frame, voice_->rate_hz / frames_per_s);
  }
  if (!media)
    return false;
  media->caller_frame(
    {reinterpret_cast<const char*>(frame.data()), frame.size() * sizeof(std::int16_t)});
  if (leaves)
    left_();
  return true;
}

} // namespace unpod
