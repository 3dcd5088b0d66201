// Why something asked for was refused: one enum for every typed interface, with
// words that say what to do next.
#pragma once

#include <caf/atom.hpp>
#include <caf/error.hpp>
#include <caf/make_message.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace unpod {

enum class refusal : std::uint8_t {
  none = 0,
  at_limit,     // a named limit is reached: try again later (HTTP 503)
  not_found,    // no such thing (404)
  conflict,     // it exists already, or is in use (409)
  invalid,      // the request says something impossible (422)
  unauthorised, // credentials are bad, used or expired (401)
  no_runner,    // nobody registered can take the call (503)
  draining,     // the node takes no new work (503)
  unavailable,  // the disk or a provider refuses (503)
  disk_full,    // nothing more can be written (507)
};

inline caf::error make_error(refusal why, std::string words) {
  return {static_cast<std::uint8_t>(why), caf::atom("refusal"),
          caf::make_message(std::move(words))};
}

/// Was it made by `make_error`? An error without anything in it has no category to ask for.
inline bool is_refusal(const caf::error& error) {
  return error && error.category() == caf::atom("refusal");
}

inline refusal refusal_of(const caf::error& error) {
  return is_refusal(error) ? static_cast<refusal>(error.code()) : refusal::unavailable;
}

/// The words of a refusal, for the peer who asked.
inline std::string words_of(const caf::error& error) {
  if (is_refusal(error) && error.context().match_elements<std::string>())
    return error.context().get_as<std::string>(0);
  return "the node could not answer; try again";
}

} // namespace unpod
