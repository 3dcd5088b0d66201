// Numbers and trunks as the two surfaces show them: the management one with text ids
// (contract §1.10, §1.11), the telephony one with integers (§1.16). Pure. A trunk's
// password is masked there and absent here.
#pragma once

#include "messages/records.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace unpod {

/// A number and what it points at: null where nobody answers it, or nothing carries it.
struct number_view {
  const number_record* number = nullptr; // never null
  const pipe_record* pipe = nullptr;
  const trunk_record* trunk = nullptr;
};

/// available, assigned or disabled.
std::string number_status(const number_view& view);
/// byo or livekit; a number without a trunk counts as byo, since nobody rents it to the node.
std::string number_trunk_type(const number_view& view);
/// LINKED when an agent answers it, else NOT_LINKED.
std::string connection_state(const number_view& view);

std::string number_json(const number_view& view);
/// `{id, number, active, state}`: without a `status`, which the SDK then derives.
std::string telephony_number_json(const number_view& view);
std::string overview_json(const number_view& view);

std::string trunk_json(const trunk_record& trunk);
std::string telephony_trunk_json(const trunk_record& trunk);

/// What became of one number among several.
struct number_result {
  std::string number; // as it was written
  std::string state = "NOT_LINKED";
  std::string agent;
  std::string error; // empty: it was done
};

std::string number_result_json(const number_result& result);
/// "2 of 3 numbers attached".
std::string results_message(const std::vector<number_result>& results, const std::string& done);

/// What a carrier is told: where to send calls, for which numbers, from where.
std::string origin_json(const trunk_record& trunk, const std::vector<number_record>& numbers,
                        const std::string& region);

} // namespace unpod
