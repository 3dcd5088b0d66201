// What may be said to the STORE, and how anyone may read from it. Writes are
// messages and durable when answered; reads are snapshots and wait for nobody.
#pragma once

#include "messages/inspect.hpp"
#include "messages/records.hpp"
#include "messages/refusal.hpp"
#include "messages/type_ids.hpp"

#include <caf/typed_actor.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace unpod {

/// Which kind of record; the order is that of `stored`.
enum class table : std::uint8_t {
  pipes,
  calls,
  keys,
  tokens,
  journal,
  orgs,
  projects,
  numbers,
  trunks,
  blocks,
  results,
  audit,
  tools,
  dictionaries,
  queue,
  webhooks,
  deliveries,
  usage,
  marks,
  analyses
};

/// The noun of a table, for errors.
inline const char* noun_of(table which) {
  static constexpr std::array<const char*, 20> nouns{"pipe",
                                                     "call",
                                                     "key",
                                                     "token",
                                                     "entry",
                                                     "organisation",
                                                     "project",
                                                     "number",
                                                     "trunk",
                                                     "analytics block",
                                                     "analytics result",
                                                     "audit entry",
                                                     "tool",
                                                     "dictionary",
                                                     "queued call",
                                                     "webhook",
                                                     "delivery",
                                                     "usage entry",
                                                     "agent",
                                                     "call to be analysed"};
  return nouns.at(static_cast<std::size_t>(which));
}

/// One change of one record.
struct store_change {
  enum class what : std::uint8_t { put, create, erase }; // create refuses what exists

  what op = what::put;
  stored record; // an erase needs only the fields of the key, and the project
  /// What the writer read before: the write is refused when that has changed meanwhile.
  std::optional<stored> before = std::nullopt;
};

/// Command. All or nothing, on disk before the reply.
struct store_write {
  std::vector<store_change> changes;
};
UNPOD_OPAQUE_MESSAGE(store_write)

/// Reply to a write.
struct store_done {
  std::uint64_t changes = 0;
};
UNPOD_MESSAGE(store_done, x.changes)

/// Command. Use up a session token: exactly one asker gets it.
struct consume_token {
  std::string hash;
  wall_ms now = 0;
};
UNPOD_OPAQUE_MESSAGE(consume_token)

/// Reply: the token as it was, unused; or refusal::unauthorised.
struct consumed_token {
  token_record token;
};
UNPOD_OPAQUE_MESSAGE(consumed_token)

/// Event. Append to a call's journal; durable within `journal_sync_every`, unanswered.
struct journal_append {
  journal_record entry;
};
UNPOD_OPAQUE_MESSAGE(journal_append)

/// Query. How the store is.
struct store_health {
  bool writable = true;
  std::string trouble; // empty when well
  std::uint64_t journal_waiting = 0;
  std::uint64_t journal_dropped = 0;
};
UNPOD_MESSAGE(store_health, x.writable, x.trouble, x.journal_waiting, x.journal_dropped)

/// The STORE interface.
using store_actor = caf::typed_actor<
  // Writes, or refuses with refusal::conflict, disk_full or unavailable.
  caf::replies_to<store_write>::with<store_done>,
  // Uses up a token, or refuses.
  caf::replies_to<consume_token>::with<consumed_token>,
  // Notes an event of a call.
  caf::reacts_to<journal_append>,
  // Reports its health.
  caf::replies_to<caf::get_atom>::with<store_health>>;

/// A page of keys in order: those that begin with `prefix`, after `after`.
struct list_query {
  std::string prefix;
  std::string after; // key of the last row seen; empty: from the start
  std::size_t rows_max = 1'000;
  bool newest_first = false; // from the end of the key order; ids of calls grow with time
  std::string project;       // not empty: only its rows, found without a look at others'
};

/// Reads. Any thread, at any time; sees every answered write.
class store_reader {
public:
  virtual ~store_reader() = default;
  virtual std::optional<stored> find(table where, const std::string& key) const = 0;
  virtual std::vector<stored> list(table where, const list_query& query) const = 0;
};

using store_reader_ptr = std::shared_ptr<const store_reader>;

