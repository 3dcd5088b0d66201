// From a request's path to what it asks for: strips the mounts under which the
// SDK spells its URLs (contract §1.3), decodes, and matches patterns.
//
//   /api/v2/platform/speech | /api/v2/platform | /platform | /orchestrator | (root)
//   then an optional /speech, then v1/<resource>..., telephony/..., voice-profiles/...
//
// Pure: values in, values out.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unpod {

/// segments of one path. 32: the longest of contract §1 has nine.
inline constexpr std::size_t path_segments_max = 32;
/// arguments of one query. 64: the longest of contract §1 has seven.
inline constexpr std::size_t query_arguments_max = 64;

/// Percent-decoding alone (RFC 3986 §2.1): '+' stays '+'. Nothing when an escape is bad,
/// or when the result holds control characters (NUL too) or is not UTF-8.
std::optional<std::string> percent_decode(std::string_view encoded);

/// A path's decoded segments, mount stripped, trailing slash ignored. `%2F` stays inside
/// its segment. Nothing (answer 400) when it does not begin with '/', an escape is bad,
/// a segment is "." or "..", or there are too many.
using path_segments = std::vector<std::string>;
std::optional<path_segments> route_path(std::string_view path);

/// The arguments of `a=b&c`, in order, decoded; here '+' is a space, as forms write it.
struct query_arguments {
  std::vector<std::pair<std::string, std::string>> all;

  /// The first of this name.
  std::optional<std::string_view> find(std::string_view name) const;
};

/// Nothing (answer 400) when an escape is bad or there are too many.
std::optional<query_arguments> parse_query(std::string_view query);

/// What a pattern caught, in the pattern's order.
struct path_captures {
  std::vector<std::pair<std::string, std::string>> all;

  /// The capture of this name; empty when the pattern has none.
  std::string_view operator[](std::string_view name) const;
};

/// One line of a table of routes: `v1/pipes/{id}/connect`. A name in braces catches
/// one segment that is not empty. A pattern is written by us: a bad one is a bug.
class path_pattern {
public:
  explicit path_pattern(std::string_view pattern);

  std::optional<path_captures> match(const path_segments& segments) const;

  /// How many segments a path has that it matches.
  std::size_t length() const {
    return parts_.size();
  }
  /// As it was written.
  const std::string& text() const {
    return text_;
  }

private:
  struct part {
    std::string text;
    bool caught = false;
  };
  std::string text_;
  std::vector<part> parts_;
};

} // namespace unpod
