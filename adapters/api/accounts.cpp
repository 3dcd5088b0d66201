#include "adapters/api/accounts.hpp"

#include "adapters/api/entrance.hpp"

#include <iterator>

namespace unpod {

bool sees_whole_org(const api_caller& caller) {
  return caller.node_admin || caller.project == default_project_of(caller.org);
}

std::optional<org_record> org_in_reach(const api_desk& desk, const api_caller& caller,
                                       const std::string& named) {
  const auto id = named.empty() ? caller.org : org_of_handle(named);
  if (id != caller.org && !caller.node_admin)
    return std::nullopt;
  return find<org_record>(*desk->reader, table::orgs, id);
}

std::optional<project_record> project_in_reach(const api_desk& desk, const api_caller& caller,
                                               const std::string& id) {
  auto project = find<project_record>(*desk->reader, table::projects, id);
  const bool mine =
    project
    && (caller.node_admin
        || (project->org == caller.org && (sees_whole_org(caller) || id == caller.project)));
  return mine ? std::move(project) : std::nullopt;
}

std::vector<key_record> keys_of_org(const api_desk& desk, const std::string& org) {
  list_query page;
  page.rows_max = desk->bounds.store.list_rows_max;
  page.project = org;
  std::vector<key_record> all;
  for (;;) {
    auto rows = list<key_record>(*desk->reader, table::keys, page);
    const bool more = rows.size() == page.rows_max;
    if (more)
      page.after = rows.back().id;
    all.insert(all.end(), std::make_move_iterator(rows.begin()),
               std::make_move_iterator(rows.end()));
    if (!more)
      return all;
  }
}

} // namespace unpod
