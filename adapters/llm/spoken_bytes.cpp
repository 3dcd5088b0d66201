#include "adapters/llm/spoken_bytes.hpp"

#include <algorithm>
#include <cstdint>

namespace unpod {

namespace {

/// Bytes of the character that begins so; 0 for none.
std::size_t length_of(unsigned char lead) {
  if (lead < 0x80)
    return 1;
  if (lead >= 0xC2 && lead <= 0xDF)
    return 2;
  if (lead >= 0xE0 && lead <= 0xEF)
    return 3;
  return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

/// May this byte follow at place `at` (RFC 3629: no overlong forms, no surrogates)?
bool may_follow(unsigned char lead, std::size_t at, unsigned char next) {
  if (next < 0x80 || next > 0xBF)
    return false;
  if (at > 1)
    return true;
  if (lead == 0xE0)
    return next >= 0xA0;
  if (lead == 0xED)
    return next <= 0x9F;
  if (lead == 0xF0)
    return next >= 0x90;
  return lead != 0xF4 || next <= 0x8F;
}

} // namespace

bool spoken_bytes::read(std::string_view bytes, std::string& into) {
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (tail_.empty()) {
      if (length_of(byte) == 0)
        return false;
      tail_ = c;
    } else {
      if (!may_follow(static_cast<unsigned char>(tail_[0]), tail_.size(), byte))
        return false;
      tail_ += c;
    }
    const auto lead = static_cast<unsigned char>(tail_[0]);
    if (tail_.size() < length_of(lead))
      continue;
    const bool control = lead < 0x20 || lead == 0x7F;
    control ? into += ' ' : into += tail_;
    tail_.clear();
  }
  return true;
}

} // namespace unpod
