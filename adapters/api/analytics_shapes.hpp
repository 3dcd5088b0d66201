// Analytics blocks and results as the API shows them (contract §1.15). Pure; each
// returns one JSON object.
#pragma once

#include "messages/records.hpp"

#include <string>
#include <vector>

namespace unpod {

std::string block_json(const analytics_block& block);
std::string result_json(const analytics_result& result);

/// `{columns, rows}`: first what every result has, then a column for each field of the
/// block as it is specified now, whether a row filled it or not. A column says under which
/// `key` its values are; a field named as a column that every result has is under `data.<name>`.
std::string results_table_json(const analytics_block& block,
                               const std::vector<analytics_result>& results);

} // namespace unpod
