#include "runtime/keys.hpp"

#include "messages/access.hpp"
#include "storage/hash.hpp"

#include <utility>

namespace unpod {

namespace {

constexpr wall_ms minute_ms = 60'000;

api_caller caller_of(const key_record& record) {
  return {record.id, record.org, record.project, record.scopes, record.node_admin, false};
}

/// Admin of the node, and whoever an Org-Handle names: for trying things out.
api_caller dev_caller() {
  return {"dev", default_org, default_project, {}, true, true};
}

} // namespace

std::optional<api_caller> key_ring::check(std::string_view text) const {
  if (with_.dev && equal_in_constant_time(text, dev_api_key))
    return dev_caller();
  const auto key = split_api_key(text);
  if (!key)
    return std::nullopt;
  auto caller = recall(key->id, key->secret);
  return caller ? std::move(caller) : look_up(text, key->secret);
}

bool key_ring::remembers(std::string_view text) const {
  if (with_.dev && equal_in_constant_time(text, dev_api_key))
    return true;
  const auto key = split_api_key(text);
  const std::lock_guard lock{mutex_};
  const auto found = key ? memories_.find(key->id) : memories_.end();
  return found != memories_.end()
         && equal_in_constant_time(found->second.secret.reveal(), key->secret.reveal());
}

std::optional<api_caller> key_ring::recall(const std::string& id, const secret_text& secret) const {
  const auto minute = minute_now();
  const std::lock_guard lock{mutex_};
  const auto found = memories_.find(id);
  if (found == memories_.end() || found->second.minute < minute
      || !equal_in_constant_time(found->second.secret.reveal(), secret.reveal()))
    return std::nullopt;
  return found->second.caller;
}

/// What was read before a change must not be remembered after it.
std::optional<api_caller> key_ring::look_up(std::string_view text,
                                            const secret_text& secret) const {
  std::uint64_t before = 0;
  {
    const std::lock_guard lock{mutex_};
    before = forgotten_;
  }
  const auto record = check_api_key(*with_.reader, text);
  if (!record || !with_.reader->find(table::projects, record->project))
    return std::nullopt;
  const auto minute = minute_now();
  note_use(*record, minute);
  const std::lock_guard lock{mutex_};
  if (before == forgotten_) {
    if (memories_.size() >= remembered_keys_max)
      memories_.clear();
    memories_.insert_or_assign(record->id, memory{secret, caller_of(*record), minute});
  }
  return caller_of(*record);
}

/// The store refuses it when somebody else, who revokes the key say, has written it meanwhile.
void key_ring::note_use(const key_record& record, wall_ms minute) const {
  if (!with_.note || minute <= record.last_used)
    return;
  auto used = record;
  used.last_used = minute;
  with_.note({store_change::what::put, used, record});
}

wall_ms key_ring::minute_now() const {
  return with_.clock() / minute_ms * minute_ms;
}

void key_ring::forget() const {
  const std::lock_guard lock{mutex_};
  ++forgotten_;
  memories_.clear();
}

bool key_ring::may_run(const std::string& id) const {
  if (with_.dev && id == dev_caller().key)
    return true;
  const auto record = find<key_record>(*with_.reader, table::keys, id);
  return record && record->status == "active"
         && allows(record->scopes, record->node_admin, access::runner)
         && with_.reader->find(table::projects, record->project);
}

bool key_ring::has_any() const {
  list_query one;
  one.rows_max = 1;
  return !with_.reader->list(table::keys, one).empty();
}

std::vector<store_change> missing_accounts(const store_reader& reader, wall_ms now) {
  std::vector<store_change> changes;
  if (!reader.find(table::orgs, default_org))
    changes.push_back({store_change::what::create,
                       org_record{default_org, "default", "default organisation", now, now}});
  if (!reader.find(table::projects, default_project))
    changes.push_back({store_change::what::create,
                       project_record{default_project, default_org, "default project", now, now}});
  return changes;
}

minted_key mint_key(wall_ms now) {
  const auto key = random_api_key();
  return {record_of(key, now), key.text()};
}

} // namespace unpod
