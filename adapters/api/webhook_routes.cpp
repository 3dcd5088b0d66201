// Webhooks: who is told of a project's calls, and how the telling went. What is to be told
// are rows (messages/outbox.hpp); WEBHOOKS sends them.
#include "adapters/api/desk.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/shapes.hpp"
#include "adapters/api/webhook_bodies.hpp"

#include "messages/outbox.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace unpod {

namespace {

std::optional<webhook_record> webhook_of(const api_desk& desk, const api_visit& visit) {
  auto webhook = find<webhook_record>(*desk->reader, table::webhooks, visit.part("id"));
  if (!webhook || webhook->project != visit.caller.project) {
    visit.answer(
      error_answer(404, "there is no webhook '" + visit.part("id") + "' in this project"));
    return std::nullopt;
  }
  return webhook;
}

std::vector<webhook_record> webhooks_of(const api_desk& desk, const std::string& project) {
  list_query all;
  all.project = project;
  all.rows_max = desk->bounds.webhooks.webhooks_max;
  return list<webhook_record>(*desk->reader, table::webhooks, all);
}

std::string new_secret(const api_desk& desk) {
  return "whsec_" + desk->new_token();
}

void nudge(const api_desk& desk) {
  if (const auto webhooks = desk->house->get<webhooks_actor>())
    caf::anon_send(webhooks, deliveries_due{});
}

// -- webhooks ----------------------------------------------------------------------

void list_webhooks(const api_desk& desk, const api_visit& visit) {
  visit.answer(
    ok_answer(200, json_list(webhooks_of(desk, visit.caller.project),
                             [](const webhook_record& one) { return webhook_json(one, false); })));
}

void create_webhook(const api_desk& desk, const api_visit& visit) {
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  webhook_record webhook;
  std::string why;
  bool rotate = false;
  if (!read_webhook(*body, false, webhook, rotate, why))
    return visit.answer(error_answer(422, why));
  const auto most = desk->bounds.webhooks.webhooks_max;
  if (webhooks_of(desk, visit.caller.project).size() >= most)
    return visit.answer(error_answer(409, "this project has " + std::to_string(most)
                                            + " webhooks, its limit; erase one first"));
  webhook.id = desk->new_id("WHK_");
  webhook.project = visit.caller.project;
  webhook.secret = new_secret(desk);
  webhook.created = webhook.modified = wall_now();
  write_then(desk, visit, {{store_change::what::create, webhook}},
             ok_answer(201, webhook_json(webhook, true)));
}

void get_webhook(const api_desk& desk, const api_visit& visit) {
  if (const auto webhook = webhook_of(desk, visit))
    visit.answer(ok_answer(200, webhook_json(*webhook, false)));
}

/// A new secret takes over while the old one still signs, too.
void change_webhook(const api_desk& desk, const api_visit& visit) {
  const auto before = webhook_of(desk, visit);
  if (!before)
    return;
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  auto webhook = *before;
  std::string why;
  bool rotate = false;
  if (!read_webhook(*body, true, webhook, rotate, why))
    return visit.answer(error_answer(422, why));
  webhook.modified = wall_now();
  if (rotate) {
    webhook.old_secret = std::exchange(webhook.secret, new_secret(desk));
    webhook.old_secret_until =
      webhook.modified + milliseconds{desk->bounds.webhooks.old_secret_life}.count();
  }
  write_then(desk, visit, {{store_change::what::put, webhook, *before}},
             ok_answer(200, webhook_json(webhook, rotate)), change_webhook);
  nudge(desk);
}

/// Its deliveries go with it, as soon as WEBHOOKS looks.
void delete_webhook(const api_desk& desk, const api_visit& visit) {
  const auto webhook = webhook_of(desk, visit);
  if (!webhook)
    return;
  write_then(desk, visit, {{store_change::what::erase, *webhook, *webhook}}, empty_answer(),
             delete_webhook);
  nudge(desk);
}

/// Goes the way of any other delivery: whether it came is seen where those are.
void test_webhook(const api_desk& desk, const api_visit& visit) {
  const auto webhook = webhook_of(desk, visit);
  if (!webhook)
    return;
  const auto row = delivery_of(*webhook, desk->new_id("DLV_"), test_event, {},
                               R"({"message":"a test of this webhook"})", wall_now());
  write_then(desk, visit, {{store_change::what::create, row}},
             ok_answer(201, delivery_json(row, true)));
  nudge(desk);
}

// -- deliveries --------------------------------------------------------------------

/// The rows of one webhook, those that are still to be told before those that are not,
/// each newest first. A cursor is a row's id and, by its first letter, where it stands.
class delivery_pages {
public:
  delivery_pages(const api_desk& desk, std::string webhook, std::string status)
    : desk_(desk), webhook_(std::move(webhook)), status_(std::move(status)) {}

