// Pipes and agents: an agent is a group of pipes that share a brain and an agent_id,
// one for each voice (contract §1.6, §1.8). What changes a group: agent_routes.cpp.
#include "adapters/api/agent_bodies.hpp"
#include "adapters/api/agent_rows.hpp"
#include "adapters/api/attachments.hpp"
#include "adapters/api/shapes.hpp"

#include <algorithm>

namespace unpod {

namespace {

std::optional<pipe_record> pipe_of(const api_desk& desk, const api_visit& visit) {
  auto pipe = find<pipe_record>(*desk->reader, table::pipes, visit.part("id"));
  if (!pipe || pipe->project != visit.caller.project) {
    visit.answer(error_answer(404, "there is no pipe '" + visit.part("id") + "'"));
    return std::nullopt;
  }
  return pipe;
}

store_change change(store_change::what op, const pipe_record& pipe) {
  return {op, pipe};
}

void list_pipes(const api_desk& desk, const api_visit& visit) {
  const auto numbers = pipe_numbers_of(desk, visit.caller.project);
  visit.answer(
    ok_answer(200, json_list(pipes_of(desk, visit.caller.project), [&](const pipe_record& pipe) {
                return pipe_json(pipe, numbers.of(pipe));
              })));
}

void get_pipe(const api_desk& desk, const api_visit& visit) {
  if (const auto pipe = pipe_of(desk, visit))
    visit.answer(
      ok_answer(200, pipe_json(*pipe, pipe_numbers_of(desk, visit.caller.project).of(*pipe))));
}

void create_pipe(const api_desk& desk, const api_visit& visit) {
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  pipe_record pipe;
  std::string why;
  if (!read_pipe(*body, rules_of(desk), false, pipe, why))
    return visit.answer(error_answer(422, why));
  pipe.id = pipe_id{desk->new_id("PIPE_")};
  pipe.project = visit.caller.project;
  pipe.created = pipe.modified = wall_now();
  write_then(desk, visit, {change(store_change::what::create, pipe)},
             ok_answer(201, pipe_json(pipe)));
}

void update_pipe(const api_desk& desk, const api_visit& visit) {
  auto pipe = pipe_of(desk, visit);
  if (!pipe)
    return;
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  const stored before = *pipe;
  std::string why;
  if (!read_pipe(*body, rules_of(desk), true, *pipe, why))
    return visit.answer(error_answer(422, why));
  pipe->modified = wall_now();
  write_then(
    desk, visit, {{store_change::what::put, *pipe, before}},
    ok_answer(200, pipe_json(*pipe, pipe_numbers_of(desk, visit.caller.project).of(*pipe))));
}

/// When it is the default voice of an agent, the oldest other one is that from then on.
void delete_pipe(const api_desk& desk, const api_visit& visit) {
  const auto pipe = pipe_of(desk, visit);
  if (!pipe)
    return;
  const bool leads = !pipe->brain_json.empty() && pipe->is_default;
  const auto rows =
    leads ? rows_of(desk, visit.caller.project, pipe->agent.str()) : std::vector<pipe_record>{};
  erase_pipes(desk, visit, {*pipe}, "pipe '" + pipe->id.str() + "'",
              rows.size() > 1 ? &rows[1] : nullptr);
}

void list_agents(const api_desk& desk, const api_visit& visit) {
  const auto numbers = pipe_numbers_of(desk, visit.caller.project);
  visit.answer(ok_answer(200, json_list(agents_of(desk, visit.caller.project),
                                        [&](const std::vector<pipe_record>& rows) {
                                          return agent_json(rows, *desk->profiles.get(),
                                                            numbers.of(rows.front()));
                                        })));
}

void get_agent(const api_desk& desk, const api_visit& visit) {
  if (const auto rows = agent_of(desk, visit); !rows.empty())
    visit.answer(
      ok_answer(200, agent_json(rows, *desk->profiles.get(),
                                pipe_numbers_of(desk, visit.caller.project).of(rows.front()))));
}

void create_agent(const api_desk& desk, const api_visit& visit) {
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  pipe_record row;
  std::string why;
  if (!read_agent(*body, rules_of(desk), row, why))
    return visit.answer(error_answer(422, why));
  // The mark is looked at before the rows, which are read one by one: whoever makes one in
  // between has moved it.
  auto mark = mark_of(desk, visit.caller.project, row.agent);
  const auto rows = rows_of(desk, visit.caller.project, row.agent.str());
  for (const auto& other : rows)
    if (other.voice_profile == row.voice_profile)
      return visit.answer(error_answer(409, "agent '" + row.agent.str() + "' has the voice '"
                                              + row.voice_profile + "' already"));
  if (!rows.empty() && rows.front().brain_json != row.brain_json)
    return visit.answer(error_answer(409, "agent '" + row.agent.str()
                                            + "' is there already, with another brain: PUT it to "
                                              "change the brain"));
  row.id = pipe_id{desk->new_id("PIPE_")};
  row.project = visit.caller.project;
  row.is_default = rows.empty();
  row.created = row.modified = wall_now();
  std::vector<store_change> changes{change(store_change::what::create, row)};
  changes.push_back(std::move(mark));
  if (!rows
         .empty()) { // what was seen of the agent must still be so, a millisecond ago or less, too
    auto first = rows.front();
    first.modified = std::max(row.modified, first.modified + 1);
    changes.push_back({store_change::what::put, first, rows.front()});
  }
  write_then(desk, visit, std::move(changes),
             ok_answer(201, agent_voice_json(row, *desk->profiles.get())), create_agent);
}

void delete_agent(const api_desk& desk, const api_visit& visit) {
  if (const auto rows = agent_of(desk, visit); !rows.empty())
    erase_pipes(desk, visit, rows, "agent '" + rows.front().agent.str() + "'");
}

} // namespace

std::vector<api_route> pipe_routes() {
  return {
    {"GET", path_pattern{"v1/pipes"}, access::read, list_pipes},
    {"POST", path_pattern{"v1/pipes"}, access::admin, create_pipe},
    {"GET", path_pattern{"v1/pipes/{id}"}, access::read, get_pipe},
    {"PATCH", path_pattern{"v1/pipes/{id}"}, access::admin, update_pipe},
    {"DELETE", path_pattern{"v1/pipes/{id}"}, access::admin, delete_pipe},
    {"GET", path_pattern{"v1/agents"}, access::read, list_agents},
    {"POST", path_pattern{"v1/agents"}, access::admin, create_agent},
    {"GET", path_pattern{"v1/agents/{id}"}, access::read, get_agent},
    {"DELETE", path_pattern{"v1/agents/{id}"}, access::admin, delete_agent},
  };
}

} // namespace unpod
