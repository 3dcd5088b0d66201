// Tools (SDK 0.5.0 `client.tools`): a project writes them down once and attaches them to agents
// by name. They are checked, kept and shown; calls of this node run none of them yet.
#include "adapters/api/attached_agents.hpp"
#include "adapters/api/attachments.hpp"
#include "adapters/api/shapes.hpp"
#include "adapters/api/tool_bodies.hpp"

#include "messages/json_line.hpp"

namespace unpod {

namespace {

std::string key_of_tool(const api_visit& visit) {
  return visit.caller.project + "/" + visit.part("id");
}

std::optional<tool_record> stored_tool(const api_desk& desk, const api_visit& visit) {
  return find<tool_record>(*desk->reader, table::tools, key_of_tool(visit));
}

std::optional<tool_record> tool_of(const api_desk& desk, const api_visit& visit) {
  auto tool = stored_tool(desk, visit);
  if (!tool)
    visit.answer(error_answer(404, "there is no tool '" + visit.part("id")
                                     + "'; GET /v1/custom-tools lists this project's"));
  return tool;
}

void list_catalogue(const api_desk&, const api_visit& visit) {
  visit.answer(ok_answer(200, tool_catalogue_json()));
}

void show_tools(const api_desk& desk, const api_visit& visit) {
  visit.answer(ok_answer(
    200, json_list(all_of<tool_record>(desk, table::tools, visit.caller.project), tool_json)));
}

void list_tools(const api_desk& desk, const api_visit& visit) {
  read_apart(desk, visit, show_tools);
}

void get_tool(const api_desk& desk, const api_visit& visit) {
  if (const auto tool = tool_of(desk, visit))
    visit.answer(ok_answer(200, tool_json(*tool)));
}

/// Is there room for one more? Else 422 is answered here.
bool has_room(const api_desk& desk, const api_visit& visit) {
  if (all_of<tool_record>(desk, table::tools, visit.caller.project).size() < project_tools_max)
    return true;
  visit.answer(error_answer(422, "a project has at most " + std::to_string(project_tools_max)
                                   + " tools: delete one first"));
  return false;
}

/// Made, or replaced with all but its agents.
void put_tool(const api_desk& desk, const api_visit& visit) {
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  const auto name = visit.part("id");
  if (!is_tool_name(name))
    return visit.answer(
      error_answer(422, "tool_id is what the model calls: letters, digits, '_' and '-', at most "
                          + std::to_string(tool_name_bytes_max) + ", a letter or '_' first"));
  if (is_built_in_tool(name))
    return visit.answer(error_answer(422, "tool_id: '" + name + "' is a tool of the node's own"));
  const auto before = stored_tool(desk, visit);
  auto tool = before.value_or(tool_record{});
  std::string why;
  if (!read_tool(*body, tool, why))
    return visit.answer(error_answer(422, why));
  if (!before && !has_room(desk, visit))
    return;
  tool.id = key_of_tool(visit);
  tool.project = visit.caller.project;
  tool.name = name;
  tool.modified = wall_now();
  tool.created = before ? before->created : tool.modified;
  store_change change{before ? store_change::what::put : store_change::what::create, tool};
  if (before)
    change.before = *before;
  write_then(desk, visit, {std::move(change)}, ok_answer(200, tool_json(tool)), put_tool);
}

void delete_tool(const api_desk& desk, const api_visit& visit) {
  if (const auto tool = tool_of(desk, visit))
    write_then(desk, visit, {{store_change::what::erase, *tool, *tool}}, empty_answer(),
               delete_tool);
}

std::string standing(const api_visit& visit, const std::string& agent, bool attached) {
  return json_line{}
    .text("tool_id", visit.part("id"))
    .text("agent_id", agent)
    .flag("attached", attached)
    .str();
}

void attach_tool(const api_desk& desk, const api_visit& visit) {
  const bool own = is_built_in_tool(visit.part("id"));
  auto tool = own ? tool_record{} : tool_of(desk, visit).value_or(tool_record{});
  if (!own && tool.id.empty())
    return;
  const auto agent = known_agent_asked(desk, visit);
  if (agent.empty())
    return;
  const auto before = tool;
  if (own || !add_agent_to(tool.agents_json, agent))
    return visit.answer(ok_answer(200, standing(visit, agent, true)));
  if (agents_in(tool.agents_json).size() > attached_agents_max)
    return visit.answer(error_answer(422, "a tool is attached to at most "
                                            + std::to_string(attached_agents_max) + " agents"));
  tool.modified = wall_now();
  write_then(desk, visit, {{store_change::what::put, tool, before}},
             ok_answer(200, standing(visit, agent, true)), attach_tool);
}

void detach_tool(const api_desk& desk, const api_visit& visit) {
  if (is_built_in_tool(visit.part("id")))
    return visit.answer(
      error_answer(409, "'" + visit.part("id") + "' is always there and cannot be detached"));
  auto tool = tool_of(desk, visit);
  if (!tool)
    return;
  const auto agent = agent_asked(desk, visit);
  if (agent.empty())
    return;
  const auto before = *tool;
  if (!remove_agent_from(tool->agents_json, agent))
    return visit.answer(ok_answer(200, standing(visit, agent, false)));
  tool->modified = wall_now();
  write_then(desk, visit, {{store_change::what::put, *tool, before}},
             ok_answer(200, standing(visit, agent, false)), detach_tool);
}

} // namespace

std::vector<api_route> tool_routes() {
  return {
    {"GET", path_pattern{"v1/tools"}, access::read, list_catalogue},
    {"GET", path_pattern{"v1/custom-tools"}, access::read, list_tools},
    {"GET", path_pattern{"v1/custom-tools/{id}"}, access::read, get_tool},
    {"PUT", path_pattern{"v1/custom-tools/{id}"}, access::admin, put_tool},
    {"DELETE", path_pattern{"v1/custom-tools/{id}"}, access::admin, delete_tool},
    {"POST", path_pattern{"v1/tools/{id}/attach"}, access::admin, attach_tool},
    {"POST", path_pattern{"v1/tools/{id}/detach"}, access::admin, detach_tool},
  };
}

} // namespace unpod
