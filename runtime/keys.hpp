// Who may use a node: the API keys of its store, and the fixed one of --dev.
#pragma once

#include "adapters/api/api.hpp"
#include "messages/store.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace unpod {

/// Public, in the README: good only on loopback, and only with --dev.
inline constexpr const char* dev_api_key = "sk_dev_unpodlocaldevelopment";
inline constexpr const char* default_org = "ORG_default";
inline constexpr const char* default_project = "PRJ_default";

/// Any thread.
class key_ring {
public:
  key_ring(store_reader_ptr reader, bool dev) : reader_(std::move(reader)), dev_(dev) {
  }

  std::optional<api_caller> check(std::string_view text) const;

  /// Is there a key of any kind already?
  bool has_any() const;

private:
  store_reader_ptr reader_;
  bool dev_;
};

} // namespace unpod
