#include "adapters/media/opus_codec.hpp"

#include <opus/opus.h>

#include <algorithm>
#include <array>
#include <new>

namespace unpod {

namespace {

const unsigned char* bytes_of(std::string_view packet) {
  return reinterpret_cast<const unsigned char*>(packet.data());
}

/// bytes. 20 ms at 24 kb/s are 60; the encoder's own ceiling for one frame is 1,275.
constexpr std::size_t packet_bytes_max = 1'275;

} // namespace

std::size_t opus_packet_samples(std::string_view packet, std::uint32_t rate_hz) {
  if (packet.empty() || packet.size() > 0xffff)
    return 0;
  unsigned char toc = 0;
  std::array<const unsigned char*, 48> frames{};
  std::array<opus_int16, 48> sizes{};
  const int count = opus_packet_parse(bytes_of(packet), static_cast<opus_int32>(packet.size()),
                                      &toc, frames.data(), sizes.data(), nullptr);
  const int each =
    opus_packet_get_samples_per_frame(bytes_of(packet), static_cast<opus_int32>(rate_hz));
  if (count <= 0 || each <= 0)
    return 0;
  const auto samples = static_cast<std::size_t>(count) * static_cast<std::size_t>(each);
  return samples <= rate_hz * opus_packet_ms_max / 1'000 ? samples : 0;
}

void opus_decoder::closer::operator()(OpusDecoder* state) const {
  opus_decoder_destroy(state);
}

opus_decoder::opus_decoder(std::uint32_t rate_hz) {
  int error = 0;
  state_.reset(opus_decoder_create(static_cast<opus_int32>(rate_hz), 1, &error));
  if (!state_)
    throw std::bad_alloc{};
}

std::size_t opus_decoder::decode(std::string_view packet, std::int16_t* out, std::size_t room) {
  const int samples =
    opus_decode(state_.get(), bytes_of(packet), static_cast<opus_int32>(packet.size()), out,
                static_cast<int>(room), 0);
  return samples > 0 ? static_cast<std::size_t>(samples) : 0;
}

std::size_t opus_decoder::conceal(std::int16_t* out, std::size_t samples) {
  const int made = opus_decode(state_.get(), nullptr, 0, out, static_cast<int>(samples), 0);
  return made > 0 ? static_cast<std::size_t>(made) : 0;
}

void opus_encoder::closer::operator()(OpusEncoder* state) const {
  opus_encoder_destroy(state);
}

opus_encoder::opus_encoder(std::uint32_t rate_hz) {
  int error = 0;
  state_.reset(
    opus_encoder_create(static_cast<opus_int32>(rate_hz), 1, OPUS_APPLICATION_VOIP, &error));
  if (!state_)
    throw std::bad_alloc{};
  opus_encoder_ctl(state_.get(), OPUS_SET_BITRATE(opus_bitrate));
  opus_encoder_ctl(state_.get(), OPUS_SET_COMPLEXITY(opus_complexity));
  opus_encoder_ctl(state_.get(), OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE));
}

std::string opus_encoder::encode(const std::int16_t* pcm, std::size_t samples) {
  std::array<unsigned char, packet_bytes_max> packet;
  const int size = opus_encode(state_.get(), pcm, static_cast<int>(samples), packet.data(),
                               static_cast<opus_int32>(packet.size()));
  return {reinterpret_cast<const char*>(packet.data()),
          static_cast<std::size_t>(std::max(size, 0))};
}

void opus_encoder::reset() {
  opus_encoder_ctl(state_.get(), OPUS_RESET_STATE);
}

} // namespace unpod
