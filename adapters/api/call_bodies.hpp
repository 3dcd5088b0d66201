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

/// Where a session is to go.
struct transfer_ask {
  std::string type; // sip, agent, webrtc, livekit
  std::string target;
  std::string announcement;
  std::string data_json; // an object for the next agent; empty: none
  std::string mode = "cold";
  std::string drop;
};

/// The body of `POST sessions/{id}/transfer`.
bool read_transfer(const json::value& body, transfer_ask& into, std::string& why);

struct merge_ask {
  std::vector<std::string> sessions; // the primary one, then the others
  std::vector<std::string> drop;     // participants
};

/// The body of `POST sessions/merge`.
bool read_merge(const json::value& body, merge_ask& into, std::string& why);

} // namespace unpod
