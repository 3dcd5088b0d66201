// The entrance of the API: whose key it is, what it may do, how often, and for
// which organisation it acts.
//
//   open route -> in
//   bad keys came from this address too often -> 429      bad key -> 401
//   this key asks too often -> 429       its scopes do not do -> 403
//   Org-Handle of another organisation -> 403, for a node admin: acts for that one
#pragma once

#include "adapters/api/desk.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace unpod {

/// characters. 63: as in a host name, where a handle may come to stand.
inline constexpr std::size_t handle_bytes_max = 63;

/// Fills in `visit.caller`; false: it was answered here. Net threads.
bool let_in(const api_desk& desk, api_visit& visit);

/// "ORG_acme" for "acme", "ACME" and "ORG_acme"; empty for what can be no handle.
std::string org_of_handle(std::string_view handle);

/// The project that was made with this organisation: "PRJ_acme" of "ORG_acme".
std::string default_project_of(const std::string& org);

/// "acme" of "ORG_acme".
std::string handle_of_org(const std::string& org);

} // namespace unpod
