#include "adapters/speech/base64.hpp"

#include <array>
#include <cstdint>

namespace unpod {

namespace {

constexpr char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t none = 0xff;

std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(none);
  for (std::uint8_t i = 0; i < 64; ++i)
    values[static_cast<unsigned char>(letters[i])] = i;
  return values;
}

const std::array<std::uint8_t, 256> value_of = make_values();

} // namespace

std::string base64_encoded(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  const auto byte = [&](std::size_t i) -> std::uint32_t {
    return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0;
  };
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto three = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    out += letters[three >> 18];
    out += letters[three >> 12 & 63];
    out += i + 1 < bytes.size() ? letters[three >> 6 & 63] : '=';
    out += i + 2 < bytes.size() ? letters[three & 63] : '=';
  }
  return out;
}

bool base64_decode(std::string_view text, std::string& out) {
  for (int padding = 0; padding < 2 && !text.empty() && text.back() == '='; ++padding)
    text.remove_suffix(1);
  const auto before = out.size();
  out.reserve(before + text.size() * 3 / 4);
  std::uint32_t bits = 0;
  unsigned held = 0;
  bool good = text.size() % 4 != 1;
  for (const char c : text) {
    const auto value = value_of[static_cast<unsigned char>(c)];
    good = good && value != none;
    if (!good)
      break;
    bits = bits << 6 | value;
    held += 6;
    if (held >= 8) {
      held -= 8;
      out += static_cast<char>(bits >> held & 0xff);
    }
  }
  if (!good)
    out.resize(before);
  return good;
}

} // namespace unpod
