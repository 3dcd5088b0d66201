// API keys: made, listed, revoked; and whose the one is that asks (contract §1.13, §1.17).
#include "adapters/api/account_shapes.hpp"
#include "adapters/api/accounts.hpp"
#include "adapters/api/desk.hpp"
#include "adapters/api/entrance.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/shapes.hpp"

#include "messages/json_line.hpp"

#include <algorithm>

namespace unpod {

namespace {

bool in_reach(const api_caller& caller, const key_record& key) {
  return caller.node_admin
         || (key.org == caller.org && (sees_whole_org(caller) || key.project == caller.project));
}

/// Where a new key is to be, checked; false: answered.
bool place_key(const api_desk& desk, const api_visit& visit, key_record& key) {
  const auto& caller = visit.caller;
  const auto org = org_in_reach(desk, caller, key.org);
  if (!org) {
    visit.answer(error_answer(404, "org_id: there is no organisation '" + key.org + "'"));
    return false;
  }
  key.org = org->id;
  if (key.project.empty())
    key.project = sees_whole_org(caller) ? default_project_of(org->id) : caller.project;
  const auto project = project_in_reach(desk, caller, key.project);
  if (!project || project->org != key.org) {
    visit.answer(error_answer(404, "project_id: there is no project '" + key.project + "'"));
    return false;
  }
  if (key.node_admin && !caller.node_admin) {
    visit.answer(error_answer(403, "node_admin: only a node admin's key makes another"));
    return false;
  }
  return true;
}

/// The key's text is shown here and nowhere else.
void create_key(const api_desk& desk, const api_visit& visit) {
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  auto made = desk->new_key();
  std::string why;
  if (!read_key(*body, made.record, why))
    return visit.answer(error_answer(422, why));
  if (place_key(desk, visit, made.record))
    write_then(desk, visit, {{store_change::what::create, made.record}},
               ok_answer(201, key_json(made.record, made.text.reveal())));
}

/// Pages are of the organisation's keys by id; each is shown by age.
void list_keys(const api_desk& desk, const api_visit& visit) {
  std::string why;
  const auto page = read_page(visit.query, why);
  if (!page)
    return visit.answer(error_answer(422, why));
  auto keys = list<key_record>(*desk->reader, table::keys,
                               {"", page->cursor, page->limit, false, visit.caller.org});
  const auto next = keys.size() == page->limit ? keys.back().id : std::string{};
  keys.erase(std::remove_if(keys.begin(), keys.end(),
                            [&](const key_record& key) { return !in_reach(visit.caller, key); }),
             keys.end());
  std::stable_sort(keys.begin(), keys.end(),
                   [](const key_record& a, const key_record& b) { return a.created < b.created; });
  visit.answer(
    page_answer(json_list(keys, [](const key_record& key) { return key_json(key); }), next));
}

/// Would nobody be left who may do what this key may? Then words.
std::string last_of_its_kind(const api_desk& desk, const api_caller& caller,
                             const key_record& key) {
  const auto is_other = [&](const key_record& other) {
    return other.id != key.id && other.status == "active";
  };
  if (key.node_admin) {
    const auto all = keys_of_org(desk, {});
    const bool left = std::any_of(all.begin(), all.end(), [&](const key_record& other) {
      return is_other(other) && allows(other.scopes, other.node_admin, access::node);
    });
    return left ? "" : "this is the last active key of a node admin";
  }
  const auto home = default_project_of(key.org);
  const bool rules = key.project == home && allows(key.scopes, false, access::admin);
  if (!rules || caller.node_admin) // a node admin can make the organisation another
    return {};
  const auto all = keys_of_org(desk, key.org);
  const bool left = std::any_of(all.begin(), all.end(), [&](const key_record& other) {
    return is_other(other) && other.project == home && allows(other.scopes, false, access::admin);
  });
  return left ? "" : "this is the organisation's last active admin key";
}

/// Revoked keys stay, so that the audit log's ids mean something. The organisation is
/// written with it: two keys can't revoke each other at one time. The key itself is written
/// whatever it became meanwhile, which is only when it was last used; that note, if it comes
/// later, is refused.
void revoke_key(const api_desk& desk, const api_visit& visit) {
  auto key = find<key_record>(*desk->reader, table::keys, key_id_of(visit.part("id")));
  if (!key || !in_reach(visit.caller, *key))
    return visit.answer(error_answer(404, "there is no key '" + visit.part("id") + "'"));
  if (key->status != "active")
    return visit.answer(ok_answer(200, key_json(*key)));
  if (key->node_admin && !visit.caller.node_admin)
    return visit.answer(error_answer(403, "only a node admin's key revokes another"));
  if (const auto words = last_of_its_kind(desk, visit.caller, *key); !words.empty())
    return visit.answer(error_answer(409, words + "; make another first"));
  key->status = "revoked";
  std::vector<store_change> changes{{store_change::what::put, *key}};
  auto org = find<org_record>(*desk->reader, table::orgs, key->node_admin ? default_org : key->org);
  if (org) {
    const stored was = *org;
    org->modified = std::max(wall_now(), org->modified + 1);
    changes.push_back({store_change::what::put, *org, was});
  }
  write_then(desk, visit, std::move(changes), ok_answer(200, key_json(*key)));
}

void tell_caller(const api_desk& desk, const api_visit& visit) {
  const auto& caller = visit.caller;
  const auto key = find<key_record>(*desk->reader, table::keys, caller.key);
  json_line line;
  line.text("key_id", shown_key_id(caller.key));
  line.raw("name", json_or_null(key ? key->name : ""));
  line.text("org_id", caller.org).text("org_handle", handle_of_org(caller.org));
  line.text("project_id", caller.project).raw("scopes", scopes_json(caller.scopes));
  line.flag("node_admin", caller.node_admin);
  line.raw("created", json_time(key ? key->created : 0));
  line.raw("last_used", json_time(key ? key->last_used : 0));
  visit.answer(ok_answer(200, line.str()));
}

} // namespace

std::vector<api_route> key_routes() {
  return {
    {"GET", path_pattern{"v1/api-keys/whoami"}, access::any, tell_caller},
    {"GET", path_pattern{"v1/api-keys"}, access::admin, list_keys},
    {"POST", path_pattern{"v1/api-keys"}, access::admin, create_key},
    {"DELETE", path_pattern{"v1/api-keys/{id}"}, access::admin, revoke_key},
  };
}

} // namespace unpod
