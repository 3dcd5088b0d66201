// The whole key space of the store, in one place. A space is a column family;
// keys order bytewise within it, and every number in a key has leading zeros.
//
//   space     key                        value               who writes it
//   --------  -------------------------  ------------------  -----------------------
//   default   format                     "1"                 once, on creation
//             indexed                    "1"                 repair, when index is whole
//             live/<call id>             empty               with a call that is live
//   config    pipe/<pipe id>             pipe_record         store_write
//             key/<key id>               key_record          store_write
//             org/<org id>               org_record          store_write
//             project/<project id>       project_record      store_write
//             number/<E.164>             number_record       store_write
//             trunk/<trunk id>           trunk_record        store_write
//             tool/<project>/<name>      tool_record         store_write
//             dictionary/<project>/<domain>  dictionary_record  store_write
//             mark/<hash>                agent_mark          store_write
//             webhook/<webhook id>       webhook_record      store_write
//   queue     begun/<call id>            queued_call         store_write
//             waiting/<project>/<due, 13 digits>/<call id>   store_write
//   outbox    pending/<webhook id>/<id>  delivery_record     store_write
//             done/<webhook id>/<id>     delivery_record     store_write
//   usage     <call id>/<source>/<seq>   usage_record        store_write
//   analytics block/<block id>           analytics_block     store_write
//             result/<result id>         analytics_result    store_write
//             waiting/<call id>          analysis_record     store_write
//   audit     <audit id>                 audit_record        store_write
//   index     <table, 2 digits>/<project>/<key>  empty       with a record of a project
//   calls     <call id>                  call_record         store_write
//   journal   <call id>/<seq, 12 digits> journal_record      journal_append, repair
//   tokens    <hex of SHA-256(token)>    token_record        store_write, consume_token
//
//   Reserved names, made by the issue that needs them and never for anything
//   else: phrases, blobs.
//
// `live/` is the set of calls that were not over when they were last written.
// It changes in the batch that changes the call, so that the repair at start
// reads the handful of calls it must end, never all of them.
//
// `index` lists a project's own rows of a table; it changes in the batch that changes
// the record. A project's id holds no '/'. Stores of builds that had no index get one
// at start, and then the word `indexed`.
//
// A record is encoded as storage/record_codec.hpp draws it. A call's id holds no
// '/', so that no journal is a prefix of another's.
#pragma once

#include "messages/store.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace unpod {

/// A column family. The numbers are ours alone; on disk a space is its name.
enum class space : std::uint8_t {
  meta,
  config,
  calls,
  journal,
  tokens,
  analytics,
  audit,
  index,
  queue,
  outbox,
  usage
};

inline constexpr std::array<const char*, 11> space_names{"default", "config",    "calls", "journal",
                                                         "tokens",  "analytics", "audit", "index",
                                                         "queue",   "outbox",    "usage"};

/// bytes. Ids are some 20 bytes, the longest key is a call's journal entry; more is a mistake.
inline constexpr std::size_t key_bytes_max = 256;

inline constexpr const char* format_key = "format";
inline constexpr const char* format_value = "1";
inline constexpr const char* indexed_key = "indexed";
inline constexpr const char* indexed_value = "1";
inline constexpr const char* live_prefix = "live/";

/// Where a table's records lie: a space and what stands before their keys.
struct table_place {
  space where;
  const char* prefix;
};

inline table_place place_of(table which) {
  switch (which) {
    case table::pipes:
      return {space::config, "pipe/"};
    case table::keys:
      return {space::config, "key/"};
    case table::calls:
      return {space::calls, ""};
    case table::tokens:
      return {space::tokens, ""};
    case table::orgs:
      return {space::config, "org/"};
    case table::projects:
      return {space::config, "project/"};
    case table::numbers:
      return {space::config, "number/"};
    case table::trunks:
      return {space::config, "trunk/"};
    case table::blocks:
      return {space::analytics, "block/"};
    case table::results:
      return {space::analytics, "result/"};
    case table::analyses:
      return {space::analytics, "waiting/"};
    case table::audit:
      return {space::audit, ""};
    case table::tools:
      return {space::config, "tool/"};
    case table::dictionaries:
      return {space::config, "dictionary/"};
    case table::webhooks:
      return {space::config, "webhook/"};
    case table::marks:
      return {space::config, "mark/"};
    case table::queue:
      return {space::queue, ""};
    case table::deliveries:
      return {space::outbox, ""};
    case table::usage:
      return {space::usage, ""};
    case table::journal:
      break;
  }
  return {space::journal, ""};
}

inline table table_of(const stored& record) {
  return static_cast<table>(record.index());
}

/// What stands before the keys of a project's rows of a table in the index.
inline std::string index_prefix(table which, const std::string& project) {
  const auto number = static_cast<unsigned>(which);
  return std::string{static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)}
         + "/" + project + "/";
}

/// May this be the key of a record in this table?
inline bool is_good_key(table which, const std::string& key) {
  if (key.empty() || key.size() > key_bytes_max)
    return false;
  if (which == table::calls)
    return key.find('/') == std::string::npos;
  if (which == table::journal)
    return key.find('/') > 0 && key.find('/') == key.rfind('/');
  return true;
}

/// Is a call with this status not over yet?
inline bool is_live_status(const std::string& status) {
  return status == "pending" || status == "ringing" || status == "active";
}

} // namespace unpod
