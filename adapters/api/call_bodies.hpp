// Bodies about calls and sessions (contract §1.9, §1.12), with words for every mistake. Pure.
#pragma once

#include "adapters/json/json.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace unpod {

/// sessions. 16: merged into one.
inline constexpr std::size_t merged_sessions_max = 16;

/// A call that is to be placed.
struct call_wish {
  std::string to_number;
  std::string from_number; // empty: the pipe's own
  std::string agent;       // before the pipe when both are named
  std::string pipe;
  std::string instructions;
  std::string data_json = "{}";
  std::string zone; // data.timezone
};

bool read_call(const json::value& body, call_wish& into, std::string& why);

/// Checks the body of `POST sessions/{id}/transfer`.
bool check_transfer(const json::value& body, std::string& why);

/// The body of `POST sessions/merge`: the primary session, then the others.
bool read_merge(const json::value& body, std::vector<std::string>& sessions, std::string& why);

} // namespace unpod
