// See webhooks.hpp.
#include "actors/webhooks.hpp"

#include "actors/delivery_plan.hpp"
#include "messages/log.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace unpod {

namespace {

/// ms. 30: from a nudge to the look, so that a burst of them is one look.
constexpr milliseconds nudge_wait{30};
/// ms. 250: between looks while rows may still be on their way to the disk.
constexpr milliseconds eager_wait{250};
/// s. 5: how long they may be, and between looks when nothing is known to be due.
constexpr seconds slow_wait{5};
/// pages. 16: of one webhook's window, looked at for what is due behind what waits.
constexpr int pages_max = 16;
/// s. 3,600: between two looks at what may be forgotten; and so many rows at a time.
constexpr seconds sweep_every{3'600};
constexpr std::size_t sweep_rows_max = 1'000;

const std::string pending = "pending/";
const std::string done = "done/";
constexpr auto after_all = "~"; // behind every id

/// Brings an attempt's end home. Holds WEBHOOKS weakly: an answer may outlive it.
class attempt_ear : public outgoing_listener {
public:
  attempt_ear(caf::actor_addr home, std::string delivery, std::size_t bytes_max)
    : home_(std::move(home)), delivery_(std::move(delivery)), left_(bytes_max) {}

  bool began(int status, const std::string&) override {
    status_ = status;
    return true;
  }
  bool piece(std::string_view bytes) override {
    left_ -= std::min(left_, bytes.size());
    return left_ > 0;
  }
  void ended(const outgoing_result& result) override {
    if (const auto home = caf::actor_cast<timed_webhooks>(home_))
      caf::anon_send(home, delivery_answered{delivery_, status_ > 0 ? status_ : result.status,
                                             result.why, result.refused});
  }

private:
  caf::actor_addr home_;
  std::string delivery_;
  std::size_t left_;
  int status_ = 0;
};

std::vector<delivery_record> rows_after(const store_reader& reader, const std::string& prefix,
                                        const std::string& after, std::size_t rows_max) {
  list_query page;
  page.prefix = prefix;
  page.after = after;
  page.rows_max = rows_max;
  return list<delivery_record>(reader, table::deliveries, page);
}

/// Calls this with every webhook that has rows under `state`, by a step for each.
template <class See>
void each_webhook(const store_reader& reader, const std::string& state, See see) {
  std::string after;
  for (;;) {
    const auto next = rows_after(reader, state, after, 1);
    if (next.empty())
      return;
    const auto webhook = next.front().webhook;
    see(webhook);
    after = state + webhook + "/" + after_all;
  }
}

} // namespace

timed_webhooks::behavior_type webhooks(webhooks_state::self_pointer self, webhooks_setup setup) {
  self->state.begin(std::move(setup));
  return {
    [self](const deliveries_due&) { self->state.hear_of_more(); },
    [self](const delivery_answered& answer) { self->state.settle(answer); },
    [self](const delivery_check& due) { self->state.look_when_due(due); },
  };
}

void webhooks_state::begin(webhooks_setup with) {
  setup = std::move(with);
  look_in(nudge_wait);
}

void webhooks_state::hear_of_more() {
  eager_until = setup.wall() + milliseconds{slow_wait}.count();
  look_in(nudge_wait);
}

void webhooks_state::look_when_due(const delivery_check& due) {
  if (due.epoch == epoch)
    look();
}

void webhooks_state::look_in(milliseconds wait) {
  self->delayed_send(self, wait, delivery_check{++epoch});
}

void webhooks_state::look() {
  const auto now = setup.wall();
  next_due = 0;
  if (setup.out && now >= held_until)
    each_webhook(*setup.reader, pending, [this](const std::string& webhook) { look_at(webhook); });
  if (now - swept >= milliseconds{sweep_every}.count()) {
    swept = now;
    forget_history();
  }
  auto wait = now < eager_until ? eager_wait : milliseconds{slow_wait};
  if (next_due > 0)
    wait = std::clamp(milliseconds{next_due - now}, nudge_wait, wait);
  look_in(wait);
}

void webhooks_state::look_at(const std::string& id) {
  const auto webhook = find<webhook_record>(*setup.reader, table::webhooks, id);
  if (!webhook)
    return bury_orphans(id);
  if (webhook->status != "active")
    return;
  std::string after;
  std::set<call_id> calls;
  const int pages = failing.count(id) > 0 ? 1 : pages_max;
  for (int page = 0; page < pages && look_at_page(*webhook, after, calls); ++page) {
  }
}

/// False when there is nothing, or no room, behind this page.
bool webhooks_state::look_at_page(const webhook_record& webhook, std::string& after,
                                  std::set<call_id>& calls) {
  const auto now = setup.wall();
  const auto host = host_of(webhook.url);
  const auto rows =
    rows_after(*setup.reader, pending + webhook.id + "/", after, setup.bounds.window);
  for (const auto& row : rows) {
    // What comes first of a call keeps what comes after it waiting, whatever it waits for.
    if (!row.call.empty() && !calls.insert(row.call).second)
      continue;
    if (under_way.count(row.id) > 0)
      continue;
    if (row.due > now) {
      next_due = next_due == 0 ? row.due : std::min(next_due, row.due);
      continue;
    }
    if (!may_start(webhook.id, host))
      return false;
    start(webhook, row);
  }
  if (rows.size() < setup.bounds.window)
    return false;
  after = key_of(rows.back());
  return true;
}

bool webhooks_state::may_start(const std::string& webhook, const std::string& host) const {
  const auto count = [](const auto& counts, const std::string& key) {
    const auto found = counts.find(key);
    return found == counts.end() ? 0 : found->second;
  };
  if (failing.count(webhook) > 0 && count(by_webhook, webhook) > 0)
    return false;
  return under_way.size() < setup.bounds.under_way_max
         && count(by_host, host) < setup.bounds.host_under_way_max;
}

/// `t=<seconds>,v1=<hex>`, and a second v1 while the secret before it is good, too.
std::string webhooks_state::signature_of(const webhook_record& webhook,
                                         const std::string& body) const {
  const auto now = setup.wall();
  const auto time = std::to_string(now / 1'000);
  auto line = "t=" + time + ",v1=" + setup.sign(webhook.secret.reveal(), time + "." + body);
  if (!webhook.old_secret.empty() && now < webhook.old_secret_until)
    line += ",v1=" + setup.sign(webhook.old_secret.reveal(), time + "." + body);
  return line;
}

void webhooks_state::start(const webhook_record& webhook, const delivery_record& row) {
  outgoing_request request;
  request.url = webhook.url;
  request.body = row.body_json;
  request.headers = {{"Content-Type", "application/json"},
                     {"User-Agent", "unpod-webhooks"},
                     {"X-Unpod-Event", row.event},
                     {"X-Unpod-Delivery", row.id},
                     {"X-Unpod-Attempt", std::to_string(row.attempts + 1)},
                     {"X-Unpod-Signature", signature_of(webhook, row.body_json)}};
  request.timeout = request.first_byte = request.quiet = setup.bounds.answer_wait;
  request.answer_max = setup.bounds.answer_bytes_max;
  const auto host = host_of(webhook.url);
  ++by_host[host];
  ++by_webhook[webhook.id];
  auto& attempt = under_way[row.id];
  attempt.row = row;
  attempt.host = host;
  attempt.exchange = setup.out->send(
    std::move(request),
    std::make_shared<attempt_ear>(self->address(), row.id, setup.bounds.answer_bytes_max));
}

/// The row is written first; until then it stays under way, so that no look finds it.
void webhooks_state::settle(const delivery_answered& answer) {
  const auto found = under_way.find(answer.delivery);
  if (found == under_way.end())
    return;
  const auto& before = found->second.row;
  const auto row = settled(before, answer, setup.bounds, setup.wall());
  row.status == "delivered" ? void(failing.erase(row.webhook)) : void(failing.insert(row.webhook));
  tell_service<accountant_actor>(self, setup.house,
                                 count_metric{"unpod_webhook_attempts_total",
                                              std::string{"outcome=\""}
                                                + (row.status == "pending" ? "failed" : row.status)
                                                + "\""});
  if (row.status == "dead")
    log(log_level::warn, "actors.webhooks", row.id,
        "given up after " + std::to_string(row.attempts) + " attempts: " + row.last_error);
  std::vector<store_change> changes;
  if (key_of(row) != key_of(before))
    changes.push_back({store_change::what::erase, before});
  changes.push_back({store_change::what::put, row});
  const auto store = setup.house->get<store_actor>();
  const auto trouble = [this, id = row.id] {
    // It will be tried again, and come twice: better than never.
    held_until = setup.wall() + milliseconds{slow_wait}.count();
    forget(id);
  };
  if (!store)
    return trouble();
  self->request(store, seconds{10}, store_write{std::move(changes)})
    .then([this, id = row.id](const store_done&) { forget(id); },
          [trouble](const caf::error&) { trouble(); });
}

void webhooks_state::forget(const std::string& delivery) {
  const auto gone = under_way.extract(delivery);
  if (!gone)
    return;
  const auto give_back = [](auto& counts, const std::string& key) {
    const auto found = counts.find(key);
    if (found != counts.end() && --found->second == 0)
      counts.erase(found);
  };
  give_back(by_host, gone.mapped().host);
  give_back(by_webhook, gone.mapped().row.webhook);
  look_in(nudge_wait);
}

/// Its webhook was erased: nobody is to be told any more.
void webhooks_state::bury_orphans(const std::string& webhook) {
  std::vector<store_change> changes;
  for (const auto* state : {&pending, &done})
    for (auto& row : rows_after(*setup.reader, *state + webhook + "/", {}, sweep_rows_max))
      if (under_way.count(row.id) == 0)
        changes.push_back({store_change::what::erase, std::move(row)});
  const auto store = setup.house->get<store_actor>();
  if (store && !changes.empty())
    caf::anon_send(store, store_write{std::move(changes)});
}

void webhooks_state::forget_history() {
  const auto since = setup.wall() - milliseconds{setup.bounds.history}.count();
  each_webhook(*setup.reader, done, [&](const std::string& webhook) {
    if (!setup.reader->find(table::webhooks, webhook))
      return bury_orphans(webhook);
    std::vector<store_change> changes;
    for (auto& row : rows_after(*setup.reader, done + webhook + "/", {}, sweep_rows_max))
      if (row.created < since)
        changes.push_back({store_change::what::erase, std::move(row)});
    const auto store = setup.house->get<store_actor>();
    if (store && !changes.empty())
      caf::anon_send(store, store_write{std::move(changes)});
  });
}

} // namespace unpod
