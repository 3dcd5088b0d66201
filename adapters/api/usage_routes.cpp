// Usage: what others report (contract §1.17), and sums of it by call, agent or project.
#include "adapters/api/attachments.hpp"
#include "adapters/api/call_rows.hpp"
#include "adapters/api/usage_sums.hpp"

#include "messages/json_line.hpp"

namespace unpod {

namespace {

/// rows. 100,000: looked at for one sum; what lies before them is not in it, and it says so.
constexpr std::size_t rows_looked_at_max = 100'000;
/// groups. 1,000: in one answer; the biggest questions are for `by=project`.
constexpr std::size_t groups_max = 1'000;

std::string taken_json(const usage_record& row, bool duplicate) {
  return json_line{}
    .text("session_id", row.call.str())
    .text("source", row.source)
    .whole("seq", row.seq)
    .flag("duplicate", duplicate)
    .str();
}

/// A report counts once, however often it comes.
void take_usage(const api_desk& desk, const api_visit& visit) {
  const auto call = call_of(desk, visit);
  if (!call)
    return;
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  usage_record row;
  std::string why;
  if (!read_usage(*body, row, why))
    return visit.answer(error_answer(422, why));
  row.call = call->id;
  row.project = call->project;
  row.agent = call->agent;
  row.at = wall_now();
  if (desk->reader->find(table::usage, key_of(row)))
    return visit.answer(ok_answer(200, taken_json(row, true)));
  ask<store_done>(
    desk, visit, desk->house->get<store_actor>(), store_write{{{store_change::what::create, row}}},
    [row](const store_done&) { return ok_answer(201, taken_json(row, false)); },
    [visit, row](const caf::error& error) {
      visit.answer(refusal_of(error) == refusal::conflict ? ok_answer(200, taken_json(row, true))
                                                          : refusal_answer(error));
    });
}

/// What is asked for.
struct usage_wish {
  std::string by = "call";
  std::string agent, call;
  wall_ms from = 0;
  wall_ms to = 0; // 0: until now

  bool wants(const usage_record& row) const {
    return row.at >= from && (to == 0 || row.at < to) && (agent.empty() || row.agent.str() == agent)
           && (call.empty() || row.call.str() == call);
  }
  std::string group_of(const usage_record& row) const {
    return by == "call" ? row.call.str() : by == "agent" ? row.agent.str() : row.project;
  }
};

bool read_wish(const query_arguments& query, usage_wish& wish, std::string& why) {
  if (const auto by = query.find("by"))
    wish.by = *by;
  wish.agent = query.find("agent_id").value_or("");
  wish.call = query.find("call_id").value_or("");
  if (wish.by != "call" && wish.by != "agent" && wish.by != "project")
    why = "by must be call, agent or project";
  for (const auto& [name, into] : {std::pair{"from", &wish.from}, std::pair{"to", &wish.to}})
    if (const auto given = query.find(name)) {
      const auto time = time_of(std::string{*given});
      if (!time)
        why = std::string{name}
              + " must be a day or a time in UTC, as in 2026-11-21 or "
                "2026-11-21T16:20:00Z";
      *into = time.value_or(0);
    }
  return why.empty();
}

std::string groups_json(const usage_wish& wish, const std::map<std::string, usage_sum>& groups) {
  const auto id = wish.by + "_id";
  std::string rows;
  std::size_t count = 0;
  // Ids of calls sort by their time: the newest first.
  for (auto group = groups.rbegin(); group != groups.rend() && count < groups_max; ++group) {
    json_line line;
    line.text(id, group->first).whole("calls", group->second.calls());
    line.members_of(group->second.str(false));
    rows += (count++ > 0 ? "," : "") + line.str();
  }
  return "[" + rows + "]";
}

void sum_usage(const api_desk& desk, const api_visit& visit) {
  usage_wish wish;
  std::string why;
  if (!read_wish(visit.query, wish, why))
    return visit.answer(error_answer(422, why));
  list_query page;
  page.project = visit.caller.project;
  page.newest_first = true;
  page.rows_max = desk->bounds.store.list_rows_max;
  if (!wish.call.empty())
    page.prefix = wish.call + "/";
  std::map<std::string, usage_sum> groups;
  usage_sum total;
  std::size_t looked_at = 0;
  bool whole = false;
  while (!whole && looked_at < rows_looked_at_max) {
    const auto rows = list<usage_record>(*desk->reader, table::usage, page);
    for (const auto& row : rows)
      if (wish.wants(row)) {
        groups[wish.group_of(row)].add(row);
        total.add(row);
      }
    looked_at += rows.size();
    whole = rows.size() < page.rows_max;
    if (!whole)
      page.after = key_of(rows.back());
  }
  json_line line;
  line.text("by", wish.by).raw("from", json_time(wish.from)).raw("to", json_time(wish.to));
  line.raw("rows", groups_json(wish, groups));
  line.raw("total", json_line{}.whole("calls", total.calls()).members_of(total.str(false)).str());
  line.flag("partial", !whole || groups.size() > groups_max);
  visit.answer(ok_answer(200, line.str()));
}

void show_usage(const api_desk& desk, const api_visit& visit) {
  read_apart(desk, visit, sum_usage);
}

} // namespace

std::vector<api_route> usage_routes() {
  return {
    {"POST", path_pattern{"v1/internal/sessions/{id}/usage"}, access::runner, take_usage},
    {"GET", path_pattern{"v1/usage"}, access::read, show_usage},
  };
}

} // namespace unpod
