#include "adapters/speech/voice.hpp"

#include "adapters/speech/spoken_text.hpp"

#include <flite/flite.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <mutex>

extern "C" {
cst_voice* register_cmu_us_slt(const char* folder);
cst_voice* register_cmu_us_rms(const char* folder);
cst_voice* register_cmu_us_kal16(const char* folder);
}

namespace unpod {

namespace {

/// samples. 50 ms: small enough to begin and to stop at once.
constexpr int chunk_samples = voice_rate_hz / 20;

constexpr double slowest = 0.5, fastest = 2.0;

/// One voice of the library, which keeps one object of each.
struct voice_box {
  cst_voice* (*make)(const char*);
  std::mutex turn{};
  cst_voice* voice = nullptr; // made when first wanted; the library's until the process ends
};

voice_box& box_of(const std::string& name) {
  static std::once_flag once;
  std::call_once(once, [] { flite_init(); });
  static std::array<voice_box, 3> boxes{
    {{register_cmu_us_slt}, {register_cmu_us_rms}, {register_cmu_us_kal16}}};
  const auto& names = voice_names();
  const auto found = std::find(names.begin(), names.end(), name);
  return boxes[found == names.end() ? 0 : static_cast<std::size_t>(found - names.begin())];
}

/// samples. 10 ms: what is loud or not.
constexpr std::size_t window_samples = voice_rate_hz / 100;

/// Of 32,767, the mean over a window. The voices' breath before the first sound stays
/// below (a click in it may be louder), any sound does not.
constexpr double audible = 150;

/// samples. 30 ms: kept of the quiet before the first sound; the voices make 200,
/// which the caller would take for thinking.
constexpr std::size_t lead_samples = voice_rate_hz * 3 / 100;

/// What is under way while the library streams.
class sounding {
public:
  explicit sounding(const sound_sink& sink) : sink_(sink) {}

  bool take(const std::int16_t* pcm, std::size_t samples) {
    if (!begun_)
      return begin(pcm, samples);
    return give(pcm, samples);
  }

  bool stopped() const {
    return stopped_;
  }
  std::uint64_t samples() const {
    return samples_;
  }
  std::uint64_t cut_off() const {
    return cut_off_;
  }

private:
  bool begin(const std::int16_t* pcm, std::size_t samples) {
    lead_.insert(lead_.end(), pcm, pcm + samples);
    while (lead_.size() - looked_at_ >= window_samples) {
      if (is_loud(lead_.data() + looked_at_)) {
        begun_ = true;
        return give(lead_.data(), lead_.size());
      }
      looked_at_ += window_samples;
      if (looked_at_ > lead_samples) {
        const auto quiet = looked_at_ - lead_samples;
        cut_off_ += quiet;
        looked_at_ = lead_samples;
        lead_.erase(lead_.begin(), lead_.begin() + static_cast<std::ptrdiff_t>(quiet));
      }
    }
    return true;
  }

  static bool is_loud(const std::int16_t* window) {
    double power = 0;
    for (std::size_t i = 0; i < window_samples; ++i)
      power += static_cast<double>(window[i]) * window[i];
    return power > audible * audible * window_samples;
  }

  bool give(const std::int16_t* pcm, std::size_t samples) {
    stopped_ = stopped_ || !sink_(pcm, samples);
    samples_ += stopped_ ? 0 : samples;
    return !stopped_;
  }

  const sound_sink& sink_;
  std::vector<std::int16_t> lead_; // quiet so far
  std::size_t looked_at_ = 0;      // of it
  std::uint64_t cut_off_ = 0;      // of it
  std::uint64_t samples_ = 0;      // given
  bool begun_ = false, stopped_ = false;
};

int take_chunk(const cst_wave* wave, int start, int size, int, cst_audio_streaming_info* info) {
  auto& now = *static_cast<sounding*>(info->userdata);
  const bool more = size <= 0 || now.take(wave->samples + start, static_cast<std::size_t>(size));
  return more ? CST_AUDIO_STREAM_CONT : CST_AUDIO_STREAM_STOP;
}

struct utterance_end {
  void operator()(cst_utterance* utterance) const {
    delete_utterance(utterance);
  }
};
using utterance_ptr = std::unique_ptr<cst_utterance, utterance_end>;

/// Speed and stream are the utterance's own features: the voice stays untouched.
utterance_ptr prepare(const spoken_text& text, cst_voice* voice, double speed, sounding& now) {
  utterance_ptr utterance{new_utterance()};
  utt_set_input_text(utterance.get(), text.ascii.c_str());
  utt_init(utterance.get(), voice);
  auto* features = utterance->features;
  const double stretch = get_param_float(features, "duration_stretch", 1.0f);
  feat_set_float(features, "duration_stretch",
                 static_cast<float>(stretch / std::clamp(speed, slowest, fastest)));
  auto* info = new_audio_streaming_info(); // the utterance frees it
  info->min_buffsize = chunk_samples;
  info->asc = take_chunk;
  info->userdata = &now;
  feat_set(features, "streaming_info", audio_streaming_info_val(info));
  return utterance;
}

/// When the last sound of a token's last word ends, s; negative: it has none.
float end_of(const cst_item* token) {
  const auto* word = item_last_daughter(token);
  const auto* path = "R:SylStructure.daughtern.daughtern.R:Segment.end";
  return word ? ffeature_float(word, path) : -1.0f;
}

/// A token the voice leaves out ends with the one before it.
std::vector<spoken_word> words_of(cst_utterance* utterance, const spoken_text& text,
                                  const sounding& now) {
  std::vector<std::uint64_t> until(text.tokens.size(), 0);
  for (auto* token = relation_head(utt_relation(utterance, "Token")); token;
       token = item_next(token)) {
    const auto index =
      text.token_before(static_cast<std::size_t>(item_feat_int(token, "file_pos")));
    const auto end = end_of(token);
    const auto sample = static_cast<std::uint64_t>(std::max(0.0f, end) * voice_rate_hz);
    if (index < until.size() && sample > now.cut_off())
      until[index] = std::min(now.samples(), sample - now.cut_off());
  }
  std::vector<spoken_word> words;
  std::uint64_t last = 0;
  for (std::size_t i = 0; i < until.size(); ++i) {
    last = std::max(last, until[i]);
    words.push_back({text.tokens[i].begin, text.tokens[i].end, last});
  }
  return words;
}

} // namespace

const std::vector<std::string>& voice_names() {
  static const std::vector<std::string> names{"slt", "rms", "kal16"};
  return names;
}

bool is_voice(const std::string& name) {
  return std::find(voice_names().begin(), voice_names().end(), name) != voice_names().end();
}

spoken_piece speak_aloud(std::string_view text, const std::string& voice, double speed,
                         const sound_sink& sink) {
  const auto spoken = spoken_of(text);
  if (spoken.ascii.empty())
    return {true, 0, {}};
  auto& box = box_of(voice);
  const std::lock_guard turn{box.turn};
  if (!box.voice)
    box.voice = box.make(nullptr);
  sounding now{sink};
  const auto utterance = prepare(spoken, box.voice, speed, now);
  utt_synth(utterance.get());
  if (now.stopped())
    return {false, now.samples(), {}};
  return {true, now.samples(), words_of(utterance.get(), spoken, now)};
}

} // namespace unpod
