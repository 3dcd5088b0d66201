// The node itself: voice profiles, runners, health and metrics (contract §1.14, §1.17).
#include "adapters/api/desk.hpp"
#include "adapters/api/shapes.hpp"

#include "messages/json_line.hpp"

#include <algorithm>

namespace unpod {

namespace {

void list_profiles(const api_desk& desk, const api_visit& visit) {
  std::vector<voice_profile> wanted;
  const auto language = visit.query.find("language");
  for (const auto& profile : *desk->profiles)
    if (!language || profile.language == *language)
      wanted.push_back(profile);
  visit.answer(ok_answer(200, json_list(wanted, profile_json)));
}

void get_profile(const api_desk& desk, const api_visit& visit) {
  if (const auto* profile = find_profile(*desk->profiles, visit.part("id")))
    visit.answer(ok_answer(200, profile_json(*profile)));
  else
    visit.answer(error_answer(404, "there is no voice profile '" + visit.part("id") + "'"));
}

/// Bare rows, not only in the envelope: the orchestrator's own view is a list (contract §1.17).
void list_all_runners(const api_desk& desk, const api_visit& visit) {
  ask<runner_list>(desk, visit, desk->house->get<orchestrator_actor>(), list_runners{},
      [project = visit.caller.project](const runner_list& all) {
        std::vector<runner_row> mine;
        for (const auto& row : all.rows)
          if (row.card.project == project)
            mine.push_back(row);
        return ok_answer(200, json_list(mine, runner_json));
      });
}

void tell_health(const api_desk& desk, const api_visit& visit) {
  const bool draining = desk->draining();
  http_response response;
  response.status = draining ? 503 : 200;
  response.body = json_line{}.text("status", draining ? "draining" : "ok").str();
  visit.answer(std::move(response));
}

void tell_metrics(const api_desk& desk, const api_visit& visit) {
  ask<metrics_text>(desk, visit, desk->house->get<accountant_actor>(), read_metrics{},
      [gauges = desk->gauges](const metrics_text& counted) {
        http_response response;
        response.content_type = "text/plain; version=0.0.4";
        response.body = counted.text + (gauges ? gauges() : "");
        return response;
      });
}

} // namespace

std::vector<api_route> node_routes() {
  return {
    {"GET", path_pattern{"v1/voice-profiles"}, access::read, list_profiles},
    {"GET", path_pattern{"v1/voice-profiles/{id}"}, access::read, get_profile},
    {"GET", path_pattern{"voice-profiles"}, access::read, list_profiles},
    {"GET", path_pattern{"voice-profiles/{id}"}, access::read, get_profile},
    {"GET", path_pattern{"v1/runners"}, access::read, list_all_runners},
    {"GET", path_pattern{"v1/workers"}, access::read, list_all_runners},
    {"GET", path_pattern{"health"}, access::open, tell_health},
    {"GET", path_pattern{"metrics"}, access::open, tell_metrics},
  };
}

} // namespace unpod
