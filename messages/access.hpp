// What a key may do (architecture §6). Pure.
//
//   admin    everything of its organisation
//   call     calls, sessions and their tokens; reads
//   read     reads
//   runner   the control socket and bridges, nothing else
#pragma once

#include <cstdint>
#include <string_view>

namespace unpod {

/// What a route or a socket asks of whoever comes.
enum class access : std::uint8_t {
  open, // no key at all
  read,
  call,
  runner,
  admin,
  node, // admin of the whole node: organisations, backups
  any,  // a good key, whatever its scopes
};

/// The scope's name as keys carry it; "node admin" for `node`.
inline const char* to_string(access wanted) {
  static constexpr const char* names[] = {"none",  "read",       "call", "runner",
                                          "admin", "node admin", "any"};
  return names[static_cast<std::size_t>(wanted)];
}

/// Is this word among words parted by blanks?
inline bool has_word(std::string_view words, std::string_view wanted) {
  for (std::size_t at = 0; at < words.size();) {
    const auto end = words.find(' ', at);
    if (words.substr(at, end - at) == wanted)
      return true;
    at = end == std::string_view::npos ? words.size() : end + 1;
  }
  return false;
}

/// `scopes` are parted by blanks; none at all is admin.
inline bool allows(std::string_view scopes, bool node_admin, access wanted) {
  const bool admin = scopes.empty() || has_word(scopes, "admin");
  switch (wanted) {
    case access::open:
      return true;
    case access::read:
      return admin || has_word(scopes, "read") || has_word(scopes, "call");
    case access::call:
      return admin || has_word(scopes, "call");
    case access::runner:
      return admin || has_word(scopes, "runner");
    case access::admin:
      return admin;
    case access::node:
      return admin && node_admin;
    case access::any:
      return true;
  }
  return false;
}

} // namespace unpod
