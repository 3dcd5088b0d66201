// What the store needs of whatever keeps its bytes: an atomic, synced batch, and
// reads that wait for no write. Two of them: rocksdb_backend, and its twin in
// memory for tests and benches.
#pragma once

#include "storage/keys.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unpod {

/// One change of one key; without a value it is erased.
struct key_change {
  space where = space::meta;
  std::string key;
  std::optional<std::string> value;
};

using key_batch = std::vector<key_change>;

/// How an operation on the disk went, in words for whoever looks after the node.
struct disk_result {
  enum class cause : std::uint8_t {
    none,      // it went well
    full,      // no space or quota left
    read_only, // mounted read-only
    broken,    // any other error
  };

  cause why = cause::none;
  std::string words;

  bool ok() const {
    return why == cause::none;
  }
};

/// What a key holds. `failed`: the disk could not say.
struct lookup {
  std::optional<std::string> value;
  bool failed = false;
};

/// Keys of one space in order: those that begin with `prefix`, after `after` (in the
/// direction of the scan; empty: from the end it starts at).
struct scan_range {
  space where = space::meta;
  std::string prefix;
  std::string after; // a whole key
  bool backwards = false;
};

/// The first key after all that begin with `prefix`; empty: there is none.
inline std::string end_of_prefix(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xff)
    prefix.pop_back();
  if (!prefix.empty())
    ++prefix.back();
  return prefix;
}

/// Sees one row; false ends the scan. The views are good until it returns.
using row_visitor = std::function<bool(std::string_view key, std::string_view value)>;

/// Something to read from. Any thread.
class key_view {
public:
  virtual ~key_view() = default;
  virtual lookup get(space where, std::string_view key) const = 0;
  /// One scan sees one moment. False: the disk failed, and rows may be missing.
  virtual bool scan(const scan_range& range, const row_visitor& visit) const = 0;
};

/// The backend itself is a view of the latest state.
class backend : public key_view {
public:
  /// All or nothing, on disk when it returns `ok`. When it does not, the batch is
  /// whole or absent after a restart. One thread at a time.
  virtual disk_result commit(const key_batch& batch) = 0;

  /// Tries to get writable again after a commit failed; reads go on meanwhile,
  /// but for some ms. The thread that commits.
  virtual disk_result heal() = 0;

  /// The state of this moment for several reads that belong together. Any thread;
  /// must be let go within a second, and before the backend.
  virtual std::unique_ptr<const key_view> snapshot() const = 0;
};

using backend_ptr = std::shared_ptr<backend>;

} // namespace unpod
