// Opus (RFC 6716) as this runtime uses it: mono, voice, 24 kb/s, 20 ms out; any
// legal packet in, decoded straight to the rate that is wanted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct OpusDecoder;
struct OpusEncoder;

namespace unpod {

/// bit/s and 0..10. The encoder is most of what an Opus call costs: at 16 kHz complexity 0
/// takes 40 us a frame, 5 takes 92, 10 takes 276 (deps.md §4), and 3 a quarter less than 5.
inline constexpr int opus_bitrate = 24'000, opus_complexity = 3;

/// ms. RFC 6716 §3.2.5: one packet holds at most 120 ms.
inline constexpr std::uint32_t opus_packet_ms_max = 120;

/// Samples the packet would decode to at `rate_hz`; 0 when it is no legal packet.
std::size_t opus_packet_samples(std::string_view packet, std::uint32_t rate_hz);

/// Rates: 8,000, 12,000, 16,000, 24,000 or 48,000. One thread at a time.
class opus_decoder {
public:
  explicit opus_decoder(std::uint32_t rate_hz);

  /// Writes at most `room` samples; returns how many, 0 when it cannot be decoded.
  std::size_t decode(std::string_view packet, std::int16_t* out, std::size_t room);

  /// What a lost packet of so many samples probably sounded like.
  std::size_t conceal(std::int16_t* out, std::size_t samples);

private:
  struct closer {
    void operator()(OpusDecoder* state) const;
  };
  std::unique_ptr<OpusDecoder, closer> state_;
};

class opus_encoder {
public:
  explicit opus_encoder(std::uint32_t rate_hz);

  /// One packet of `samples` (20 ms); empty when the library refuses.
  std::string encode(const std::int16_t* pcm, std::size_t samples);

  /// Forgets what was said: the next packet holds nothing of it.
  void reset();

private:
  struct closer {
    void operator()(OpusEncoder* state) const;
  };
  std::unique_ptr<OpusEncoder, closer> state_;
};

} // namespace unpod
