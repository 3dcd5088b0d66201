#include "adapters/speech/wire_frame.hpp"

#include <cctype>

namespace unpod {

std::string percent_encoded(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x80 && std::isalnum(byte)) || std::string_view{"-._~"}.find(c) != text.npos) {
      out += c;
    } else {
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

wire_query::wire_query(std::string_view base, std::string_view path) {
  while (!base.empty() && base.back() == '/')
    base.remove_suffix(1);
  if (base.substr(0, 4) == "http") {
    url_ = "ws";
    base.remove_prefix(4);
  }
  url_.append(base).append(path);
}

wire_query& wire_query::add(std::string_view name, std::string_view value) {
  if (value.empty())
    return *this;
  url_ += any_ ? '&' : '?';
  any_ = true;
  url_.append(name) += '=';
  url_ += percent_encoded(value);
  return *this;
}

} // namespace unpod
