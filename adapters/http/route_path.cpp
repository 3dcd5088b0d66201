#include "adapters/http/route_path.hpp"

#include <algorithm>
#include <initializer_list>

namespace unpod {

namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Length of the UTF-8 character at `at`, 0 when it is none (RFC 3629 §4).
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const unsigned first = byte(at);
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xC2 ? 0
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF5 ? 4
                                            : 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(at + i) & 0xC0u) != 0x80u)
      return 0;
  const unsigned second = byte(at + 1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool beyond = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
  return overlong || beyond ? 0 : length;
}

bool is_clean(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto c = static_cast<unsigned char>(text[at]);
    const auto length = utf8_length(text, at);
    if (c < 0x20 || c == 0x7F || length == 0)
      return false;
    at += length;
  }
  return true;
}

bool begins_with(const path_segments& segments, std::initializer_list<std::string_view> mount) {
  return segments.size() >= mount.size()
         && std::equal(mount.begin(), mount.end(), segments.begin());
}

/// How many segments the longest mount takes; each longer spelling before its prefix.
std::size_t mount_length(const path_segments& segments) {
  std::size_t length = 0;
  if (begins_with(segments, {"api", "v2", "platform", "speech"}))
    length = 4;
  else if (begins_with(segments, {"api", "v2", "platform"}))
    length = 3;
  else if (begins_with(segments, {"platform"}) || begins_with(segments, {"orchestrator"}))
    length = 1;
  return length + (length < segments.size() && segments[length] == "speech" ? 1 : 0);
}

std::optional<std::string> form_decode(std::string_view encoded) {
  std::string spaced{encoded};
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return percent_decode(spaced);
}

} // namespace

std::optional<std::string> percent_decode(std::string_view encoded) {
  std::string decoded;
  decoded.reserve(encoded.size());
  for (std::size_t at = 0; at < encoded.size(); ++at) {
    if (encoded[at] != '%') {
      decoded += encoded[at];
      continue;
    }
    const int high = at + 2 < encoded.size() ? hex_value(encoded[at + 1]) : -1;
    const int low = at + 2 < encoded.size() ? hex_value(encoded[at + 2]) : -1;
    if (high < 0 || low < 0)
      return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    at += 2;
  }
  if (!is_clean(decoded))
    return std::nullopt;
  return decoded;
}

std::optional<path_segments> route_path(std::string_view path) {
  if (path.empty() || path.front() != '/')
    return std::nullopt;
  path.remove_prefix(1);
  if (!path.empty() && path.back() == '/')
    path.remove_suffix(1);
  path_segments segments;
  while (!path.empty()) {
    const auto slash = path.find('/');
    auto segment = percent_decode(path.substr(0, slash));
    if (!segment || *segment == "." || *segment == ".." || segments.size() == path_segments_max)
      return std::nullopt;
    segments.push_back(std::move(*segment));
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  const auto mount = static_cast<std::ptrdiff_t>(mount_length(segments));
  segments.erase(segments.begin(), segments.begin() + mount);
  return segments;
}

std::optional<std::string_view> query_arguments::find(std::string_view name) const {
  for (const auto& [key, value] : all)
    if (key == name)
      return value;
  return std::nullopt;
}

std::optional<query_arguments> parse_query(std::string_view query) {
  query_arguments arguments;
  while (!query.empty()) {
    const auto end = query.find('&');
    const auto piece = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    if (piece.empty())
      continue;
    const auto equals = piece.find('=');
    auto name = form_decode(piece.substr(0, equals));
    auto value = form_decode(equals == std::string_view::npos ? "" : piece.substr(equals + 1));
    if (!name || !value || arguments.all.size() == query_arguments_max)
      return std::nullopt;
    arguments.all.emplace_back(std::move(*name), std::move(*value));
  }
  return arguments;
}

std::string_view path_captures::operator[](std::string_view name) const {
  for (const auto& [key, value] : all)
    if (key == name)
      return value;
  return {};
}

path_pattern::path_pattern(std::string_view pattern) : text_(pattern) {
  while (!pattern.empty()) {
    const auto slash = pattern.find('/');
    auto text = pattern.substr(0, slash);
    const bool caught = text.size() > 2 && text.front() == '{' && text.back() == '}';
    if (caught)
      text = text.substr(1, text.size() - 2);
    parts_.push_back({std::string{text}, caught});
    pattern.remove_prefix(slash == std::string_view::npos ? pattern.size() : slash + 1);
  }
}

std::optional<path_captures> path_pattern::match(const path_segments& segments) const {
  if (segments.size() != parts_.size())
    return std::nullopt;
  path_captures captures;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (parts_[i].caught ? segments[i].empty() : segments[i] != parts_[i].text)
      return std::nullopt;
    if (parts_[i].caught)
      captures.all.emplace_back(parts_[i].text, segments[i]);
  }
  return captures;
}

} // namespace unpod
