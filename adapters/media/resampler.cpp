#include "adapters/media/resampler.hpp"

#include <speex/speex_resampler.h>

#include <algorithm>
#include <new>

namespace unpod {

namespace {
constexpr int quality = 3;
}

bool can_resample(std::uint32_t rate_hz) {
  return rate_hz >= resample_rate_min && rate_hz <= resample_rate_max;
}

void resampler::closer::operator()(SpeexResamplerState_* state) const {
  speex_resampler_destroy(state);
}

resampler::resampler(std::uint32_t from_hz, std::uint32_t to_hz, timing when)
  : from_(from_hz), to_(to_hz), timing_(when) {
  if (from_ == to_)
    return;
  int error = 0;
  state_.reset(speex_resampler_init(1, from_, to_, quality, &error));
  if (!state_)
    throw std::bad_alloc{};
  reset();
}

void resampler::push(const std::int16_t* pcm, std::size_t samples, std::vector<std::int16_t>& out) {
  if (!state_) {
    out.insert(out.end(), pcm, pcm + samples);
    return;
  }
  taken_ += samples;
  while (samples > 0) {
    const auto at = out.size();
    const auto piece = std::min<std::size_t>(samples, 4'096);
    auto in_count = static_cast<spx_uint32_t>(piece);
    auto out_count = static_cast<spx_uint32_t>(piece * to_ / from_ + 8);
    out.resize(at + out_count);
    speex_resampler_process_int(state_.get(), 0, pcm, &in_count, &out[at], &out_count);
    out.resize(at + out_count);
    given_ += out_count;
    pcm += in_count;
    samples -= in_count;
    if (in_count == 0 && out_count == 0)
      break; // cannot be; a library that makes no progress must not hold a media thread
  }
}

void resampler::finish(std::vector<std::int16_t>& out) {
  if (!state_ || taken_ == 0)
    return;
  const auto wanted = (taken_ * to_ + from_ - 1) / from_;
  const auto already = given_;
  const auto at = out.size();
  const std::vector<std::int16_t> zeros(
    static_cast<std::size_t>(speex_resampler_get_input_latency(state_.get())) + 1);
  push(zeros.data(), zeros.size(), out);
  if (timing_ == timing::aligned && wanted >= already)
    out.resize(std::min<std::size_t>(out.size(), at + (wanted - already)));
  reset();
}

void resampler::reset() {
  taken_ = given_ = 0;
  if (!state_)
    return;
  speex_resampler_reset_mem(state_.get());
  if (timing_ == timing::aligned)
    speex_resampler_skip_zeros(state_.get());
}

} // namespace unpod
