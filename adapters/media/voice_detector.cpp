#include "adapters/media/voice_detector.hpp"

#include <algorithm>
#include <cmath>
#include <new>

// The library has these; its package leaves the header out (deps.md §5).
extern "C" {
WebRtcVadInst* WebRtcVad_Create();
int WebRtcVad_Init(WebRtcVadInst* state);
int WebRtcVad_set_mode(WebRtcVadInst* state, int mode);
int WebRtcVad_Process(WebRtcVadInst* state, int rate_hz, const std::int16_t* pcm, std::size_t n);
void WebRtcVad_Free(WebRtcVadInst* state);
}

namespace unpod {

namespace {

constexpr int vad_mode = 2;

/// dB. Windows of steady noise lie within 3 dB; 8 keep it out and cost no word at 15 dB of SNR.
constexpr double margin_db = 8.0;
/// dB. -56 dBFS: quieter is breath and far away, whatever the room.
constexpr double loud_enough_db = 34.0;
/// dB. -66 dBFS: too quiet for the model to be asked; it is most of what a listener sends.
constexpr double hopeless_db = loud_enough_db - 10.0;
/// dB. Digital silence must not make the faintest hiss stand out; and who speaks from the
/// first sample on is not the room.
constexpr double floor_min_db = 20.0, first_floor_max_db = 56.0;
/// Share of the way down, per 10 ms: a new quiet is learnt in some 50 ms.
constexpr double fall = 0.2;

} // namespace

bool energy_floor::stands_out(double level_db) {
  if (seen_ == 0)
    floor_db_ = std::clamp(level_db, floor_min_db, first_floor_max_db);
  const bool out = level_db > std::max(floor_db_ + margin_db, loud_enough_db);
  if (level_db < floor_db_)
    floor_db_ = std::max(floor_db_ + (level_db - floor_db_) * fall, floor_min_db);
  learn(level_db);
  return out;
}

void energy_floor::learn(double level_db) {
  auto& quietest = quietest_[seen_ / block_windows % blocks];
  quietest = seen_ % block_windows == 0 ? level_db : std::min(quietest, level_db);
  if (++seen_ % block_windows != 0 || seen_ < blocks * block_windows)
    return;
  floor_db_ = std::max(floor_db_, *std::min_element(quietest_.begin(), quietest_.end()));
}

double level_db(const std::int16_t* pcm, std::size_t samples) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < samples; ++i)
    sum += static_cast<std::int32_t>(pcm[i]) * pcm[i];
  return 10.0 * std::log10(1.0 + static_cast<double>(sum) / static_cast<double>(samples));
}

void voice_detector::closer::operator()(WebRtcVadInst* state) const {
  WebRtcVad_Free(state);
}

voice_detector::voice_detector(std::uint32_t rate_hz)
  : rate_hz_(rate_hz), state_(WebRtcVad_Create()) {
  if (!state_ || WebRtcVad_Init(state_.get()) != 0
      || WebRtcVad_set_mode(state_.get(), vad_mode) != 0)
    throw std::bad_alloc{};
}

bool voice_detector::is_voice(const std::int16_t* pcm) {
  const auto level = level_db(pcm, window());
  const bool stands_out = floor_.stands_out(level);
  if (level < hopeless_db)
    return false;
  return WebRtcVad_Process(state_.get(), static_cast<int>(rate_hz_), pcm, window()) == 1
         && stands_out;
}

} // namespace unpod
