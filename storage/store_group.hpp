// Many askers, one batch: each one's changes are checked against what is on disk
// and what those before it in the group have changed, then all go down together.
//
//   askers: plan each --> group: who is refused, who rides --> one batch, one sync
//   journal entries ----/
#pragma once

#include "messages/limits.hpp"
#include "messages/refusal.hpp"
#include "messages/store.hpp"
#include "storage/backend.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace unpod {

/// What became of one request. `why` is none when it is on disk.
struct store_answer {
  refusal why = refusal::none;
  std::string words;
  std::uint64_t changes = 0; // of a store_write
  token_record token;        // of a consume_token: as it was, unused
};

store_answer refuse(refusal why, std::string words);

/// One key's change, of which record, and what it demands of what lies there.
struct planned_change {
  key_change change;
  table which = table::pipes;
  std::string id;
  bool must_be_new = false;
  std::optional<std::string> before; // encoded; else it is refused
};

/// A write, encoded: what can be found wrong with it without the disk is in `refused`.
struct write_plan {
  std::vector<planned_change> changes;
  std::size_t bytes = 0;
  std::uint64_t records = 0;
  store_answer refused;
};

/// Pure. A call that is live is entered under `live/` in the same breath.
write_plan plan_write(const store_write& write, const store_limits& bounds);
write_plan plan_append(const journal_record& entry, const store_limits& bounds);

/// One batch in the making. The store thread.
class store_group {
public:
  explicit store_group(const key_view& disk) : disk_(disk) {}

  /// Takes all of the write or none of it. The answer holds once the batch is down.
  store_answer add(const write_plan& plan);
  store_answer add(const consume_token& request);
  void add(key_change change);

  bool empty() const {
    return changed_.empty();
  }
  key_batch batch() const;

private:
  using changed_keys = std::map<std::pair<space, std::string>, std::optional<std::string>>;

  lookup get(const changed_keys& own, space where, const std::string& key) const;

  const key_view& disk_;
  changed_keys changed_;
};

} // namespace unpod
