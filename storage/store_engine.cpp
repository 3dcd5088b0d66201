// See store_engine.hpp.
#include "storage/store_engine.hpp"

#include "messages/log.hpp"
#include "storage/record_codec.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace unpod {

namespace {

store_answer refusal_about(const disk_result& trouble) {
  switch (trouble.why) {
    case disk_result::cause::full:
      return refuse(refusal::disk_full,
                    "the node's disk is full; free some space, the node then goes on by itself");
    case disk_result::cause::read_only:
      return refuse(refusal::disk_full, "the node's disk is mounted read-only; remount it "
                                        "writable, the node then goes on by itself");
    default:
      return refuse(refusal::unavailable, "the node's disk fails; see the node's log, and try "
                                          "again when it is repaired");
  }
}

} // namespace

store_engine::store_engine(backend_ptr disk, const store_limits& bounds, const engine_bounds& own)
  : disk_(std::move(disk)), bounds_(bounds), own_(own) {}

// -- any thread --------------------------------------------------------------------

void store_engine::post(const store_write& write, store_done_call done) {
  auto plan = plan_write(write, bounds_);
  if (plan.refused.why != refusal::none)
    return done(std::move(plan.refused));
  const auto bytes = plan.bytes;
  enqueue({std::move(plan), std::move(done), bytes});
}

void store_engine::post(const consume_token& request, store_done_call done) {
  if (!is_good_key(table::tokens, request.hash))
    return done(refuse(refusal::unauthorised, "this token is unknown; ask for a new one"));
  enqueue({request, std::move(done), request.hash.size()});
}

void store_engine::enqueue(request what) {
  {
    const std::lock_guard lock{mutex_};
    if (!stopping_ && queue_.size() < own_.queue_max
        && queue_bytes_ + what.bytes <= own_.queue_bytes_max) {
      queue_bytes_ += what.bytes;
      queue_.push_back(std::move(what));
      wake_.notify_one();
      return;
    }
  }
  what.done(refuse(refusal::unavailable, "the store has more to write than the disk takes, or "
                                         "the node is stopping; try again in a second"));
}

void store_engine::append(const journal_record& entry, mono_time now) {
  auto plan = plan_append(entry, bounds_);
  const std::lock_guard lock{mutex_};
  if (stopping_ || plan.refused.why != refusal::none) {
    ++journal_dropped_;
    return;
  }
  auto& change = plan.changes.front().change;
  spool_bytes_ += change.key.size() + change.value->size();
  spool_.push_back({std::move(change), now});
  drop_oldest_locked();
  if (spool_.size() == 1)
    wake_.notify_one();
}

/// The newest entries say how a call stands and how it ended: they stay.
void store_engine::drop_oldest_locked() {
  while (spool_.size() > bounds_.journal_spool_max || spool_bytes_ > own_.spool_bytes_max) {
    const auto& oldest = spool_.front().change;
    spool_bytes_ -= oldest.key.size() + oldest.value->size();
    spool_.pop_front();
    ++journal_dropped_;
  }
}

store_health store_engine::health(mono_time now) const {
  const std::lock_guard lock{mutex_};
  store_health health;
  if (trouble_)
    health.trouble = refusal_about(*trouble_).words;
  else if (stopping_)
    health.trouble = "the node is stopping";
  else if (busy_since_ && now - *busy_since_ > own_.write_wait)
    health.trouble = "the node's disk has not answered for "
                     + std::to_string((now - *busy_since_) / seconds{1}) + " s";
  health.writable = health.trouble.empty();
  health.journal_waiting = spool_.size();
  health.journal_dropped = journal_dropped_;
  return health;
}

void store_engine::stop() {
  const std::lock_guard lock{mutex_};
  stopping_ = true;
  wake_.notify_all();
}

// -- the store thread: when --------------------------------------------------------

mono_time store_engine::due_locked() const {
  if (!queue_.empty() || stopping_)
    return mono_time{0};
  if (trouble_)
    return next_heal_;
  if (spool_.empty())
    return next_purge_;
  if (spool_bytes_ >= own_.group_bytes_max)
    return mono_time{0};
  // Half the time is for waiting, so that the other half is left for writing.
  return std::min(next_purge_, spool_.front().since + mono_time{bounds_.journal_sync_every} / 2);
}

bool store_engine::wait(const std::function<mono_time()>& clock) {
  std::unique_lock lock{mutex_};
  for (auto now = clock(); !stopping_; now = clock()) {
    const auto due = due_locked();
    if (due <= now)
      return true;
    wake_.wait_for(lock, due - now);
  }
  return false;
}

void store_engine::drain(mono_time now, wall_ms wall) {
  for (bool more = true; more;) {
    step(now, wall);
    const std::lock_guard lock{mutex_};
    more = !queue_.empty() || (!spool_.empty() && !trouble_);
  }
  const std::lock_guard lock{mutex_};
  if (spool_.empty())
    return;
  log(log_level::error, "storage", "",
      std::to_string(spool_.size()) + " journal entries are lost: the disk did not take them");
  journal_dropped_ += spool_.size();
  spool_.clear();
  spool_bytes_ = 0;
}

