// See webhook_bodies.hpp.
#include "adapters/api/webhook_bodies.hpp"

#include "adapters/api/answers.hpp"
#include "adapters/api/member_reader.hpp"
#include "adapters/api/secrets.hpp"
#include "messages/access.hpp"
#include "messages/outbox.hpp"

#include <algorithm>
#include <string_view>

namespace unpod {

namespace {

/// bytes. 2,048: of a URL.
constexpr std::size_t url_bytes_max = 2'048;

/// Which addresses may be called is for the way out to say, each time it calls; here only
/// what no setting would allow.
std::string url_mistake(std::string_view url) {
  const auto rest = url.rfind("https://", 0) == 0  ? url.substr(8)
                    : url.rfind("http://", 0) == 0 ? url.substr(7)
                                                   : std::string_view{};
  const auto host = rest.substr(0, rest.find_first_of("/?#"));
  const bool clean =
    std::all_of(url.begin(), url.end(), [](unsigned char c) { return c > 0x20 && c < 0x7f; });
  if (host.empty() || !clean)
    return "must be an address such as https://example.org/hook";
  if (host.find('@') != std::string_view::npos)
    return "must not hold a user or a password: deliveries are signed, which says more";
  if (url.find('#') != std::string_view::npos)
    return "must not hold a fragment";
  return {};
}

void read_url(member_reader& members, bool partial, webhook_record& into) {
  const auto before = into.url;
  members.text("url", into.url, url_bytes_max);
  into.url = kept_url(into.url, before, query_mask::all);
  if (partial && into.url == before)
    return;
  if (into.url.find(secret_mask) != into.url.npos)
    members.fail("url", "has the mask of a value that is not kept: send the value itself");
  if (const auto mistake = url_mistake(into.url); !mistake.empty())
    members.fail("url", into.url.empty() ? "is missing" : mistake);
}

std::string known_events() {
  std::string all;
  for (const auto* event : webhook_events)
    all += (all.empty() ? "" : ", ") + std::string{event};
  return all;
}

/// A list of names; an empty one, null and "*" mean every event.
void read_events(member_reader& members, webhook_record& into) {
  const auto* given = members.wanted("events");
  if (!given)
    return;
  into.events.clear();
  if (given->IsNull())
    return;
  if (!given->IsArray() || given->Size() > webhook_events.size())
    return members.fail("events", "must be a list of some of: " + known_events());
  for (const auto& one : given->GetArray()) {
    const std::string name = one.IsString() ? one.GetString() : "";
    if (name == "*")
      return into.events.clear();
    if (std::find(webhook_events.begin(), webhook_events.end(), name) == webhook_events.end())
      return members.fail("events", "must be a list of some of: " + known_events());
    if (!has_word(into.events, name))
      into.events += (into.events.empty() ? "" : " ") + name;
  }
}

std::string events_json(const webhook_record& webhook) {
  std::string all;
  for (const auto* event : webhook_events)
    if (webhook.events.empty() || has_word(webhook.events, event))
      all += (all.empty() ? "" : ",") + json_quoted(event);
  return "[" + all + "]";
}

} // namespace

bool read_webhook(const json::value& body, bool partial, webhook_record& into, bool& rotate,
                  std::string& why) {
  if (!body.IsObject()) {
    why = "the body must be an object";
    return false;
  }
  member_reader members{body, why};
  read_url(members, partial, into);
  read_events(members, into);
  members.text("description", into.description);
  members.text("status", into.status);
  if (into.status != "active" && into.status != "paused")
    members.fail("status", "must be active or paused");
  if (partial)
    members.flag("rotate_secret", rotate);
  return why.empty();
}

std::string webhook_json(const webhook_record& webhook, bool with_secret) {
  json_line line;
  line.text("webhook_id", webhook.id).text("project_id", webhook.project);
  line.text("url", shown_url(webhook.url, query_mask::all)).raw("events", events_json(webhook));
  line.text("status", webhook.status).raw("description", json_or_null(webhook.description));
  if (with_secret)
    line.text("secret", webhook.secret.reveal());
  const bool rotating = !webhook.old_secret.empty() && webhook.old_secret_until > wall_now();
  line.raw("old_secret_until", rotating ? json_time(webhook.old_secret_until) : "null");
  line.raw("created", json_time(webhook.created)).raw("modified", json_time(webhook.modified));
  return line.str();
}

std::string delivery_json(const delivery_record& row, bool with_payload) {
  json_line line;
  line.text("delivery_id", row.id).text("webhook_id", row.webhook).text("event", row.event);
  line.raw("call_id", json_or_null(row.call.str())).text("status", row.status);
  line.whole("attempts", row.attempts);
  row.last_status > 0 ? line.whole("last_status", row.last_status)
                      : line.raw("last_status", "null");
  line.raw("last_error", json_or_null(row.last_error));
  line.raw("due", row.status == "pending" ? json_time(row.due) : "null");
  line.raw("delivered_at", json_time(row.delivered)).raw("created", json_time(row.created));
  if (with_payload)
    line.raw("payload", row.body_json.empty() ? "null" : row.body_json);
  return line.str();
}

} // namespace unpod
