// Wiring numbers: finding them by any id, resolving what shall answer them, and the
// changes that make it so.
//
// A change that attaches carries the pipe too: it is refused when the pipe is gone or
// another by then, as the number's own change is (store_change::before). A pipe's first
// number touches the pipe: whoever erases it, having seen none, is refused in turn.
// What was refused so is begun anew (`again` of write_then).
#pragma once

#include "adapters/api/attachments.hpp"
#include "adapters/api/number_bodies.hpp"
#include "adapters/api/number_shapes.hpp"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace unpod {

/// What shall answer a number; nothing: it stays as it is.
struct attach_point {
  std::optional<pipe_record> pipe;
  agent_id agent; // set when it is an agent with voices: its default one answers, whichever it is
};

/// The project's number of this id, in any spelling.
std::optional<number_record> own_number(const api_desk& desk, const std::string& project,
                                        const std::string& id);

/// One page of the project's numbers that `wanted` keeps, in order; a mistake in the
/// request's `limit` or `cursor` is answered 422 here.
struct number_page {
  std::vector<number_record> rows;
  std::string next_cursor; // empty: that was all
};
std::optional<number_page> number_page_of(const api_desk& desk, const api_visit& visit,
                                          const std::function<bool(const number_record&)>& wanted);

number_view view_of(const number_record& number, const number_book& book);

/// Why something is refused, ready to be answered; status 0: it is not.
struct attach_trouble {
  int status = 0;
  std::string words;
};

/// The pipe, or the agent's default one, or nowhere when neither is named.
std::optional<attach_point> point_of(const number_book& book, const attach_target& target,
                                     attach_trouble& trouble);

/// The trunks that were named, by their own ids. `before`: those of it are as they were.
bool wire_trunks(const number_book& book, const number_record& before, number_record& number,
                 attach_trouble& trouble);

/// Points the number there, or leaves it where it points.
void attach(number_record& number, const attach_point& point, wall_ms now);
/// The status that follows from what it points at.
void settle(number_record& number, wall_ms now);

/// The pipe as it rides along with numbers that are attached to it.
store_change hold(const api_desk& desk, const pipe_record& pipe);

/// `before`: as it was read; nothing: the number is new.
std::vector<store_change> attach_changes(const api_desk& desk, const number_record& number,
                                         const std::optional<number_record>& before,
                                         const attach_point& point);

/// One number of several, or nothing and `result.error`. `e164_only`: ids are refused.
/// `seen` holds those before it: one that is named twice is refused.
std::optional<number_record> pick_number(const api_desk& desk, const std::string& project,
                                         bool e164_only, std::set<std::string>& seen,
                                         number_result& result);

/// "agent 'a' (pipe 'PIPE_…')".
std::string holder_of(const pipe_record& pipe);

} // namespace unpod
