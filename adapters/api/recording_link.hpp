// Links to recordings: signed, so that whoever holds one needs no key; expiring, so
// that one that leaked is soon worth nothing. And which bytes of a file were asked for.
//
//   /v1/recordings/SCL_….wav?expires=<unix seconds>&signature=<hex of HMAC-SHA256>
//
// The secret is the process's own and never stored: a restart ends every link. Pure.
#pragma once

#include "messages/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace unpod {

/// Path and query of the link to this file (a name, not a path).
std::string recording_link(std::string_view secret, const std::string& file, wall_ms expires);

/// Empty when the link is sound now; else words that say what is wrong with it.
std::string link_mistake(std::string_view secret, const std::string& file, std::string_view expires,
                         std::string_view signature, wall_ms now);

/// The call's id in `<id>.wav`; empty for any other name.
std::string call_of_recording(std::string_view file);

/// What a Range header asks of a file (RFC 9110 §14): one range; several, or what is no
/// range at all, count as none.
struct byte_range {
  enum class what { whole, part, unsatisfiable };
  what is = what::whole;
  std::uint64_t first = 0;
  std::uint64_t bytes = 0;
};
byte_range range_of(std::string_view header, std::uint64_t file_bytes);

} // namespace unpod
