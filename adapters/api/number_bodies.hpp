// Request bodies about numbers and trunks, with words for every mistake (contract §1.6,
// §1.10, §1.11, §1.16). Pure. Ids of others are read as text: whether they are there is
// for the routes to see.
#pragma once

#include "adapters/api/bodies.hpp"

#include <optional>
#include <string>
#include <vector>

namespace unpod {

/// numbers. 200: of one request.
inline constexpr std::size_t numbers_asked_max = 200;
/// addresses and networks. 64: of one trunk.
inline constexpr std::size_t trunk_sources_max = 64;

/// Where a body wants a number's calls to go.
struct attach_target {
  std::string pipe;
  std::string agent;
  std::string number; // E.164, when the body names it
  bool named = false; // pipe_id or agent_id is there, be it as null: both empty is "nowhere"
};

/// The body of `POST numbers`. `number` is E.164 afterwards.
bool read_number(const json::value& body, number_record& into, attach_target& target,
                 std::string& why);
/// The body of `PATCH numbers/{id}`: what is not there stays as it is.
bool read_number_patch(const json::value& body, number_record& into, attach_target& target,
                       std::string& why);
/// The body of `…/attach`: a pipe or an agent, and how the number is wired.
bool read_attach(const json::value& body, number_record& into, attach_target& target,
                 std::string& why);

/// The body of `telephony/numbers/attach` and `detach`.
struct numbers_wish {
  std::vector<std::string> numbers; // as they were written
  attach_target target;
  number_record wiring; // bridge_slug and region; empty: as they were
};
bool read_numbers_attach(const json::value& body, numbers_wish& into, std::string& why);
bool read_numbers_detach(const json::value& body, numbers_wish& into, std::string& why);

/// The body of `trunks` on the management surface; `type` and `byo_config`. Into a trunk that has
/// an id: what is not there stays as it is, here and in the next one.
bool read_trunk(const json::value& body, trunk_record& into, std::string& why);
/// The body of `telephony/trunks`; `sip_url` and its credentials.
bool read_sip_trunk(const json::value& body, trunk_record& into, std::string& why);
/// The body of `telephony/trunks/{id}/attach-numbers` and `detach-numbers`: ids in any spelling.
bool read_trunk_numbers(const json::value& body, numbers_wish& into, std::string& why);

} // namespace unpod
