// Agents as a whole and their voices: what changes many rows at once (contract §1.6,
// §1.7). Every write names what it saw of the agent's default row, so that two writers
// never leave an agent without a voice, without a default, or with one voice twice.
#include "adapters/api/agent_bodies.hpp"
#include "adapters/api/agent_rows.hpp"
#include "adapters/api/attachments.hpp"
#include "adapters/api/shapes.hpp"

#include <algorithm>

namespace unpod {

namespace {

/// characters. 8 of a pipe's id, random ones: they make a handle unique.
constexpr std::size_t handle_tail = 8;

/// A changed row, refused when someone else changed it meanwhile: in the same millisecond, too.
store_change changed(const pipe_record& before, pipe_record after) {
  after.modified = std::max(wall_now(), before.modified + 1);
  return {store_change::what::put, std::move(after), before};
}

std::string with_voice(const pipe_record& row) {
  return "agent '" + row.agent.str() + "' has the voice '" + row.voice_profile + "' already";
}

void update_agent(const api_desk& desk, const api_visit& visit) {
  const auto before = agent_of(desk, visit);
  if (before.empty())
    return;
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  auto rows = before;
  std::vector<store_change> changes;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::string why;
    if (!read_agent_change(*body, rules_of(desk), rows[i], why))
      return visit.answer(error_answer(422, why));
    rows[i].modified = wall_now();
    changes.push_back({store_change::what::put, rows[i], before[i]});
  }
  write_then(
    desk, visit, std::move(changes),
    ok_answer(200, agent_json(rows, *desk->profiles.get(),
                              pipe_numbers_of(desk, visit.caller.project).of(rows.front()))));
}

void add_voice(const api_desk& desk, const api_visit& visit) {
  auto mark = mark_of(desk, visit.caller.project, agent_id{visit.part("id")});
  const auto rows = agent_of(desk, visit);
  if (rows.empty())
    return;
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  auto row = rows.front();
  std::string why;
  if (!read_new_voice(*body, rules_of(desk), row, why))
    return visit.answer(error_answer(422, why));
  for (const auto& other : rows)
    if (other.voice_profile == row.voice_profile)
      return visit.answer(error_answer(409, with_voice(other)));
  row.id = pipe_id{desk->new_id("PIPE_")};
  row.is_default = false;
  row.created = row.modified = wall_now();
  write_then(
    desk, visit,
    {{store_change::what::create, row}, std::move(mark), changed(rows.front(), rows.front())},
    ok_answer(201, agent_voice_json(row, *desk->profiles.get())));
}

/// The row of the voice that the path names, by id or name of its profile; or 404.
std::optional<std::size_t> voice_of(const api_desk& desk, const api_visit& visit,
                                    const std::vector<pipe_record>& rows) {
  const auto wanted = visit.part("voice");
  const auto all = desk->profiles.get();
  const auto* profile = find_profile(*all, wanted);
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const pipe_record& row) {
    return row.voice_profile == (profile ? profile->id : wanted);
  });
  if (found != rows.end())
    return static_cast<std::size_t>(found - rows.begin());
  visit.answer(error_answer(404, "agent '" + visit.part("id") + "' has no voice '" + wanted + "'"));
  return std::nullopt;
}

/// The numbers attached to this very row; those of the agent go on to another voice.
std::vector<number_record> numbers_of(const api_desk& desk, const pipe_record& row) {
  auto numbers = all_of<number_record>(desk, table::numbers, row.project);
  numbers.erase(std::remove_if(numbers.begin(), numbers.end(),
                               [&](const number_record& number) {
                                 return !number.agent.empty() || number.pipe != row.id;
                               }),
                numbers.end());
  return numbers;
}

void remove_voice(const api_desk& desk, const api_visit& visit) {
  const auto rows = agent_of(desk, visit);
  if (rows.empty())
    return;
  const auto at = voice_of(desk, visit, rows);
  if (!at)
    return;
  const auto& row = rows[*at];
  if (rows.size() == 1)
    return visit.answer(error_answer(409, "'" + row.voice_profile + "' is the last voice of agent '"
                                            + row.agent.str() + "': delete the agent instead"));
  const auto numbers = numbers_of(desk, row);
  if (!numbers.empty() && !may_detach(visit.query))
    return visit.answer(coded_answer(409, "numbers_attached",
                                     "the voice '" + row.voice_profile + "' answers "
                                       + names_of(numbers)
                                       + "; detach them first, or add ?detach_numbers=true"));
  std::vector<store_change> changes{{store_change::what::erase, row, row}};
  if (*at > 0) {
    changes.push_back(changed(rows.front(), rows.front()));
  } else {
    auto heir = rows[1]; // the oldest
    heir.is_default = true;
    changes.push_back(changed(rows[1], heir));
  }
  for (auto freed : numbers) {
    const auto before = freed;
    detach(freed, wall_now());
    changes.push_back({store_change::what::put, freed, before});
  }
  write_then(desk, visit, std::move(changes), empty_answer());
}

void update_voice(const api_desk& desk, const api_visit& visit) {
  const auto rows = agent_of(desk, visit);
  if (rows.empty())
    return;
  const auto at = voice_of(desk, visit, rows);
  if (!at)
    return;
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  auto row = rows[*at];
  bool make_default = false;
  std::string why;
  if (!read_voice_change(*body, row, make_default, why))
    return visit.answer(error_answer(422, why));
  row.is_default = make_default;
  row.modified = wall_now();
  std::vector<store_change> changes{{store_change::what::put, row, rows[*at]}};
  if (*at > 0) {
    auto first = rows.front();
    first.is_default = !make_default;
    changes.push_back(changed(rows.front(), first));
  }
  write_then(desk, visit, std::move(changes),
             ok_answer(200, agent_voice_json(row, *desk->profiles.get())));
}

/// The older unified call: a pipe, and with a prompt or a playbook an agent around it.
void create_voice_agent(const api_desk& desk, const api_visit& visit) {
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  pipe_record row;
  std::string why;
  if (!read_voice_agent(*body, rules_of(desk), row, why))
    return visit.answer(error_answer(422, why));
  row.id = pipe_id{desk->new_id("PIPE_")};
  if (!row.brain_json.empty()) { // nobody named the agent: its handle is of no other's
    const auto& id = row.id.str();
    row.agent =
      agent_id{slug_of(row.name) + "-" + id.substr(id.size() - std::min(id.size(), handle_tail))};
    row.is_default = true;
  }
  row.project = visit.caller.project;
  row.created = row.modified = wall_now();
  write_then(desk, visit, {{store_change::what::create, row}}, ok_answer(201, pipe_json(row)));
}

} // namespace

std::vector<api_route> agent_routes() {
  return {
    {"PUT", path_pattern{"v1/agents/{id}"}, access::admin, update_agent},
    {"PATCH", path_pattern{"v1/agents/{id}"}, access::admin, update_agent},
    {"POST", path_pattern{"v1/agents/{id}/voices"}, access::admin, add_voice},
    {"PATCH", path_pattern{"v1/agents/{id}/voices/{voice}"}, access::admin, update_voice},
    {"DELETE", path_pattern{"v1/agents/{id}/voices/{voice}"}, access::admin, remove_voice},
    {"POST", path_pattern{"v1/agent/voice"}, access::admin, create_voice_agent},
  };
}

} // namespace unpod
