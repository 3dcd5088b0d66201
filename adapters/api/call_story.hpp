// What one call did and why: its journal and its ledger in the order of time, and the
// same in a paragraph of plain English. Pure.
#pragma once

#include "messages/records.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace unpod {

/// rows. 5,000: of one timeline; a call that lasts an hour has some 1,000.
inline constexpr std::size_t timeline_rows_max = 5'000;

/// Who ended a call that ended for this reason: "the caller", "the agent", …
std::string who_ended(const std::string& end_reason);

/// One paragraph: who called whom, who answered and why, what went wrong, how it ended.
std::string story_of(const call_record& call, const std::vector<journal_record>& journal);

/// `{call_id, status, …, why, rows: [{at, after_ms, kind, data}]}`; the ledgers of the
/// transcript's turns are rows of the kind "ledger".
std::string timeline_json(const call_record& call, const std::vector<journal_record>& journal);

} // namespace unpod
