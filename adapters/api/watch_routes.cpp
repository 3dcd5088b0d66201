// Looking at a node and at one call: what the process takes, how near its limits it is, its
// log, and the whole story of a call. Also what an operator does about it: drains a runner,
// lets a room say more.
#include "adapters/api/bodies.hpp"
#include "adapters/api/call_rows.hpp"
#include "adapters/api/call_story.hpp"
#include "adapters/api/desk.hpp"
#include "adapters/api/node_view.hpp"

#include "messages/json_line.hpp"
#include "messages/observed.hpp"

#include <charconv>
#include <set>

namespace unpod {

namespace {

/// lines. 200: of one answer.
constexpr std::size_t log_lines_max = 200;

/// What needs no actor; the rest is asked for, one after the other.
std::shared_ptr<node_sight> first_sight(const api_desk& desk) {
  auto sight = std::make_shared<node_sight>();
  if (desk->figures)
    sight->figures = desk->figures();
  if (desk->gauges)
    sight->metrics = desk->gauges();
  sight->bounds = desk->bounds;
  sight->draining = desk->draining();
  if (const auto* registry = activities_of(*desk->system)) {
    sight->actors = desk->census->take(*registry, mono_now());
    sight->exits = registry->exits();
    sight->died = registry->died();
  }
  sight->now = {std::chrono::nanoseconds{activity_node::clock_ns()}, wall_now()};
  return sight;
}

/// Every PROVIDER that lives.
std::vector<caf::actor> providers_of(const api_desk& desk, const node_sight& sight) {
  std::vector<caf::actor> all;
  for (const auto& one : sight.actors.providers)
    if (auto actor = caf::actor_cast<caf::actor>(activities_of(*desk->system)->actor(one.actor)))
      all.push_back(std::move(actor));
  return all;
}

/// STORE, ORCHESTRATOR, ACCOUNTANT, PROVIDERs: who does not answer is shown with nothing.
void complete_sight(const api_desk& desk, const api_visit& visit,
                    const std::shared_ptr<node_sight>& sight) {
  desk->system->spawn([desk, visit, sight](caf::event_based_actor* self) {
    const auto finish = [visit, sight] { visit.answer(ok_answer(200, node_json(*sight))); };
    const auto providers = providers_of(desk, *sight);
    const auto left = std::make_shared<std::size_t>(3 + providers.size());
    const auto one_less = [left, finish] {
      if (--*left == 0)
        finish();
    };
    const auto look = [&](auto role, auto question, auto taken) {
      if (role)
        self->request(role, seconds{2}, question).then(taken, [one_less](const caf::error&) {
          one_less();
        });
      else
        one_less();
    };
    look(desk->house->get<store_actor>(), caf::get_atom::value, [=](const store_health& health) {
      sight->store = health;
      one_less();
    });
    look(desk->house->get<orchestrator_actor>(), list_runners{}, [=](const runner_list& all) {
      sight->runners = all.rows;
      one_less();
    });
    look(desk->house->get<accountant_actor>(), read_metrics{}, [=](const metrics_text& counted) {
      sight->metrics += counted.text;
      one_less();
    });
    for (const auto& provider : providers)
      look(provider, caf::get_atom::value, [=](const provider_health& health) {
        sight->providers.push_back(health);
        one_less();
      });
  });
}

void show_node(const api_desk& desk, const api_visit& visit) {
  read_apart(desk, visit, [](const api_desk& at, const api_visit& for_whom) {
    complete_sight(at, for_whom, first_sight(at));
  });
}

/// What observers of the call were told and the journal has not: partials, states, sounds. They
/// are remembered while the call lives, and for a while after it.
void add_moments(const api_desk& desk, const call_record& call,
                 std::vector<journal_record>& journal) {
  const auto line = desk->events->find(call.id);
  if (!line)
    return;
  std::set<std::uint64_t> kept;
  for (const auto& entry : journal)
    kept.insert(entry.seq);
  for (const auto& event : line->read(0, desk->bounds.watch.event_bytes_kept).events)
    if (kept.count(event.seq) == 0 && event.kind != "ledger") // the transcript has those
      journal.push_back({call.id, event.seq, event.at, event.kind, event.body});
}

void show_timeline(const api_desk& desk, const api_visit& visit) {
  read_apart(desk, visit, [](const api_desk& at, const api_visit& for_whom) {
    const auto call = call_of(at, for_whom);
    if (!call)
      return;
    list_query query;
    query.prefix = call->id.str() + "/";
    query.rows_max = std::min(timeline_rows_max, at->bounds.store.list_rows_max);
    std::vector<journal_record> journal;
    for (;;) {
      const auto some = list<journal_record>(*at->reader, table::journal, query);
      journal.insert(journal.end(), some.begin(), some.end());
      if (some.size() < query.rows_max || journal.size() >= timeline_rows_max)
        break;
      query.after = key_of(some.back());
    }
    add_moments(at, *call, journal);
    for_whom.answer(ok_answer(200, timeline_json(*call, journal)));
  });
}

/// Its live calls go on; it gets no more.
void drain_one_runner(const api_desk& desk, const api_visit& visit) {
  const worker_id wanted{visit.part("id")};
  const auto orchestrator = desk->house->get<orchestrator_actor>();
  ask<runner_list>(desk, visit, orchestrator, list_runners{}, [=](const runner_list& all) {
    const bool mine = std::any_of(all.rows.begin(), all.rows.end(), [&](const runner_row& row) {
      return row.card.worker == wanted && row.card.project == visit.caller.project;
    });
    if (!mine)
      return error_answer(404, "there is no runner '" + wanted.str() + "'");
    caf::anon_send(orchestrator, drain_runner{wanted});
    return ok_answer(202, json_line{}.text("worker_id", wanted.str()).flag("draining", true).str());
  });
}

void show_logs(const api_desk& desk, const api_visit& visit) {
  std::uint64_t after = 0;
  if (const auto text = visit.query.find("after")) {
    const auto read = std::from_chars(text->data(), text->data() + text->size(), after);
    if (read.ec != std::errc{} || read.ptr != text->data() + text->size())
      return visit.answer(error_answer(422, "after must be the seq of a line"));
  }
  std::string rows;
  if (desk->logs)
    for (const auto& line : desk->logs->after(after, log_lines_max))
      rows += (rows.empty() ? "" : ",") + log_line_json(line);
  visit.answer(ok_answer(200, "[" + rows + "]"));
}

std::string levels_json(const log_book& logs) {
  json_line rooms;
  std::string usual;
  for (const auto& [room, level] : logs.levels())
    if (room.empty())
      usual = name_of(level);
    else
      rooms.text(room, name_of(level));
  return json_line{}.text("level", usual).raw("rooms", rooms.str()).str();
}

void show_levels(const api_desk& desk, const api_visit& visit) {
  visit.answer(
    ok_answer(200, desk->logs ? levels_json(*desk->logs) : R"({"level":"info","rooms":{}})"));
}

/// `{"room": "adapters.speech", "level": "debug"}`; without a room all others.
void set_levels(const api_desk& desk, const api_visit& visit) {
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  const auto word = body->IsObject() ? json::text(*body, "level") : std::nullopt;
  const auto level = word ? log_level_of(*word) : std::nullopt;
  if (!level)
    return visit.answer(error_answer(422, "level must be debug, info, warn or error"));
  const auto room = json::text(*body, "room").value_or("");
  if (room.size() > short_text_bytes_max)
    return visit.answer(error_answer(422, "room is longer than 256 bytes"));
  if (!desk->logs)
    return visit.answer(error_answer(503, "this node keeps no log"));
  note_then(desk, visit, (room.empty() ? "log" : "log of " + room) + " at " + *word,
            [desk, room, level = *level] {
              return desk->logs->set_level(room, level)
                       ? ok_answer(200, levels_json(*desk->logs))
                       : error_answer(409, "too many rooms have a level of their own");
            });
}

} // namespace

std::vector<api_route> watch_routes() {
  return {
    {"GET", path_pattern{"v1/node"}, access::node, show_node},
    {"GET", path_pattern{"v1/calls/{id}/timeline"}, access::read, show_timeline},
    {"POST", path_pattern{"v1/runners/{id}/drain"}, access::admin, drain_one_runner},
    {"GET", path_pattern{"v1/logs"}, access::node, show_logs},
    {"GET", path_pattern{"v1/logs/levels"}, access::node, show_levels},
    {"POST", path_pattern{"v1/logs/levels"}, access::node, set_levels},
  };
}

} // namespace unpod