  http_response page(const page_wish& wish) {
    std::string rows, cursor;
    std::size_t count = 0;
    const bool behind = wish.cursor.rfind("d", 0) == 0;
    const auto at = wish.cursor.size() > 2 ? wish.cursor.substr(2) : std::string{};
    for (const char* state : {"pending/", "done/"}) {
      const bool is_done = *state == 'd';
      if ((behind && !is_done) || (is_done ? status_ == "pending" : skips_pending()))
        continue;
      const auto after = at.empty() || behind != is_done ? "" : prefix(state) + at;
      if (!add(state, after, wish.limit, rows, count, cursor))
        return page_answer("[" + rows + "]", cursor);
    }
    return page_answer("[" + rows + "]", {});
  }

private:
  bool skips_pending() const {
    return !status_.empty() && status_ != "pending";
  }
  std::string prefix(const char* state) const {
    return state + webhook_ + "/";
  }

  /// False when the page is full.
  bool add(const char* state, std::string after, std::size_t limit, std::string& rows,
           std::size_t& count, std::string& cursor) const {
    list_query query;
    query.prefix = prefix(state);
    query.newest_first = true;
    query.rows_max = std::min(limit, desk_->bounds.store.list_rows_max);
    for (;;) {
      query.after = after;
      const auto some = list<delivery_record>(*desk_->reader, table::deliveries, query);
      for (const auto& row : some) {
        after = key_of(row);
        if (!status_.empty() && row.status != status_)
          continue;
        rows += (count++ > 0 ? "," : "") + delivery_json(row, false);
        cursor = std::string{*state} + "-" + row.id;
        if (count == limit)
          return false;
      }
      if (some.size() < query.rows_max)
        return true;
    }
  }

  const api_desk& desk_;
  std::string webhook_;
  std::string status_;
};

void list_deliveries(const api_desk& desk, const api_visit& visit) {
  const auto webhook = webhook_of(desk, visit);
  if (!webhook)
    return;
  std::string why;
  const auto wish = read_page(visit.query, why);
  if (!wish)
    return visit.answer(error_answer(422, why));
  const auto status = visit.query.find("status").value_or("");
  if (!status.empty() && status != "pending" && status != "delivered" && status != "dead")
    return visit.answer(error_answer(422, "status must be pending, delivered or dead"));
  visit.answer(delivery_pages{desk, webhook->id, std::string{status}}.page(*wish));
}

void show_deliveries(const api_desk& desk, const api_visit& visit) {
  read_apart(desk, visit, list_deliveries);
}

/// A delivery's key begins with its webhook's: a project has few of those.
std::optional<delivery_record> wanted_delivery(const api_desk& desk, const api_visit& visit) {
  for (const auto& webhook : webhooks_of(desk, visit.caller.project)) {
    delivery_record wanted;
    wanted.id = visit.part("id");
    wanted.webhook = webhook.id;
    for (const char* status : {"pending", "dead"}) {
      wanted.status = status;
      if (auto row = find<delivery_record>(*desk->reader, table::deliveries, key_of(wanted)))
        return row;
    }
  }
  visit.answer(
    error_answer(404, "there is no delivery '" + visit.part("id") + "' in this project"));
  return std::nullopt;
}

void get_delivery(const api_desk& desk, const api_visit& visit) {
  if (const auto row = wanted_delivery(desk, visit))
    visit.answer(ok_answer(200, delivery_json(*row, true)));
}

/// As new, under its old id: who got it before can tell.
void redeliver(const api_desk& desk, const api_visit& visit) {
  const auto before = wanted_delivery(desk, visit);
  if (!before)
    return;
  auto row = *before;
  row.status = "pending";
  row.attempts = 0;
  row.due = row.queued = wall_now();
  row.delivered = 0;
  std::vector<store_change> changes;
  if (key_of(row) != key_of(*before))
    changes.push_back({store_change::what::erase, *before, *before});
  changes.push_back({store_change::what::put, row});
  write_then(desk, visit, std::move(changes), ok_answer(200, delivery_json(row, false)), redeliver);
  nudge(desk);
}

} // namespace

std::vector<api_route> webhook_routes() {
  return {
    {"GET", path_pattern{"v1/webhooks"}, access::read, list_webhooks},
    {"POST", path_pattern{"v1/webhooks"}, access::admin, create_webhook},
    {"GET", path_pattern{"v1/webhooks/{id}"}, access::read, get_webhook},
    {"PATCH", path_pattern{"v1/webhooks/{id}"}, access::admin, change_webhook},
    {"DELETE", path_pattern{"v1/webhooks/{id}"}, access::admin, delete_webhook},
    {"POST", path_pattern{"v1/webhooks/{id}/test"}, access::admin, test_webhook},
    {"GET", path_pattern{"v1/webhooks/{id}/deliveries"}, access::read, show_deliveries},
    {"GET", path_pattern{"v1/deliveries/{id}"}, access::read, get_delivery},
    {"POST", path_pattern{"v1/deliveries/{id}/redeliver"}, access::admin, redeliver},
  };
}

} // namespace unpod
