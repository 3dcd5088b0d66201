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

void append_base64(std::string_view bytes, std::string& out) {
  const auto before = out.size();
  out.resize(before + base64_size(bytes.size()));
  auto* to = out.data() + before;
  const auto byte = [&](std::size_t i) -> std::uint32_t {
    return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0;
  };
  for (std::size_t i = 0; i < bytes.size(); i += 3, to += 4) {
    const auto three = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    to[0] = letters[three >> 18];
    to[1] = letters[three >> 12 & 63];
    to[2] = i + 1 < bytes.size() ? letters[three >> 6 & 63] : '=';
    to[3] = i + 2 < bytes.size() ? letters[three & 63] : '=';
  }
}

std::string base64_encoded(std::string_view bytes) {
  std::string out;
  append_base64(bytes, out);
  return out;
}

/// Four letters are three bytes; whether all of them were letters is asked once, at the end.
bool base64_decode(std::string_view text, std::string& out) {
  for (int padding = 0; padding < 2 && !text.empty() && text.back() == '='; ++padding)
    text.remove_suffix(1);
  if (text.size() % 4 == 1)
    return false;
  const auto before = out.size();
  out.resize(before + text.size() * 3 / 4);
  auto* to = out.data() + before;
  const auto* from = reinterpret_cast<const unsigned char*>(text.data());
  const auto* const end = from + text.size();
  std::uint32_t seen = 0;
  for (; end - from >= 4; from += 4, to += 3) {
    const std::uint32_t a = value_of[from[0]], b = value_of[from[1]], c = value_of[from[2]],
                        d = value_of[from[3]];
    seen |= a | b | c | d;
    const auto bits = a << 18 | b << 12 | c << 6 | d;
    to[0] = static_cast<char>(bits >> 16);
    to[1] = static_cast<char>(bits >> 8);
    to[2] = static_cast<char>(bits);
  }
  if (end - from >= 2) { // one byte more, or two
    const std::uint32_t a = value_of[from[0]], b = value_of[from[1]];
    const std::uint32_t c = end - from == 3 ? value_of[from[2]] : 0U;
    seen |= a | b | c;
    to[0] = static_cast<char>(a << 2 | b >> 4);
    if (end - from == 3)
      to[1] = static_cast<char>(b << 4 | c >> 2);
  }
  constexpr std::uint32_t no_letter = ~63U;
  if ((seen & no_letter) == 0)
    return true;
  out.resize(before);
  return false;
}

} // namespace unpod
