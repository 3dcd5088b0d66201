// The queue of outbound calls, as a project sees its own part of it.
#include "adapters/api/call_queue_rows.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/shapes.hpp"

#include "messages/json_line.hpp"

#include <algorithm>

namespace unpod {

namespace {

std::string queued_json(const queued_call& row, std::size_t position) {
  json_line line;
  line.text("call_id", row.call.str()).whole("position", position).text("status", "pending");
  line.text("pipe_id", row.pipe.str()).text("from_number", row.from_number);
  line.text("to_number", row.to_number).text("trunk_id", row.trunk);
  line.whole("attempts", row.attempts).raw("last_failure", json_or_null(row.last_failure));
  line.raw("next_attempt_at", json_time(row.due)).raw("created", json_time(row.created));
  return line.str();
}

/// Who waits, in the order in which they are placed. A cursor is a place in that order.
void list_queue(const api_desk& desk, const api_visit& visit) {
  read_apart(desk, visit, [](const api_desk& at, const api_visit& for_whom) {
    std::string why;
    const auto wish = read_page(for_whom.query, why);
    std::size_t passed = 0;
    for (const char c : wish ? wish->cursor : std::string{})
      passed = c >= '0' && c <= '9' && passed < queue_rows_max
                 ? passed * 10 + static_cast<std::size_t>(c - '0')
                 : queue_rows_max;
    if (!wish)
      return for_whom.answer(error_answer(422, why));
    std::string rows;
    std::size_t seen = 0, shown = 0;
    const bool more = for_each_waiting(at, for_whom.caller.project, [&](const queued_call& row) {
      if (seen++ < passed)
        return true;
      if (shown == wish->limit)
        return false;
      rows += (shown++ > 0 ? "," : "") + queued_json(row, seen);
      return true;
    });
    for_whom.answer(page_answer("[" + rows + "]", more ? std::to_string(passed + shown) : ""));
  });
}

} // namespace

bool for_each_waiting(const api_desk& desk, const std::string& project,
                      const std::function<bool(const queued_call& row)>& take) {
  list_query query;
  query.prefix = waiting_prefix(project);
  query.rows_max = std::min<std::size_t>(desk->bounds.store.list_rows_max, 1'000);
  for (std::size_t seen = 0; seen < queue_rows_max;) {
    const auto rows = list<queued_call>(*desk->reader, table::queue, query);
    for (const auto& row : rows)
      if (++seen; !take(row))
        return true;
    if (rows.size() < query.rows_max)
      return false;
    query.after = key_of(rows.back());
  }
  return true;
}

std::size_t queue_position_of(const api_desk& desk, const call_record& call) {
  std::size_t position = 0;
  bool found = false;
  for_each_waiting(desk, call.project, [&](const queued_call& row) {
    ++position;
    found = row.call == call.id;
    return !found;
  });
  return found ? position : 0;
}

std::vector<api_route> queue_routes() {
  return {{"GET", path_pattern{"v1/queue"}, access::read, list_queue}};
}

} // namespace unpod
