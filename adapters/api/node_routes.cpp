// The node itself: voice profiles, speech providers, runners, backups, health and metrics
// (contract §1.14, §1.17).
#include "adapters/api/desk.hpp"
#include "adapters/api/process_metrics.hpp"
#include "adapters/api/shapes.hpp"

#include "messages/json_line.hpp"
#include "messages/observed.hpp"

#include <algorithm>
#include <cctype>
#include <limits>
#include <string_view>

namespace unpod {

namespace {

/// "en" asks for "en-US" too, "EN_us" for "en-US" (RFC 4647 §3.3.1, with either stroke).
bool is_language(const std::string& tag, std::string_view wanted) {
  const auto plain = [](char c) {
    return c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  };
  if (wanted.size() > tag.size()
      || !std::equal(wanted.begin(), wanted.end(), tag.begin(),
                     [&](char a, char b) { return plain(a) == plain(b); }))
    return false;
  return wanted.size() == tag.size() || plain(tag[wanted.size()]) == '-';
}

bool speaks(const voice_profile& profile, std::string_view language) {
  return is_language(profile.language, language)
         || std::any_of(profile.languages.begin(), profile.languages.end(),
                        [&](const std::string& tag) { return is_language(tag, language); });
}

void list_profiles(const api_desk& desk, const api_visit& visit) {
  std::vector<voice_profile> wanted;
  const auto language = visit.query.find("language");
  const auto all = desk->profiles.get();
  for (const auto& profile : *all)
    if (!language || speaks(profile, *language))
      wanted.push_back(profile);
  visit.answer(ok_answer(200, json_list(wanted, profile_json)));
}

void get_profile(const api_desk& desk, const api_visit& visit) {
  const auto all = desk->profiles.get();
  if (const auto* profile = find_profile(*all, visit.part("id")))
    visit.answer(ok_answer(200, profile_json(*profile)));
  else
    visit.answer(error_answer(404, "there is no voice profile '" + visit.part("id") + "'"));
}

/// All or nothing; live calls keep what they began with.
void reload_profiles(const api_desk& desk, const api_visit& visit) {
  if (const auto mistake = desk->reload_profiles(); !mistake.empty())
    return visit.answer(error_answer(422, "the old profiles stay: " + mistake));
  const auto all = desk->profiles.get();
  const auto usable =
    std::count_if(all->begin(), all->end(), [](const voice_profile& one) { return one.available; });
  write_then(
    desk, visit, {},
    ok_answer(200, json_line{}.whole("profiles", all->size()).whole("available", usable).str()));
}

/// `{"to": "name"}`, or nothing at all: the time is its name.
void back_up(const api_desk& desk, const api_visit& visit) {
  std::string name;
  if (!visit.request().body.empty()) {
    const auto body = visit.body(desk->bounds);
    if (!body)
      return;
    if (const auto* to = body->IsObject() ? json::member(*body, "to") : nullptr;
        to && !to->IsNull()) {
      if (!to->IsString())
        return visit.answer(error_answer(422, "to must be text"));
      name = {to->GetString(), to->GetStringLength()};
    }
  }
  desk->backup(name, [desk, visit](const backup_outcome& outcome) {
    if (outcome.why != refusal::none)
      return visit.answer(refusal_answer(make_error(outcome.why, outcome.words)));
    write_then(
      desk, visit, {},
      ok_answer(201,
                json_line{}.text("folder", outcome.folder).whole("bytes", outcome.bytes).str()));
  });
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

/// Not a number, which JSON has as null, when there is nothing yet.
double measured(double ms) {
  return ms < 0 ? std::numeric_limits<double>::quiet_NaN() : ms;
}

std::string provider_json(const provider_health& row) {
  json_line kinds;
  for (std::size_t kind = 1; kind < trouble_kinds; ++kind)
    if (row.by_kind[kind] > 0)
      kinds.whole(to_string(static_cast<trouble>(kind)), row.by_kind[kind]);
  return json_line{}
    .text("provider", row.provider)
    .flag("hears", row.hears)
    .flag("speaks", row.speaks)
    .text("state", row.state)
    .whole("successes", row.successes)
    .whole("failures", row.failures)
    .whole("failures_in_a_row", row.failures_in_a_row)
    .raw("failures_by_kind", kinds.str())
    .text("last_failure", row.last_failure)
    .whole("probes", row.probes)
    .whole("probes_failed", row.probes_failed)
    .number("first_byte_p50_ms", measured(row.first_byte_p50_ms))
    .number("first_byte_p99_ms", measured(row.first_byte_p99_ms))
    .number("stt_seconds", row.stt_s)
    .whole("tts_characters", row.tts_characters)
    .str();
}

void list_speech_providers(const api_desk& desk, const api_visit& visit) {
  ask<provider_list>(
    desk, visit, desk->house->get<providers_actor>(), list_providers{},
    [](const provider_list& all) { return ok_answer(200, json_list(all.rows, provider_json)); });
}

void get_speech_provider(const api_desk& desk, const api_visit& visit) {
  ask<provider_list>(desk, visit, desk->house->get<providers_actor>(), list_providers{},
                     [name = visit.part("name")](const provider_list& all) {
                       for (const auto& row : all.rows)
                         if (row.provider == name)
                           return ok_answer(200, provider_json(row));
                       return error_answer(404, "there is no speech provider '" + name + "'");
                     });
}

/// Costs one word of the provider's.
void test_speech_provider(const api_desk& desk, const api_visit& visit) {
  ask<tested_provider>(desk, visit, desk->house->get<providers_actor>(),
                       test_provider{visit.part("name")}, [](const tested_provider& outcome) {
                         json_line line;
                         line.text("provider", outcome.provider).flag("ok", outcome.ok);
                         line.number("took_ms", outcome.took_ms);
                         if (!outcome.ok)
                           line.text("kind", to_string(outcome.kind)).text("why", outcome.why);
                         return ok_answer(200, line.str());
                       });
}

void tell_health(const api_desk& desk, const api_visit& visit) {
  const bool draining = desk->draining();
  http_response response;
  response.status = draining ? 503 : 200;
  response.body = json_line{}.text("status", draining ? "draining" : "ok").str();
  visit.answer(std::move(response));
}

/// What no actor counts is gathered where files may be read; counters come from the ACCOUNTANT.
std::string gathered_metrics(const api_desk& desk) {
  auto text = desk->gauges ? desk->gauges() : std::string{};
  if (const auto* registry = activities_of(*desk->system))
    text += actor_metrics(*registry);
  if (desk->figures)
    text += process_metrics(desk->figures());
  return text;
}

void tell_metrics(const api_desk& desk, const api_visit& visit) {
  read_apart(desk, visit, [](const api_desk& at, const api_visit& for_whom) {
    ask<metrics_text>(at, for_whom, at->house->get<accountant_actor>(), read_metrics{},
                      [gathered = gathered_metrics(at)](const metrics_text& counted) {
                        http_response response;
                        response.content_type = "text/plain; version=0.0.4";
                        response.body = counted.text + gathered;
                        return response;
                      });
  });
}

} // namespace

std::vector<api_route> node_routes() {
  return {
    {"POST", path_pattern{"v1/voice-profiles/reload"}, access::node, reload_profiles},
    {"POST", path_pattern{"v1/backup"}, access::node, back_up},
    {"GET", path_pattern{"v1/voice-profiles"}, access::read, list_profiles},
    {"GET", path_pattern{"v1/voice-profiles/{id}"}, access::read, get_profile},
    {"GET", path_pattern{"voice-profiles"}, access::read, list_profiles},
    {"GET", path_pattern{"voice-profiles/{id}"}, access::read, get_profile},
    {"GET", path_pattern{"v1/providers"}, access::node, list_speech_providers},
    {"GET", path_pattern{"v1/providers/{name}"}, access::node, get_speech_provider},
    {"POST", path_pattern{"v1/providers/{name}/test"}, access::node, test_speech_provider},
    {"GET", path_pattern{"v1/runners"}, access::read, list_all_runners},
    {"GET", path_pattern{"v1/workers"}, access::read, list_all_runners},
    {"GET", path_pattern{"health"}, access::open, tell_health},
    {"GET", path_pattern{"metrics"}, access::open, tell_metrics},
  };
}

} // namespace unpod
