#include "adapters/api/attached_agents.hpp"

#include "adapters/api/attachments.hpp"
#include "adapters/api/shapes.hpp"
#include "messages/json_line.hpp"

#include <algorithm>

namespace unpod {

std::vector<std::string> agents_in(const std::string& agents_json) {
  std::vector<std::string> agents;
  std::string why;
  const auto all = json::parse(agents_json, 1, why);
  if (all && all->IsArray())
    for (const auto& one : all->GetArray())
      if (one.IsString())
        agents.emplace_back(one.GetString(), one.GetStringLength());
  return agents;
}

std::string agents_as_json(const std::vector<std::string>& agents) {
  return json_list(agents, [](const std::string& agent) { return json_quoted(agent); });
}

bool add_agent_to(std::string& agents_json, const std::string& agent) {
  auto agents = agents_in(agents_json);
  if (std::find(agents.begin(), agents.end(), agent) != agents.end())
    return false;
  agents.push_back(agent);
  agents_json = agents_as_json(agents);
  return true;
}

bool remove_agent_from(std::string& agents_json, const std::string& agent) {
  auto agents = agents_in(agents_json);
  const auto there = std::find(agents.begin(), agents.end(), agent);
  if (there == agents.end())
    return false;
  agents.erase(there);
  agents_json = agents_as_json(agents);
  return true;
}

std::string agent_asked(const api_desk& desk, const api_visit& visit) {
  const auto body = visit.body(desk->bounds);
  if (!body)
    return {};
  const auto agent = json::text(*body, "agent_id").value_or("");
  if (!agent.empty() && agent.size() <= short_text_bytes_max)
    return agent;
  visit.answer(error_answer(422, agent.empty()
                                   ? "agent_id is missing: which agent?"
                                   : "agent_id is longer than "
                                       + std::to_string(short_text_bytes_max) + " bytes"));
  return {};
}

std::string known_agent_asked(const api_desk& desk, const api_visit& visit) {
  const auto agent = agent_asked(desk, visit);
  bool known = agent.empty();
  if (!known)
    for_each_of<pipe_record>(desk, table::pipes, visit.caller.project, "",
                             [&](const pipe_record& pipe) {
                               known = pipe.agent.str() == agent;
                               return !known;
                             });
  if (known)
    return agent;
  visit.answer(error_answer(404, "agent_id: there is no agent '" + agent
                                   + "'; create it, or a pipe for it, first"));
  return {};
}

} // namespace unpod
