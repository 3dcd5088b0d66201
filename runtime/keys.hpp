// Who may use a node: the API keys of its store, and the fixed one of --dev.
//
//   credential -> remembered for this minute, and right -> in
//              -> looked up, hashed, compared -> right: remembered -> in
//   a key or project is written -> everything remembered is forgotten
//
// A key that is used is noted once a minute, behind the caller's back.
#pragma once

#include "adapters/api/accounts.hpp"
#include "adapters/api/api.hpp"
#include "messages/clock.hpp"
#include "messages/store.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace unpod {

/// Public, in the README: good only on loopback, and only with --dev.
inline constexpr const char* dev_api_key = "sk_dev_unpodlocaldevelopment";

/// keys. 1,024: all of most nodes, some 300 KB; when it is full it begins anew.
inline constexpr std::size_t remembered_keys_max = 1'024;

struct key_ring_setup {
  store_reader_ptr reader;
  bool dev = false;
  /// Writes the change some time, or not at all. Any thread; never blocks. May be null.
  std::function<void(store_change)> note = {};
  std::function<wall_ms()> clock = wall_now;
};

/// Any thread.
class key_ring {
public:
  explicit key_ring(key_ring_setup with) : with_(std::move(with)) {}

  /// Whose key this is, when it is right, active and its project is there.
  std::optional<api_caller> check(std::string_view text) const;

  /// Was it right a moment ago? Costs a look-up and no hash.
  bool remembers(std::string_view text) const;

  /// May runners that came with this key (its id) go on?
  bool may_run(const std::string& id) const;

  /// A key or a project was written. Whatever `check` reads from then on is the new state.
  void forget() const;

  /// Is there a key of any kind already?
  bool has_any() const;

private:
  struct memory {
    secret_text secret;
    api_caller caller;
    wall_ms minute = 0; // good within it: then it is looked up, and noted, anew
  };

  std::optional<api_caller> recall(const std::string& id, const secret_text& secret) const;
  std::optional<api_caller> look_up(std::string_view text, const secret_text& secret) const;
  void note_use(const key_record& record, wall_ms minute) const;
  wall_ms minute_now() const;

  key_ring_setup with_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<std::string, memory> memories_; // by id
  mutable std::uint64_t forgotten_ = 0; // how often: who reads meanwhile remembers nothing
};

/// What every node has, as far as this store lacks it: the default organisation and
/// its project.
std::vector<store_change> missing_accounts(const store_reader& reader, wall_ms now);

/// A key made from fresh randomness, without name, organisation and project.
minted_key mint_key(wall_ms now);

} // namespace unpod
