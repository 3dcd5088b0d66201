#include "adapters/api/entrance.hpp"

#include <algorithm>
#include <cctype>

namespace unpod {

namespace {

constexpr std::string_view org_prefix = "ORG_";

std::string lower(std::string_view text) {
  std::string all{text};
  std::transform(all.begin(), all.end(), all.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return all;
}

http_response wait_answer(milliseconds wait, const std::string& detail) {
  const auto whole = std::max<std::int64_t>(1, (wait.count() + 999) / 1'000);
  auto refused = error_answer(429, detail + "; try again in " + std::to_string(whole) + " s");
  refused.headers.emplace_back("Retry-After", std::to_string(whole));
  return refused;
}

http_response unknown_key() {
  auto refused = error_answer(401, "Not authenticated");
  refused.headers.emplace_back("WWW-Authenticate", "Bearer");
  return refused;
}

/// Who asks; nothing: it was answered.
bool know(const api_desk& desk, api_visit& visit) {
  const auto& brakes = desk->brakes;
  const auto& peer = visit.request().peer;
  const auto secret = credential_of(visit.request().header("authorization"));
  if (!secret.empty() && brakes.peer_wait)
    if (const auto wait = brakes.peer_wait(secret, peer); wait.count() > 0) {
      visit.answer(wait_answer(wait, "too many bad keys came from this address"));
      return false;
    }
  auto caller = desk->authenticate(secret);
  if (!caller) {
    if (!secret.empty() && brakes.peer_failed) // no key at all is no guess
      brakes.peer_failed(peer);
    visit.answer(unknown_key());
    return false;
  }
  visit.caller = std::move(*caller);
  if (brakes.key_wait)
    if (const auto wait = brakes.key_wait(visit.caller.key); wait.count() > 0) {
      visit.answer(wait_answer(wait, "this key asks more often than "
                                       + std::to_string(desk->bounds.api.key_rate_per_s)
                                       + " times a second (limits.key_rate_per_s)"));
      return false;
    }
  return true;
}

/// A key acts for its own organisation, a node admin for any (contract §6 G2).
bool choose_org(const api_desk& desk, api_visit& visit) {
  const auto wanted = visit.request().header("org-handle");
  auto& caller = visit.caller;
  const auto org = org_of_handle(wanted);
  if (wanted.empty() || (!org.empty() && lower(org) == lower(caller.org)))
    return true;
  if (!caller.node_admin) {
    visit.answer(error_answer(403, "this key is of organisation '" + handle_of_org(caller.org)
                                     + "', and Org-Handle names another; leave the header out"));
    return false;
  }
  if (!org.empty() && desk->reader->find(table::orgs, org)) {
    caller.org = org;
    caller.project = default_project_of(org);
    return true;
  }
  if (!caller.any_handle)
    visit.answer(error_answer(404, "Org-Handle names no organisation of this node; leave it out "
                                   "or use '"
                                     + handle_of_org(caller.org) + "'"));
  return caller.any_handle;
}

} // namespace

bool let_in(const api_desk& desk, api_visit& visit) {
  const auto needs = visit.route->needs;
  if (needs == access::open)
    return true;
  if (!know(desk, visit))
    return false;
  if (!allows(visit.caller.scopes, visit.caller.node_admin, needs)) {
    visit.answer(error_answer(403, std::string{"this key may not do that: it needs the scope '"}
                                     + to_string(needs) + "'"));
    return false;
  }
  return choose_org(desk, visit);
}

std::string_view credential_of(std::string_view authorization) {
  const auto blank = authorization.find(' ');
  if (blank == std::string_view::npos)
    return {};
  const auto scheme = lower(authorization.substr(0, blank));
  if (scheme != "bearer" && scheme != "token" && scheme != "jwt")
    return {};
  return authorization.substr(blank + 1);
}

std::string org_of_handle(std::string_view handle) {
  if (handle.substr(0, org_prefix.size()) == org_prefix)
    handle.remove_prefix(org_prefix.size());
  const bool good = std::all_of(handle.begin(), handle.end(), [](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) != 0 || c == '-');
  });
  if (handle.empty() || handle.size() > handle_bytes_max || !good)
    return {};
  return std::string{org_prefix} + lower(handle);
}

std::string default_project_of(const std::string& org) {
  return "PRJ_" + handle_of_org(org);
}

std::string handle_of_org(const std::string& org) {
  return org.rfind(org_prefix, 0) == 0 ? org.substr(org_prefix.size()) : org;
}

} // namespace unpod