// -- the store thread: what --------------------------------------------------------

void store_engine::step(mono_time now, wall_ms wall) {
  const bool fit = heal_first(now);
  auto all = take(fit);
  if (fit)
    run_group(all, now, wall);
  else
    refuse_all(all);
  {
    const std::lock_guard lock{mutex_};
    busy_since_.reset();
  }
  for (std::size_t i = 0; i < all.requests.size(); ++i)
    all.requests[i].done(std::move(all.answers[i]));
}

/// An ailing disk is tried every heal_every; may anything be written now?
bool store_engine::heal_first(mono_time now) {
  {
    const std::lock_guard lock{mutex_};
    busy_since_ = now;
    if (!trouble_)
      return true;
    if (now < next_heal_)
      return false;
  }
  const auto healed = disk_->heal();
  if (!healed.ok())
    ail(healed, now);
  return healed.ok();
}

store_engine::work store_engine::take(bool fit) {
  work all;
  std::size_t bytes = 0;
  const std::lock_guard lock{mutex_};
  while (!queue_.empty() && (!fit || bytes < own_.group_bytes_max)) {
    bytes += queue_.front().bytes;
    queue_bytes_ -= queue_.front().bytes;
    all.requests.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  while (fit && !spool_.empty() && bytes < own_.group_bytes_max) {
    const auto& oldest = spool_.front().change;
    const auto size = oldest.key.size() + oldest.value->size();
    bytes += size;
    spool_bytes_ -= size;
    all.journal.push_back(std::move(spool_.front()));
    spool_.pop_front();
  }
  return all;
}

void store_engine::run_group(work& all, mono_time now, wall_ms wall) {
  store_group group{*disk_};
  purge_tokens(group, now, wall); // first: a request may bring a key back
  for (const auto& entry : all.journal)
    group.add(entry.change);
  for (const auto& request : all.requests)
    all.answers.push_back(
      std::visit([&](const auto& what) { return group.add(what); }, request.what));
  const auto written = group.empty() ? disk_result{} : write(group);
  if (written.ok())
    return recover();
  ail(written, now);
  give_back(std::move(all.journal));
  refuse_all(all);
}

disk_result store_engine::write(const store_group& group) {
  const auto batch = group.batch();
  const auto first = disk_->commit(batch);
  if (first.ok() || !disk_->heal().ok())
    return first;
  return disk_->commit(batch);
}

void store_engine::refuse_all(work& all) {
  const std::lock_guard lock{mutex_};
  all.answers.assign(all.requests.size(), refusal_about(*trouble_));
}

void store_engine::give_back(std::vector<spooled> journal) {
  const std::lock_guard lock{mutex_};
  for (const auto& entry : journal)
    spool_bytes_ += entry.change.key.size() + entry.change.value->size();
  spool_.insert(spool_.begin(), std::make_move_iterator(journal.begin()),
                std::make_move_iterator(journal.end()));
  drop_oldest_locked();
}

void store_engine::ail(const disk_result& why, mono_time now) {
  {
    const std::lock_guard lock{mutex_};
    trouble_ = why;
    next_heal_ = now + own_.heal_every;
  }
  if (complained_ && now - *complained_ < own_.complain_every)
    return;
  complained_ = now;
  said_so_ = true;
  log(log_level::error, "storage", "",
      "the store can't write and is tried again every " + std::to_string(own_.heal_every.count())
        + " ms; calls go on: " + why.words);
}

void store_engine::recover() {
  std::uint64_t dropped = 0;
  {
    const std::lock_guard lock{mutex_};
    if (!trouble_)
      return;
    trouble_.reset();
    dropped = journal_dropped_;
  }
  if (std::exchange(said_so_, false))
    log(log_level::info, "storage", "",
        "the store can write again; journal entries dropped since the start: "
          + std::to_string(dropped));
}

void store_engine::purge_tokens(store_group& group, mono_time now, wall_ms wall) {
  {
    const std::lock_guard lock{mutex_};
    if (now < next_purge_)
      return;
  }
  std::size_t seen = 0;
  std::string last;
  disk_->scan({space::tokens, "", purge_after_, false}, [&](auto key, auto value) {
    last = key;
    const auto token = decode_as<token_record>(value);
    if (!token || token->expires <= wall)
      group.add(key_change{space::tokens, last, std::nullopt});
    return ++seen < own_.purge_rows_max;
  });
  const bool more = seen == own_.purge_rows_max;
  purge_after_ = more ? last : "";
  const std::lock_guard lock{mutex_};
  next_purge_ = more ? now : now + own_.purge_every;
}

} // namespace unpod
