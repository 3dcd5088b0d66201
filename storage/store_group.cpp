// See store_group.hpp.
#include "storage/store_group.hpp"

#include "storage/record_codec.hpp"

#include <utility>
#include <variant>

namespace unpod {

namespace {

const char* const read_failed =
  "the disk could not be read; nothing was changed, see the node's log";

std::string name_of(table which, const std::string& key) {
  // A token's key is a hash of it, and no business of whoever reads the error.
  const std::string noun = noun_of(which);
  return which == table::tokens ? noun : noun + " '" + key + "'";
}

void plan_change(const store_change& change, const store_limits& bounds, write_plan& plan) {
  const auto which = table_of(change.record);
  const auto key = std::visit([](const auto& record) { return key_of(record); }, change.record);
  if (!is_good_key(which, key)) {
    plan.refused =
      refuse(refusal::invalid, "a record needs an id of 1 to " + std::to_string(key_bytes_max)
                                 + " bytes without '/'");
    return;
  }
  const auto place = place_of(which);
  planned_change planned{{place.where, place.prefix + key, std::nullopt},
                         which,
                         key,
                         change.op == store_change::what::create,
                         {}};
  if (change.before)
    planned.before = encode_record(*change.before);
  const bool erased = change.op == store_change::what::erase;
  if (!erased)
    planned.change.value = encode_record(change.record);
  const auto bytes = erased ? 0 : planned.change.value->size();
  if (bytes > bounds.record_bytes_max) {
    plan.refused =
      refuse(refusal::invalid, name_of(which, key) + " would take " + std::to_string(bytes)
                                 + " bytes; make it smaller: " + "record_bytes_max = "
                                 + std::to_string(bounds.record_bytes_max));
    return;
  }
  plan.bytes += bytes + planned.change.key.size();
  plan.changes.push_back(std::move(planned));
  const auto note = [&](space where, std::string mark, bool there) {
    const auto value = there ? std::optional<std::string>{""} : std::nullopt;
    plan.changes.push_back({{where, std::move(mark), value}, which, key, false, {}});
  };
  const auto project =
    std::visit([](const auto& record) { return project_of(record); }, change.record);
  if (!project.empty())
    note(space::index, index_prefix(which, project) + key, !erased);
  if (const auto* call = std::get_if<call_record>(&change.record)) {
    note(space::meta, live_prefix + key, !erased && is_live_status(call->status));
  }
}

/// Words for an asker whose key was there already.
store_answer conflict_about(const planned_change& change) {
  return refuse(refusal::conflict,
                name_of(change.which, change.id) + " exists already; choose another id");
}

/// Is what lies there still what the writer read? Encoded anew: an older form of it is it.
bool is_still(const std::optional<std::string>& there, const std::string& before) {
  const auto record = there ? decode_record(*there) : std::nullopt;
  return record && encode_record(*record) == before;
}

} // namespace

store_answer refuse(refusal why, std::string words) {
  store_answer answer;
  answer.why = why;
  answer.words = std::move(words);
  return answer;
}

write_plan plan_write(const store_write& write, const store_limits& bounds) {
  write_plan plan;
  for (const auto& change : write.changes) {
    plan_change(change, bounds, plan);
    if (plan.refused.why != refusal::none)
      return plan;
  }
  plan.records = write.changes.size();
  return plan;
}

write_plan plan_append(const journal_record& entry, const store_limits& bounds) {
  return plan_write({{{store_change::what::put, entry}}}, bounds);
}

// -- the group -------------------------------------------------------------------

store_answer store_group::add(const write_plan& plan) {
  changed_keys own;
  for (const auto& planned : plan.changes) {
    const auto& change = planned.change;
    if (planned.must_be_new || planned.before) {
      const auto there = get(own, change.where, change.key);
      if (there.failed)
        return refuse(refusal::unavailable, read_failed);
      if (planned.must_be_new && there.value)
        return conflict_about(planned);
      if (planned.before && !is_still(there.value, *planned.before))
        return refuse(refusal::conflict, name_of(planned.which, planned.id)
                                           + " was changed meanwhile; read it again and retry");
    }
    own.insert_or_assign({change.where, change.key}, change.value);
  }
  for (auto& [key, value] : own)
    changed_.insert_or_assign(key, std::move(value));
  store_answer answer;
  answer.changes = plan.records;
  return answer;
}

store_answer store_group::add(const consume_token& request) {
  const auto there = get({}, space::tokens, request.hash);
  if (there.failed)
    return refuse(refusal::unavailable, read_failed);
  auto token = there.value ? decode_as<token_record>(*there.value) : std::nullopt;
  if (!token || token->expires <= request.now)
    return refuse(refusal::unauthorised, "this token is unknown or expired; ask for a new one");
  if (token->used)
    return refuse(refusal::unauthorised, "this token was used already; ask for a new one");
  store_answer answer;
  answer.token = *token;
  token->used = true;
  add(key_change{space::tokens, request.hash, encode_record(*token)});
  return answer;
}

void store_group::add(key_change change) {
  changed_.insert_or_assign({change.where, std::move(change.key)}, std::move(change.value));
}

key_batch store_group::batch() const {
  key_batch all;
  all.reserve(changed_.size());
  for (const auto& [key, value] : changed_)
    all.push_back({key.first, key.second, value});
  return all;
}

lookup store_group::get(const changed_keys& own, space where, const std::string& key) const {
  for (const auto* changed : {&own, &changed_})
    if (const auto found = changed->find({where, key}); found != changed->end())
      return {found->second, false};
  return disk_.get(where, key);
}

} // namespace unpod
