// What of the accounts a caller may reach. An administrator's key of an organisation's
// default project sees the whole organisation; one of another project, that project
// alone, so that a space's own key can't get at its neighbours; a node admin, all.
#pragma once

#include "adapters/api/desk.hpp"
#include "messages/records.hpp"

#include <optional>
#include <string>
#include <vector>

namespace unpod {

/// What every node has from its first start on.
inline constexpr const char* default_org = "ORG_default";
inline constexpr const char* default_project = "PRJ_default";

bool sees_whole_org(const api_caller& caller);

/// The organisation that was named, by id or handle, or the caller's own when none was;
/// nothing when the caller has no business with it.
std::optional<org_record> org_in_reach(const api_desk& desk, const api_caller& caller,
                                       const std::string& named);

std::optional<project_record> project_in_reach(const api_desk& desk, const api_caller& caller,
                                               const std::string& id);

/// All of them, revoked ones too; of all organisations when `org` is empty.
std::vector<key_record> keys_of_org(const api_desk& desk, const std::string& org);

/// Part of account_routes.
std::vector<api_route> key_routes();

} // namespace unpod
