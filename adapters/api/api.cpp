#include "adapters/api/api.hpp"

#include "adapters/api/actor_census.hpp"
#include "adapters/api/desk.hpp"
#include "adapters/api/entrance.hpp"
#include "adapters/api/event_feed.hpp"
#include "messages/log.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <exception>

namespace unpod {

std::vector<api_route> every_route() {
  std::vector<api_route> all;
  for (auto* table : {&pipe_routes,    &agent_routes,     &call_routes,   &queue_routes,
                      &session_routes, &room_routes,      &number_routes, &telephony_routes,
                      &trunk_routes,   &recording_routes, &event_routes,  &webhook_routes,
                      &usage_routes,   &analytics_routes, &tool_routes,   &dictionary_routes,
                      &account_routes, &docs_routes,      &node_routes,   &actor_routes,
                      &watch_routes})
    for (auto& route : table())
      all.push_back(std::move(route));
  return all;
}

namespace {

class api {
public:
  explicit api(api_setup setup) : desk_(std::make_shared<const api_setup>(std::move(setup))) {
    for (auto& route : every_route()) {
      const auto length = route.pattern.length();
      routes_.resize(std::max(routes_.size(), length + 1));
      routes_[length].push_back(std::move(route));
    }
  }

  void take(const std::shared_ptr<http_exchange>& exchange) const {
    const auto& request = exchange->request();
    const auto segments = route_path(request.path);
    auto query = parse_query(request.query);
    if (!segments || !query)
      return exchange->answer(error_answer(400, "the path or query is malformed"));
    // A word of the path's own goes before a name that catches any: it has the fewest captures.
    const api_route* found = nullptr;
    std::optional<path_captures> caught;
    std::string allowed;
    static const std::vector<api_route> none;
    for (const auto& route : segments->size() < routes_.size() ? routes_[segments->size()] : none) {
      auto here = route.pattern.match(*segments);
      if (!here || (caught && here->all.size() > caught->all.size()))
        continue;
      if (!caught || here->all.size() < caught->all.size()) {
        found = nullptr;
        allowed.clear();
        caught = std::move(here);
      }
      if (request.method == route.method || (request.method == "HEAD" && is_get(route)))
        found = &route;
      allowed += (allowed.empty() ? "" : ", ") + std::string{route.method};
    }
    if (found)
      return enter(*found, {exchange, found, {}, std::move(*caught), std::move(*query)});
    if (allowed.empty())
      return exchange->answer(error_answer(404, "there is no " + request.path + " here"));
    auto refusal = error_answer(405, request.method + " is not served here; " + allowed + " is");
    refusal.headers.emplace_back("Allow", allowed);
    exchange->answer(std::move(refusal));
  }

private:
  static bool is_get(const api_route& route) {
    return std::string_view{route.method} == "GET";
  }

  void enter(const api_route& route, api_visit visit) const {
    if (let_in(desk_, visit))
      route.action(desk_, visit);
  }

  api_desk desk_;
  std::vector<std::vector<api_route>> routes_; // by how many segments their paths have
};

} // namespace

std::optional<json::document> api_visit::body(const limits& bounds) const {
  std::string why;
  auto parsed = json::parse(request().body, bounds.wire.json_depth_max, why);
  if (!parsed)
    answer(error_answer(400, "the body is no JSON: " + why));
  return parsed;
}

namespace {

/// "pipe PIPE_…": a token's key is a hash of it and no name.
std::string target_of(const store_change& change) {
  const auto which = static_cast<table>(change.record.index());
  const auto key = std::visit([](const auto& record) { return key_of(record); }, change.record);
  return which == table::tokens ? noun_of(which) : noun_of(which) + (" " + key);
}

audit_record audit_of(const api_desk& desk, const api_visit& visit,
                      const std::vector<store_change>& changes) {
  audit_record entry;
  entry.id = desk->new_id("ADT_");
  entry.project = visit.caller.project;
  entry.key = visit.caller.key;
  entry.action = std::string{visit.route->method} + " /" + visit.route->pattern.text();
  for (const auto& change : changes)
    if (!std::holds_alternative<agent_mark>(change.record)
        && entry.target.size() < short_text_bytes_max)
      entry.target += (entry.target.empty() ? "" : ", ") + target_of(change);
  entry.peer = visit.request().peer;
  entry.at = wall_now();
  return entry;
}

bool is_about_keys(const store_change& change) {
  return std::holds_alternative<key_record>(change.record)
         || std::holds_alternative<project_record>(change.record);
}

/// Whose call is put into the queue; empty: nobody's.
std::string queued_project(const std::vector<store_change>& changes) {
  for (const auto& change : changes)
    if (const auto* row = std::get_if<queued_call>(&change.record))
      return row->project;
  return {};
}

} // namespace

void read_apart(const api_desk& desk, const api_visit& visit, api_action action) {
  if (!desk->elsewhere)
    return action(desk, visit);
  const auto job = [desk, visit, action] {
    try {
      action(desk, visit);
    } catch (const std::exception& error) {
      log(log_level::error, "adapters.api", visit.request().path, error.what());
      visit.answer(error_answer(500, "an error of the node's own"));
    }
  };
  if (!desk->elsewhere(job))
    visit.answer(error_answer(503, "the node reads for many others already; try again"));
}

void write_then(const api_desk& desk, const api_visit& visit, std::vector<store_change> changes,
                http_response answer, api_action again) {
  const bool about_keys = std::any_of(changes.begin(), changes.end(), is_about_keys);
  const auto queued = queued_project(changes);
  changes.push_back({store_change::what::put, audit_of(desk, visit, changes)});
  ask<store_done>(
    desk, visit, desk->house->get<store_actor>(), store_write{std::move(changes)},
    [desk, about_keys, queued, answer](const store_done&) {
      if (!queued.empty())
        if (const auto queue = desk->house->get<call_queue_actor>())
          caf::anon_send(queue, call_queued{queued});
      if (about_keys && desk->keys_changed)
        desk->keys_changed(); // before the answer: from then on a revoked key is none
      return answer;
    },
    [desk, visit, again](const caf::error& error) {
      if (!again || refusal_of(error) != refusal::conflict || visit.tries >= tries_max)
        return visit.answer(refusal_answer(error));
      auto next = visit;
      ++next.tries;
      read_apart(desk, next, again);
    });
}

void note_then(const api_desk& desk, const api_visit& visit, std::string target,
               std::function<http_response()> act) {
  auto entry = audit_of(desk, visit, {});
  entry.target = std::move(target);
  ask<store_done>(desk, visit, desk->house->get<store_actor>(),
                  store_write{{{store_change::what::put, std::move(entry)}}},
                  [act = std::move(act)](const store_done&) { return act(); });
}

std::function<void(std::shared_ptr<http_exchange>)> make_api(api_setup setup) {
  if (setup.link_secret.empty())
    setup.link_secret = setup.new_token();
  if (!setup.observers)
    setup.observers = std::make_shared<observer_seats>(setup.bounds.watch);
  if (!setup.census)
    setup.census = std::make_shared<actor_census>();
  const auto all = std::make_shared<const api>(std::move(setup));
  return [all](const std::shared_ptr<http_exchange>& exchange) { all->take(exchange); };
}

} // namespace unpod
