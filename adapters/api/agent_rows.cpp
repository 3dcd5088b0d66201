#include "adapters/api/agent_rows.hpp"

#include "adapters/api/attachments.hpp"

#include <algorithm>
#include <map>

namespace unpod {

namespace {

void put_default_first(std::vector<pipe_record>& rows) {
  std::stable_partition(rows.begin(), rows.end(),
                        [](const pipe_record& row) { return row.is_default; });
}

} // namespace

std::vector<pipe_record> pipes_of(const api_desk& desk, const std::string& project) {
  return all_of<pipe_record>(desk, table::pipes, project);
}

std::vector<pipe_record> rows_of(const api_desk& desk, const std::string& project,
                                 const std::string& agent) {
  auto rows = pipes_of(desk, project);
  rows.erase(std::remove_if(rows.begin(), rows.end(),
                            [&](const pipe_record& row) {
                              return row.brain_json.empty() || row.agent.str() != agent;
                            }),
             rows.end());
  put_default_first(rows);
  return rows;
}

store_change mark_of(const api_desk& desk, const std::string& project, const agent_id& agent) {
  agent_mark mark;
  mark.id = desk->hash_token(project + "/" + agent.str());
  mark.project = project;
  mark.made = 1;
  const auto before = find<agent_mark>(*desk->reader, table::marks, mark.id);
  if (!before)
    return {store_change::what::create, mark};
  mark.made = before->made + 1;
  return {store_change::what::put, mark, *before};
}

std::vector<std::vector<pipe_record>> agents_of(const api_desk& desk, const std::string& project) {
  std::vector<std::vector<pipe_record>> agents;
  std::map<agent_id, std::size_t> places;
  for (auto& row : pipes_of(desk, project)) {
    if (row.brain_json.empty())
      continue;
    const auto [place, is_new] = places.emplace(row.agent, agents.size());
    if (is_new)
      agents.emplace_back();
    agents[place->second].push_back(std::move(row));
  }
  for (auto& rows : agents)
    put_default_first(rows);
  return agents;
}

std::vector<pipe_record> agent_of(const api_desk& desk, const api_visit& visit) {
  auto rows = rows_of(desk, visit.caller.project, visit.part("id"));
  if (rows.empty())
    visit.answer(error_answer(404, "there is no agent '" + visit.part("id") + "'"));
  return rows;
}

body_rules rules_of(const api_desk& desk) {
  return {desk->profiles.get(), desk->grammar_mistake, desk->zones};
}

} // namespace unpod
