#include "runtime/keys.hpp"

#include "storage/hash.hpp"

namespace unpod {

std::optional<api_caller> key_ring::check(std::string_view text) const {
  if (dev_ && equal_in_constant_time(text, dev_api_key))
    return api_caller{"dev", default_org, default_project, "", true};
  const auto record = check_api_key(*reader_, text);
  if (!record)
    return std::nullopt;
  return api_caller{record->id, record->org, record->project, record->scopes, record->node_admin};
}

bool key_ring::has_any() const {
  list_query one;
  one.rows_max = 1;
  return !reader_->list(table::keys, one).empty();
}

} // namespace unpod
