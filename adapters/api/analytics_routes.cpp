// Analytics blocks, the agents they are attached to, and what they found (contract §1.15).
// A block is asked of every session of its agents that ends: there is no route to run one.
#include "adapters/api/analytics_bodies.hpp"
#include "adapters/api/analytics_shapes.hpp"
#include "adapters/api/analytics_templates.hpp"
#include "adapters/api/desk.hpp"
#include "adapters/api/shapes.hpp"

#include "messages/json_line.hpp"

#include <algorithm>

namespace unpod {

namespace {

/// rows. 20,000: of a project's results that one request looks through, newest first.
constexpr std::size_t results_scanned_max = 20'000;

/// Goes through the rows of the caller's project, page by page, as long as `take` says true.
template <class Record, class Take>
void each_row(const api_desk& desk, const api_visit& visit, table where, bool newest_first,
              Take take) {
  list_query page;
  page.rows_max = std::max<std::size_t>(desk->bounds.store.list_rows_max, 1);
  page.newest_first = newest_first;
  page.project = visit.caller.project;
  for (;;) {
    const auto rows = list<Record>(*desk->reader, where, page);
    for (const auto& row : rows)
      if (!take(row))
        return;
    if (rows.size() < page.rows_max)
      return;
    page.after = key_of(rows.back());
  }
}

std::optional<analytics_block> block_of(const api_desk& desk, const api_visit& visit,
                                        const std::string& id) {
  auto block = find<analytics_block>(*desk->reader, table::blocks, id);
  if (block && block->project == visit.caller.project)
    return block;
  visit.answer(error_answer(404, "there is no analytics block '" + id + "'"));
  return std::nullopt;
}

std::optional<analytics_block> block_of(const api_desk& desk, const api_visit& visit) {
  return block_of(desk, visit, visit.part("id"));
}

/// The block when it is not archived; otherwise 404 or 409 is answered here.
std::optional<analytics_block> active_block(const api_desk& desk, const api_visit& visit) {
  auto block = block_of(desk, visit);
  if (!block || block->state == "active")
    return block;
  visit.answer(
    error_answer(409, "analytics block '" + block->id + "' is archived; create another"));
  return std::nullopt;
}

void keep(const api_desk& desk, const api_visit& visit, analytics_block block,
          const analytics_block& before, bool shown) {
  block.modified = wall_now();
  write_then(desk, visit, {{store_change::what::put, block, stored{before}}},
             shown ? ok_answer(200, block_json(block)) : empty_answer());
}

void list_templates(const api_desk&, const api_visit& visit) {
  visit.answer(ok_answer(200, json_list(block_templates(), template_json)));
}

void list_blocks(const api_desk& desk, const api_visit& visit) {
  bool archived = false;
  std::string why;
  if (!read_query_flag(visit.query, "include_archived", archived, why))
    return visit.answer(error_answer(422, why));
  std::vector<analytics_block> wanted;
  each_row<analytics_block>(desk, visit, table::blocks, false, [&](const analytics_block& block) {
    if (archived || block.state == "active")
      wanted.push_back(block);
    return wanted.size() < desk->bounds.store.list_rows_max;
  });
  visit.answer(ok_answer(200, json_list(wanted, block_json)));
}

void get_block(const api_desk& desk, const api_visit& visit) {
  if (const auto block = block_of(desk, visit))
    visit.answer(ok_answer(200, block_json(*block)));
}

void create_block(const api_desk& desk, const api_visit& visit) {
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  const auto wanted = visit.query.find("from_template").value_or("");
  const auto* from = find_template(wanted);
  if (!from && !wanted.empty())
    return visit.answer(error_answer(422, "from_template: there is no '" + std::string{wanted}
                                            + "'; GET v1/analytics-blocks/templates lists them"));
  auto block = from ? block_from(*from) : analytics_block{};
  std::string why;
  if (!read_block(*body, from ? block_body::over_template : block_body::fresh, block, why))
    return visit.answer(error_answer(422, why));
  block.id = desk->new_id("ABK_");
  block.project = visit.caller.project;
  block.org = visit.caller.org;
  block.created = block.modified = wall_now();
  write_then(desk, visit, {{store_change::what::create, block}}, ok_answer(201, block_json(block)));
}

/// A new version, unless a run would be told the same as before.
void update_block(const api_desk& desk, const api_visit& visit) {
  auto block = active_block(desk, visit);
  if (!block)
    return;
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  const auto before = *block;
  std::string why;
  if (!read_block(*body, block_body::patch, *block, why))
    return visit.answer(error_answer(422, why));
  if (same_question(before, *block))
    return visit.answer(ok_answer(200, block_json(before)));
  ++block->version;
  keep(desk, visit, *block, before, true);
}

/// Archives: it runs for nobody any more, and what it found stays.
void delete_block(const api_desk& desk, const api_visit& visit) {
  auto block = block_of(desk, visit);
  if (!block)
    return;
  if (block->state == "archived")
    return visit.answer(empty_answer());
  const auto before = *block;
  block->state = "archived";
  block->agents.clear();
  keep(desk, visit, *block, before, false);
}

/// Does a pipe of the caller's project name this agent?
bool is_agent(const api_desk& desk, const api_visit& visit, const std::string& agent) {
  bool found = false;
  each_row<pipe_record>(desk, visit, table::pipes, false, [&](const pipe_record& pipe) {
    found = pipe.agent.str() == agent;
    return !found;
  });
  return found;
}

void attach_block(const api_desk& desk, const api_visit& visit) {
  auto block = active_block(desk, visit);
  if (!block)
    return;
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  std::string why;
  const auto agent = read_agent_to_attach(*body, why);
  if (!why.empty())
    return visit.answer(error_answer(422, why));
  const auto before = *block;
  if (!add_agent(*block, agent))
    return visit.answer(ok_answer(200, block_json(before)));
  if (!is_agent(desk, visit, agent))
    return visit.answer(error_answer(404, "agent_id: there is no agent '" + agent
                                            + "'; create it, or a pipe for it, first"));
  if (agents_of(*block).size() > block_agents_max)
    return visit.answer(error_answer(422, "a block is attached to at most "
                                            + std::to_string(block_agents_max) + " agents"));
  keep(desk, visit, *block, before, true);
}

void detach_block(const api_desk& desk, const api_visit& visit) {
  auto block = block_of(desk, visit);
  if (!block)
    return;
  const auto before = *block;
  if (remove_agent(*block, visit.part("agent_id")))
    keep(desk, visit, *block, before, true);
  else
    visit.answer(ok_answer(200, block_json(before)));
}

std::vector<analytics_result> results_of(const api_desk& desk, const api_visit& visit,
                                         const results_query& wanted) {
  std::vector<analytics_result> page;
  std::size_t scanned = 0;
  auto to_skip = wanted.skip;
  each_row<analytics_result>(desk, visit, table::results, true, [&](const analytics_result& row) {
    if (matches(wanted, row) && --to_skip < 0)
      page.push_back(row);
    return ++scanned < results_scanned_max && page.size() < static_cast<std::size_t>(wanted.limit);
  });
  return page;
}

std::optional<results_query> results_wanted(const api_visit& visit) {
  results_query wanted;
  std::string why;
  if (read_results_query(visit.query, wanted, why))
    return wanted;
  visit.answer(error_answer(422, why));
  return std::nullopt;
}

void show_results(const api_desk& desk, const api_visit& visit) {
  const auto wanted = results_wanted(visit);
  if (!wanted)
    return;
  if (!wanted->flat)
    return visit.answer(ok_answer(200, json_list(results_of(desk, visit, *wanted), result_json)));
  const auto block =
    wanted->block.empty() ? std::optional{analytics_block{}} : block_of(desk, visit, wanted->block);
  if (block)
    visit.answer(ok_answer(200, results_table_json(*block, results_of(desk, visit, *wanted))));
}

void show_block_results(const api_desk& desk, const api_visit& visit) {
  auto wanted = results_wanted(visit);
  if (!wanted || !block_of(desk, visit))
    return;
  wanted->block = visit.part("id");
  visit.answer(ok_answer(200, json_list(results_of(desk, visit, *wanted), result_json)));
}

void show_call_results(const api_desk& desk, const api_visit& visit) {
  const auto call = find<call_record>(*desk->reader, table::calls, visit.part("id"));
  if (!call || call->project != visit.caller.project)
    return visit.answer(
      error_answer(404, "there is no call or session '" + visit.part("id") + "'"));
  results_query wanted;
  wanted.call = call->id.str();
  wanted.limit = results_page_max;
  visit.answer(ok_answer(200, json_list(results_of(desk, visit, wanted), result_json)));
}

void list_results(const api_desk& desk, const api_visit& visit) {
  read_apart(desk, visit, show_results);
}

void list_block_results(const api_desk& desk, const api_visit& visit) {
  read_apart(desk, visit, show_block_results);
}

void list_call_results(const api_desk& desk, const api_visit& visit) {
  read_apart(desk, visit, show_call_results);
}

} // namespace

std::vector<api_route> analytics_routes() {
  return {
    {"GET", path_pattern{"v1/analytics-blocks/templates"}, access::read, list_templates},
    {"GET", path_pattern{"v1/analytics-blocks"}, access::read, list_blocks},
    {"POST", path_pattern{"v1/analytics-blocks"}, access::admin, create_block},
    {"GET", path_pattern{"v1/analytics-blocks/{id}"}, access::read, get_block},
    {"PATCH", path_pattern{"v1/analytics-blocks/{id}"}, access::admin, update_block},
    {"DELETE", path_pattern{"v1/analytics-blocks/{id}"}, access::admin, delete_block},
    {"POST", path_pattern{"v1/analytics-blocks/{id}/attach"}, access::admin, attach_block},
    {"DELETE", path_pattern{"v1/analytics-blocks/{id}/attach/{agent_id}"}, access::admin,
     detach_block},
    {"GET", path_pattern{"v1/analytics-blocks/{id}/results"}, access::read, list_block_results},
    {"GET", path_pattern{"v1/analytics-results"}, access::read, list_results},
    {"GET", path_pattern{"v1/sessions/{id}/analytics"}, access::read, list_call_results},
    {"GET", path_pattern{"v1/calls/{id}/analytics"}, access::read, list_call_results},
  };
}

} // namespace unpod
