#include "adapters/media/frame_codec.hpp"

#include "adapters/media/g711.hpp"
#include "adapters/media/sample_time.hpp"

#include <cstring>

namespace unpod {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "PCM frames are copied as they are");

std::uint32_t port_rate_hz(const audio_format& format) {
  return format.sample_rate == 8'000 ? 8'000 : 16'000;
}

mono_time frame_span(const audio_format& format, std::string_view bytes) {
  if (bytes.empty() || bytes.size() > caller_frame_bytes_max)
    return mono_time{0};
  switch (format.encoding) {
    case audio_encoding::pcm_s16le:
      return bytes.size() % 2 ? mono_time{0} : time_for(bytes.size() / 2, format.sample_rate);
    case audio_encoding::mulaw:
      return time_for(bytes.size(), format.sample_rate);
    case audio_encoding::opus:
      return time_for(opus_packet_samples(bytes, 48'000), 48'000);
  }
  return mono_time{0};
}

frame_decoder::frame_decoder(const audio_format& format)
  : format_(format), rate_hz_(port_rate_hz(format)),
    to_port_(format.encoding == audio_encoding::opus ? rate_hz_ : format.sample_rate, rate_hz_,
             resampler::timing::aligned),
    last_packet_samples_(rate_hz_ / 50) {
  if (format.encoding == audio_encoding::opus)
    opus_.emplace(rate_hz_);
}

bool frame_decoder::decode(std::string_view bytes, std::vector<std::int16_t>& out) {
  if (opus_)
    return decode_opus(bytes, out);
  if (format_.encoding == audio_encoding::mulaw) {
    scratch_.resize(bytes.size());
    mulaw_decode(bytes.data(), bytes.size(), scratch_.data());
  } else {
    scratch_.resize(bytes.size() / 2);
    if (scratch_.empty())
      return false;
    std::memcpy(scratch_.data(), bytes.data(), scratch_.size() * 2);
  }
  to_port_.push(scratch_.data(), scratch_.size(), out);
  return !scratch_.empty();
}

bool frame_decoder::decode_opus(std::string_view packet, std::vector<std::int16_t>& out) {
  const auto at = out.size();
  const std::size_t room = rate_hz_ * opus_packet_ms_max / 1'000;
  out.resize(at + room);
  auto samples = opus_->decode(packet, &out[at], room);
  const bool good = samples > 0;
  if (good)
    last_packet_samples_ = samples;
  else
    samples = opus_->conceal(&out[at], last_packet_samples_);
  out.resize(at + samples);
  return good;
}

frame_encoder::frame_encoder(const audio_format& format)
  : format_(format),
    to_client_(port_rate_hz(format),
               format.encoding == audio_encoding::opus ? port_rate_hz(format) : format.sample_rate,
               resampler::timing::delayed) {
  if (format.encoding == audio_encoding::opus)
    opus_.emplace(port_rate_hz(format));
}

std::string frame_encoder::encode(const std::int16_t* pcm, std::size_t samples) {
  if (opus_)
    return opus_->encode(pcm, samples);
  scratch_.clear();
  to_client_.push(pcm, samples, scratch_);
  if (format_.encoding == audio_encoding::mulaw) {
    std::string frame(scratch_.size(), '\0');
    mulaw_encode(scratch_.data(), scratch_.size(), frame.data());
    return frame;
  }
  return {reinterpret_cast<const char*>(scratch_.data()), scratch_.size() * 2};
}

void frame_encoder::reset() {
  to_client_.reset();
  if (opus_)
    opus_->reset();
}

} // namespace unpod
