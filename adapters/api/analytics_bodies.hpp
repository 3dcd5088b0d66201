// Analytics blocks as they come: request bodies and queries into values, with words for
// every mistake (contract §1.15). Pure.
#pragma once

#include "adapters/http/route_path.hpp"
#include "adapters/json/json.hpp"
#include "messages/records.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace unpod {

/// 64: fields of one block. A model asked for more at once answers none of them well.
inline constexpr std::size_t block_fields_max = 64;
/// 64: choices of one enum.
inline constexpr std::size_t block_choices_max = 64;
/// bytes. 64: name of a field; it becomes a column's heading.
inline constexpr std::size_t field_name_bytes_max = 64;
/// bytes. 16 KB: a prompt.
inline constexpr std::size_t block_prompt_bytes_max = 16 * 1024;
/// 256: agents that one block is attached to.
inline constexpr std::size_t block_agents_max = 256;
/// 1,000: rows of one page; 10,000: rows that a page may skip.
inline constexpr std::int64_t results_page_max = 1'000, results_skip_max = 10'000;

enum class block_body {
  fresh,         // of a block of its own: name and prompt must be there
  over_template, // what is empty overrides nothing: the SDK always sends name, prompt and fields
  patch,         // what is not there stays as it is
};

/// Puts a block body's members into the record; false and words naming the member.
bool read_block(const json::value& body, block_body kind, analytics_block& into, std::string& why);

/// The body of `POST …/attach`: who the block shall run for; empty and words on a mistake.
std::string read_agent_to_attach(const json::value& body, std::string& why);

/// The block's agents: ids parted by blanks, in the order of their attachment.
std::vector<std::string> agents_of(const analytics_block& block);
/// False when the agent was attached already.
bool add_agent(analytics_block& block, const std::string& agent);
bool remove_agent(analytics_block& block, const std::string& agent);

/// Is this what a run would be told, word for word? Then its version stays.
bool same_question(const analytics_block& a, const analytics_block& b);

/// What a list of results is asked for; empty texts ask for all.
struct results_query {
  std::string agent;
  std::string block;
  std::string status;
  std::string call;
  std::int64_t limit = 100;
  std::int64_t skip = 0;
  bool flat = false; // a table
};

/// False and words naming the argument.
bool read_results_query(const query_arguments& query, results_query& into, std::string& why);

bool matches(const results_query& wanted, const analytics_result& result);

/// A yes or no of a query: true, false, 1 or 0; false and words otherwise.
bool read_query_flag(const query_arguments& query, const char* name, bool& into, std::string& why);

} // namespace unpod
