// An analytics block and an ended call, as a question to a model; and its answer, as a
// result (contract §1.15). Pure.
//
//   question: the block's prompt and fields, and the transcript
//   answer:   {"summary": "…", "success": true | "choice" | null, "data": {"field": value}}
//
// A value that is not of its field's type is null: a model's word is not taken for it.
#pragma once

#include "adapters/llm/brain_plan.hpp"
#include "messages/records.hpp"

#include <string>

namespace unpod {

/// Why this block is not run over this call: it has no words, or the block's condition does
/// not hold; empty when it is.
std::string why_skipped(const analytics_block& block, const call_record& call);

/// What the node's model is asked; a block may name another model.
outgoing_request ask_about(const analytics_block& block, const call_record& call,
                           const llm_settings& model, const analyst_limits& bounds);

/// Puts summary, success and data into the result; false and words when it is no answer.
bool read_analysis(const analytics_block& block, const std::string& answer,
                   std::size_t json_depth_max, analytics_result& into, std::string& why);

} // namespace unpod
