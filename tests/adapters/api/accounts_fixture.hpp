// The API with accounts behind it: a node admin, an organisation's administrator, a
// space's, and keys with less; each is its own credential.
#pragma once

#include "adapters/api/account_shapes.hpp"
#include "adapters/api/accounts.hpp"
#include "tests/adapters/api/api_fixture.hpp"

#include <map>

namespace fixtures {

struct accounts_fixture : api_fixture {
  std::map<std::string, api_caller> callers;
  milliseconds peer_must_wait{0}, key_must_wait{0};
  int peers_failed = 0, keys_changes = 0, minted = 0;
  std::string profiles_mistake;
  backup_outcome backup_result{refusal::none, {}, "/data/backups/x", 7};
  std::vector<std::string> backups_asked;
  profile_catalogue catalogue;

  accounts_fixture() {
    voice_profile nova;
    nova.id = "VP_1";
    nova.name = "Nova";
    catalogue.put(std::make_shared<const std::vector<voice_profile>>(std::vector{nova}));
    add_org("acme", "first");
    add_org("zeta", "second");
    add_project("PRJ_space", "ORG_acme");
    callers["node"] = {"node", "ORG_acme", "PRJ_acme", "", true};
    callers["admin"] = {"admin", "ORG_acme", "PRJ_acme", "admin", false};
    callers["space"] = {"space", "ORG_acme", "PRJ_space", "", false};
    callers["caller"] = {"caller", "ORG_acme", "PRJ_acme", "call", false};
    callers["reader"] = {"reader", "ORG_acme", "PRJ_acme", "read", false};
    callers["runner"] = {"runner", "ORG_acme", "PRJ_acme", "runner", false};
    callers["zeta"] = {"zeta", "ORG_zeta", "PRJ_zeta", "", false};
    callers["dev"] = {"dev", "ORG_acme", "PRJ_acme", "", true, true};
    for (const auto& [name, caller] : callers)
      if (name != "dev")
        add_key(caller);
    begin();
  }

  void begin() {
    api_setup setup;
    setup.system = &sys;
    setup.house = house;
    setup.reader = stored.records;
    setup.profiles = catalogue;
    setup.authenticate = [this](std::string_view secret) -> std::optional<api_caller> {
      const auto found = callers.find(std::string{secret});
      return found == callers.end() ? std::nullopt : std::optional{found->second};
    };
    setup.brakes.peer_wait = [this](std::string_view, const std::string&) {
      return peer_must_wait;
    };
    setup.brakes.peer_failed = [this](const std::string&) { ++peers_failed; };
    setup.brakes.key_wait = [this](const std::string&) { return key_must_wait; };
    setup.new_id = [this](const std::string& prefix) { return prefix + std::to_string(++ids); };
    setup.new_key = [this] {
      minted_key made;
      made.record.id = "new" + std::to_string(++minted);
      made.record.hash = "its-hash";
      made.record.salt = "its-salt";
      made.text = "sk_" + made.record.id + "_secret";
      return made;
    };
    setup.new_token = [] { return std::string{"a-secret"}; };
    setup.keys_changed = [this] { ++keys_changes; };
    setup.reload_profiles = [this] { return profiles_mistake; };
    setup.backup = [this](const std::string& name,
                          const std::function<void(backup_outcome)>& done) {
      backups_asked.push_back(name);
      done(backup_result);
    };
    setup.draining = [] { return false; };
    api = make_api(std::move(setup));
  }

  void add_org(const std::string& handle, const std::string& name) {
    const org_record org{"ORG_" + handle, handle, name, 1'000, 1'000};
    stored.records->put(org);
    add_project("PRJ_" + handle, org.id);
  }
  void add_project(const std::string& id, const std::string& org) {
    stored.records->put(project_record{id, org, "project " + id, 1'000, 1'000});
  }
  void add_key(const api_caller& caller) {
    key_record key;
    key.id = caller.key;
    key.name = caller.key + "'s";
    key.org = caller.org;
    key.project = caller.project;
    key.scopes = caller.scopes;
    key.node_admin = caller.node_admin;
    key.hash = "its-hash";
    stored.records->put(key);
  }
  std::string status_of(const std::string& key) {
    const auto record = find<key_record>(*stored.records, table::keys, key);
    return record ? record->status : "none";
  }

  http_response as(const std::string& who, const std::string& method, const std::string& target,
                   const std::string& body = {}, const std::string& org_handle = {}) {
    auto exchange = std::make_shared<fake_exchange>();
    auto& asked = exchange->asked;
    asked.method = method;
    asked.target = target;
    const auto mark = target.find('?');
    asked.path = target.substr(0, mark);
    asked.query = mark == std::string::npos ? "" : target.substr(mark + 1);
    asked.body = body;
    asked.peer = "192.0.2.1:4000";
    asked.headers.emplace_back("authorization", "Bearer " + who);
    if (!org_handle.empty())
      asked.headers.emplace_back("org-handle", org_handle);
    api(exchange);
    run();
    BOOST_TEST(exchange->answers == 1, method << " " << target);
    return exchange->got;
  }
};

} // namespace fixtures
