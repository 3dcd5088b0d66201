// G.711 mu-law (ITU-T G.711, table 2a) by table: one byte a sample.
#pragma once

#include <cstddef>
#include <cstdint>

namespace unpod {

std::int16_t mulaw_to_linear(std::uint8_t code);
std::uint8_t linear_to_mulaw(std::int16_t sample);

/// Both write `samples` items to `out`.
void mulaw_decode(const char* codes, std::size_t samples, std::int16_t* out);
void mulaw_encode(const std::int16_t* pcm, std::size_t samples, char* out);

} // namespace unpod
