// The living actors of the node: seen as a tree or as rows, traced, and held, let go or
// killed from outside. All of it is the node administrator's; what changes something is in
// the audit log before it happens.
#include "adapters/api/actor_rows.hpp"
#include "adapters/api/desk.hpp"
#include "adapters/api/shapes.hpp"
#include "adapters/api/trace_feed.hpp"

#include "messages/json_line.hpp"
#include "messages/nudge.hpp"
#include "messages/observed.hpp"

#include <caf/send.hpp>

#include <charconv>

namespace unpod {

namespace {

/// s. 60: a suspended actor goes on by itself then.
constexpr std::int64_t hold_s_max = 60;
/// ms. 5,000: what each message of a slowed actor waits for its turn.
constexpr std::int64_t slow_ms_max = 5'000;

both_clocks clocks_now() {
  return {std::chrono::nanoseconds{activity_node::clock_ns()}, wall_now()};
}

const activity_registry* registry_of(const api_desk& desk) {
  return activities_of(*desk->system);
}

/// "call SCL_… (actor 42)"
std::string target_of(const activity& one) {
  return one.kind + (one.subject.empty() ? "" : " " + one.subject) + " (actor "
         + std::to_string(one.id) + ")";
}

/// The actor that the path names; when there is none, 404 is answered here.
std::optional<activity> actor_of(const api_desk& desk, const api_visit& visit) {
  const auto word = visit.part("id");
  std::uint64_t id = 0;
  const auto read = std::from_chars(word.data(), word.data() + word.size(), id);
  const auto* registry = registry_of(desk);
  if (registry && read.ec == std::errc{} && read.ptr == word.data() + word.size())
    if (auto found = registry->find(id))
      return found;
  visit.answer(error_answer(404, "there is no actor '" + word + "'; it may have ended"));
  return std::nullopt;
}

void list_actors(const api_desk& desk, const api_visit& visit) {
  std::string why;
  if (!read_actor_wish(visit.query, why))
    return visit.answer(error_answer(422, why));
  read_apart(desk, visit, [](const api_desk& at, const api_visit& for_whom) {
    std::string ignored;
    const auto wish = read_actor_wish(for_whom.query, ignored);
    const auto rows = arranged(activities_of(*at->system)->snapshot(), *wish);
    for_whom.answer(ok_answer(200, actors_json(rows, clocks_now())));
  });
}

void get_actor(const api_desk& desk, const api_visit& visit) {
  const auto one = actor_of(desk, visit);
  if (!one)
    return;
  const auto now = clocks_now();
  const auto* registry = registry_of(desk);
  std::string children, exits;
  std::size_t count = 0;
  for (const auto& other : registry->snapshot())
    if (other.parent == one->id && ++count <= actor_rows_max)
      children += (children.empty() ? "" : ",") + actor_json({other, 1, 0, true}, now);
  for (const auto& exit : registry->exits())
    if (exit.parent == one->id)
      exits += (exits.empty() ? "" : ",") + exit_json(exit, now);
  visit.answer(ok_answer(200, json_line{}
                                .members_of(actor_json({*one, 0, count, true}, now))
                                .flag("can_suspend", may_be_suspended(one->kind))
                                .flag("can_kill", may_be_killed(one->kind))
                                .raw("children_rows", "[" + children + "]")
                                .raw("children_died", "[" + exits + "]")
                                .str()));
}

/// A whole number of the body, or the usual one; a mistake is answered here.
std::optional<std::int64_t> whole_of(const api_desk& desk, const api_visit& visit, const char* name,
                                     std::int64_t most, std::int64_t usual) {
  if (visit.request().body.empty())
    return usual;
  const auto body = visit.body(desk->bounds);
  if (!body)
    return std::nullopt;
  if (!body->IsObject() || !json::member(*body, name))
    return usual;
  const auto given = json::whole(*body, name);
  if (given && *given >= 1 && *given <= most)
    return given;
  visit.answer(error_answer(422, std::string{name} + " must be a whole number from 1 to "
                                   + std::to_string(most)));
  return std::nullopt;
}

/// From now on, for so long; then a nudge lets it look at what waited.
void hold_then_answer(const api_desk& desk, const api_visit& visit, const activity& one,
                      actor_hold how, std::chrono::nanoseconds each, seconds life) {
  note_then(desk, visit, target_of(one), [desk, id = one.id, how, each, life] {
    auto* registry = activities_of(*desk->system);
    const auto actor = caf::actor_cast<caf::actor>(registry->actor(id));
    if (!actor || !registry->hold(id, how, each, life))
      return error_answer(404, "that actor has just ended");
    if (how == actor_hold::none)
      caf::anon_send(actor, nudge_actor{});
    else
      caf::delayed_anon_send(actor, life + milliseconds{10}, nudge_actor{});
    const auto now = registry->find(id);
    return now ? ok_answer(200, actor_json({*now, 0, 0, true}, clocks_now()))
               : error_answer(404, "that actor has just ended");
  });
}

void suspend_actor(const api_desk& desk, const api_visit& visit) {
  const auto one = actor_of(desk, visit);
  if (!one)
    return;
  if (!may_be_suspended(one->kind))
    return visit.answer(error_answer(
      409, "a " + one->kind + " may not be suspended: too many others would wait for it"));
  if (const auto life = whole_of(desk, visit, "seconds", hold_s_max, hold_s_max))
    hold_then_answer(desk, visit, *one, actor_hold::suspended, {}, seconds{*life});
}

void resume_actor(const api_desk& desk, const api_visit& visit) {
  if (const auto one = actor_of(desk, visit))
    hold_then_answer(desk, visit, *one, actor_hold::none, {}, seconds{0});
}

void kill_actor(const api_desk& desk, const api_visit& visit) {
  const auto one = actor_of(desk, visit);
  if (!one)
    return;
  if (!may_be_killed(one->kind))
    return visit.answer(error_answer(409, "the node itself is stopped with SIGTERM"));
  note_then(desk, visit, target_of(*one), [desk, seen = *one] {
    const auto actor = activities_of(*desk->system)->actor(seen.id);
    if (!actor)
      return error_answer(404, "that actor has just ended");
    caf::anon_send_exit(caf::actor_cast<caf::actor>(actor), caf::exit_reason::kill);
    return ok_answer(200, actor_json({seen, 0, 0, true}, clocks_now()));
  });
}

/// `{"do": "stall" | "slow" | "drop", "seconds": N, "ms": N}`
void make_chaos(const api_desk& desk, const api_visit& visit) {
  if (!desk->dev)
    return visit.answer(error_answer(403, "chaos is for a node started with --dev"));
  const auto one = actor_of(desk, visit);
  if (!one)
    return;
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  const auto what = body->IsObject() ? json::text(*body, "do") : std::nullopt;
  const auto life = whole_of(desk, visit, "seconds", hold_s_max, 5);
  const auto each = life ? whole_of(desk, visit, "ms", slow_ms_max, 100) : std::nullopt;
  if (!life || !each)
    return;
  const auto how = what == "stall"  ? actor_hold::suspended
                   : what == "slow" ? actor_hold::slowed
                   : what == "drop" ? actor_hold::dropping
                                    : actor_hold::none;
  if (how == actor_hold::none)
    return visit.answer(error_answer(422, "do must be stall, slow or drop"));
  if (one->kind == "node" || one->kind == "store")
    return visit.answer(error_answer(409, "this answer itself waits for the " + one->kind));
  hold_then_answer(desk, visit, *one, how, milliseconds{*each}, seconds{*life});
}

/// s. 10: how long a trace lasts when nobody says. 1: how often its end is looked for.
constexpr std::int64_t trace_s_usual = 10;
constexpr seconds trace_look_every{1};

http_response trace_answer(const api_desk& desk, const trace_wish& wish) {
  // The API lives in the system that the registry is of.
  const auto feed = std::make_shared<trace_feed>(*activities_of(*desk->system), wish, clocks_now);
  if (!feed->is_on()) {
    auto refused = error_answer(429, std::to_string(activity_registry::traces_max)
                                       + " traces are on, as many as a node carries at a time");
    refused.headers.emplace_back("Retry-After", "5");
    return refused;
  }
  const auto body = std::make_shared<http_open_body>();
  body->poll = [feed](std::function<void()> wake) { return feed->poll(std::move(wake)); };
  body->idle = ": still here\n\n";
  body->idle_after = trace_look_every;
  http_response response;
  response.content_type = "text/event-stream";
  response.headers.emplace_back("Cache-Control", "no-store");
  response.headers.emplace_back("X-Accel-Buffering", "no");
  response.open = body;
  return response;
}

/// `{"seconds": N, "words": true}`: words are what was said, which not everybody may see.
void trace_actor(const api_desk& desk, const api_visit& visit) {
  const auto one = actor_of(desk, visit);
  const auto life_max = activity_registry::trace_life_max.count();
  const auto life = one ? whole_of(desk, visit, "seconds", life_max, trace_s_usual) : std::nullopt;
  if (!life)
    return;
  bool words = false;
  if (!visit.request().body.empty()) {
    const auto body = visit.body(desk->bounds);
    const auto* given = body && body->IsObject() ? json::member(*body, "words") : nullptr;
    if (given && !given->IsBool())
      return visit.answer(error_answer(422, "words must be true or false"));
    words = given && given->GetBool();
  }
  const trace_wish wish{one->id, words, seconds{*life}};
  note_then(desk, visit, target_of(*one) + (words ? " with words" : ""),
            [desk, wish] { return trace_answer(desk, wish); });
}

} // namespace

std::vector<api_route> actor_routes() {
  return {
    {"GET", path_pattern{"v1/actors"}, access::node, list_actors},
    {"GET", path_pattern{"v1/actors/{id}"}, access::node, get_actor},
    {"POST", path_pattern{"v1/actors/{id}/trace"}, access::node, trace_actor},
    {"POST", path_pattern{"v1/actors/{id}/suspend"}, access::node, suspend_actor},
    {"POST", path_pattern{"v1/actors/{id}/resume"}, access::node, resume_actor},
    {"POST", path_pattern{"v1/actors/{id}/kill"}, access::node, kill_actor},
    {"POST", path_pattern{"v1/actors/{id}/chaos"}, access::node, make_chaos},
  };
}

} // namespace unpod
