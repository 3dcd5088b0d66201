// One binary frame of a client's socket <-> samples at the port's rate.
//
//   encoding    in                                     out, 20 ms
//   pcm_s16le   any even length                        rate / 50 samples, little endian
//   mulaw       any length                             rate / 50 bytes
//   opus        one packet, up to 120 ms               one packet
#pragma once

#include "adapters/media/call_media.hpp"
#include "adapters/media/opus_codec.hpp"
#include "adapters/media/resampler.hpp"

#include <optional>

namespace unpod {

/// bytes. As the wire's client_message_bytes_max: no longer frame can reach us in earnest.
inline constexpr std::size_t caller_frame_bytes_max = 64 * 1024;

/// 8,000 for clients of 8,000, else 16,000: what recognisers and voices want.
std::uint32_t port_rate_hz(const audio_format& format);

/// How much audio a frame carries at the client's rate; 0 when it is not a possible frame.
mono_time frame_span(const audio_format& format, std::string_view bytes);

/// One call's way in; one thread at a time.
class frame_decoder {
public:
  explicit frame_decoder(const audio_format& format);

  /// Appends samples at the port's rate. False: the bytes were no audio; concealment
  /// stands in for an Opus packet, so that time goes on.
  bool decode(std::string_view bytes, std::vector<std::int16_t>& out);

private:
  bool decode_opus(std::string_view packet, std::vector<std::int16_t>& out);

  audio_format format_;
  std::uint32_t rate_hz_;
  resampler to_port_;
  std::optional<opus_decoder> opus_;
  std::size_t last_packet_samples_;
  std::vector<std::int16_t> scratch_;
};

/// One call's way out; one thread at a time.
class frame_encoder {
public:
  explicit frame_encoder(const audio_format& format);

  /// 20 ms at the port's rate to one frame.
  std::string encode(const std::int16_t* pcm, std::size_t samples);

  /// Before speech that does not follow the last frame: nothing of that is heard again.
  void reset();

private:
  audio_format format_;
  resampler to_client_;
  std::optional<opus_encoder> opus_;
  std::vector<std::int16_t> scratch_;
};

} // namespace unpod