template <class Record>
std::optional<Record> find(const store_reader& reader, table where, const std::string& key) {
  auto found = reader.find(where, key);
  if (!found || !std::holds_alternative<Record>(*found))
    return std::nullopt;
  return std::get<Record>(std::move(*found));
}

template <class Record>
std::vector<Record> list(const store_reader& reader, table where, const list_query& query) {
  std::vector<Record> rows;
  for (auto& row : reader.list(where, query))
    if (std::holds_alternative<Record>(row))
      rows.push_back(std::get<Record>(std::move(row)));
  return rows;
}

inline std::string twelve_digits(std::uint64_t number) {
  auto digits = std::to_string(number);
  digits.insert(0, digits.size() < 12 ? 12 - digits.size() : 0, '0');
  return digits;
}

/// A time in milliseconds, so that keys sort by it until the year 2286.
inline std::string thirteen_digits(wall_ms at) {
  auto digits = std::to_string(at < 0 ? 0 : at);
  digits.insert(0, digits.size() < 13 ? 13 - digits.size() : 0, '0');
  return digits;
}

/// What the keys of queued calls begin with.
inline constexpr const char* begun_prefix = "begun/";
inline constexpr const char* waiting_any_prefix = "waiting/";
inline std::string waiting_prefix(const std::string& project) {
  return waiting_any_prefix + project + "/";
}

/// The key of a record in its table (documented with the key space in storage/keys.hpp):
/// by id; numbers by the number; tokens by hash; the journal by `<call>/<seq, 12 digits>`;
/// deliveries by whether they are pending, and for whom.
inline std::string key_of(const pipe_record& x) {
  return x.id.str();
}
inline std::string key_of(const call_record& x) {
  return x.id.str();
}
inline std::string key_of(const key_record& x) {
  return x.id;
}
inline std::string key_of(const token_record& x) {
  return x.hash;
}
inline std::string key_of(const org_record& x) {
  return x.id;
}
inline std::string key_of(const project_record& x) {
  return x.id;
}
inline std::string key_of(const number_record& x) {
  return x.number;
}
inline std::string key_of(const trunk_record& x) {
  return x.id;
}
inline std::string key_of(const analytics_block& x) {
  return x.id;
}
inline std::string key_of(const analytics_result& x) {
  return x.id;
}
inline std::string key_of(const audit_record& x) {
  return x.id;
}
inline std::string key_of(const tool_record& x) {
  return x.id;
}
inline std::string key_of(const dictionary_record& x) {
  return x.id;
}
/// Begun calls together; waiting ones by project and time, so that a window is one short list.
inline std::string key_of(const queued_call& x) {
  if (x.begun)
    return begun_prefix + x.call.str();
  return waiting_prefix(x.project) + thirteen_digits(x.due) + "/" + x.call.str();
}
inline std::string key_of(const webhook_record& x) {
  return x.id;
}
inline std::string key_of(const delivery_record& x) {
  return (x.status == "pending" ? "pending/" : "done/") + x.webhook + "/" + x.id;
}
inline std::string key_of(const agent_mark& x) {
  return x.id;
}
inline std::string key_of(const analysis_record& x) {
  return x.call.str();
}
inline std::string key_of(const usage_record& x) {
  return x.call.str() + "/" + x.source + "/" + twelve_digits(x.seq);
}
inline std::string key_of(const journal_record& x) {
  return x.call.str() + "/" + twelve_digits(x.seq);
}

/// The project a record belongs to; empty: it is not listed by project.
template <class Record>
std::string project_of(const Record& x) {
  return x.project;
}
/// Its key begins with the project already.
inline std::string project_of(const queued_call&) {
  return {};
}
inline std::string project_of(const journal_record&) {
  return {};
}
inline std::string project_of(const token_record&) {
  return {};
}
inline std::string project_of(const org_record&) {
  return {};
}
inline std::string project_of(const agent_mark&) {
  return {};
}
/// Projects and keys are an organisation's: they are listed by it.
inline std::string project_of(const project_record& x) {
  return x.org;
}
inline std::string project_of(const key_record& x) {
  return x.org;
}

} // namespace unpod
