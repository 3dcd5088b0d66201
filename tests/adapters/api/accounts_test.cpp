// Who may do what for whom: organisations, projects, scopes, Org-Handle, the brakes at
// the entrance, and the audit log.
#define BOOST_TEST_MODULE accounts
#include <boost/test/unit_test.hpp>

#include "adapters/api/entrance.hpp"
#include "tests/adapters/api/accounts_fixture.hpp"

using namespace unpod;
using namespace fixtures;

BOOST_FIXTURE_TEST_SUITE(organisations, accounts_fixture)

BOOST_AUTO_TEST_CASE(a_node_admin_makes_an_organisation_with_its_project) {
  const auto made = data(as("node", "POST", "/v1/orgs", R"({"name":"Blue Bird!"})"), 201);
  BOOST_TEST(*json::text(made, "org_id") == "ORG_blue-bird");
  BOOST_TEST(*json::text(made, "handle") == "blue-bird");
  BOOST_TEST(*json::text(made, "default_project_id") == "PRJ_blue-bird");
  const auto project = find<project_record>(*stored.records, table::projects, "PRJ_blue-bird");
  BOOST_REQUIRE(project);
  BOOST_TEST(project->org == "ORG_blue-bird");
  BOOST_TEST(detail(as("node", "POST", "/v1/orgs", R"({"name":"x","handle":"Blue-Bird"})"), 409)
               .find("choose another handle")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(nobody_else_makes_one) {
  for (const auto* who : {"admin", "space", "caller", "reader", "runner", "zeta"})
    BOOST_TEST(as(who, "POST", "/v1/orgs", R"({"name":"x"})").status == 403, who);
  BOOST_TEST(stored.changes.empty());
}

BOOST_AUTO_TEST_CASE(a_body_that_makes_none_is_told_why) {
  for (const auto* body : {"{}", "[]", R"({"name":7})", R"({"name":"!!"})",
                           R"({"name":"x","handle":"a b"})", R"({"name":"x","handle":"ä"})"})
    BOOST_TEST(as("node", "POST", "/v1/orgs", body).status == 422, body);
  BOOST_TEST(
    as("node", "POST", "/v1/orgs", R"({"name":"x","handle":")" + std::string(64, 'a') + "\"}")
      .status
    == 422);
}

BOOST_AUTO_TEST_CASE(each_sees_its_own_and_a_node_admin_all) {
  BOOST_TEST(data(as("node", "GET", "/v1/orgs"), 200).Size() == 2u);
  const auto own = data(as("zeta", "GET", "/v1/orgs"), 200);
  BOOST_REQUIRE_EQUAL(own.Size(), 1u);
  BOOST_TEST(*json::text(own[0], "handle") == "zeta");
  for (const auto* id : {"ORG_zeta", "zeta", "Zeta"})
    BOOST_TEST(as("zeta", "GET", std::string{"/v1/orgs/"} + id).status == 200, id);
  BOOST_TEST(as("admin", "GET", "/v1/orgs/zeta").status == 404);
  BOOST_TEST(as("node", "GET", "/v1/orgs/zeta").status == 200);
  BOOST_TEST(as("node", "GET", "/v1/orgs/nobody").status == 404);
}

BOOST_AUTO_TEST_CASE(a_list_goes_on_where_it_stopped) {
  const auto first = as("node", "GET", "/v1/orgs?limit=1");
  BOOST_TEST(data(first, 200).Size() == 1u);
  BOOST_TEST(first.body.find(R"("next_cursor":"ORG_acme")") != std::string::npos);
  const auto second = data(as("node", "GET", "/v1/orgs?limit=1&cursor=ORG_acme"), 200);
  BOOST_REQUIRE_EQUAL(second.Size(), 1u);
  BOOST_TEST(*json::text(second[0], "handle") == "zeta");
  BOOST_TEST(as("node", "GET", "/v1/orgs?limit=0").status == 422);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(projects, accounts_fixture)

BOOST_AUTO_TEST_CASE(a_space_is_made_with_its_first_key_shown_once) {
  for (const auto* noun : {"/v1/spaces", "/v1/projects", "/platform/v1/spaces/"}) {
    const auto made = data(as("admin", "POST", noun, R"({"name":"Berlin"})"), 201);
    const auto id = *json::text(made, "project_id");
    const auto token = *json::text(made, "space_token");
    BOOST_TEST(token == "sk_new" + std::to_string(minted) + "_secret");
    const auto key = find<key_record>(*stored.records, table::keys, "new" + std::to_string(minted));
    BOOST_REQUIRE(key);
    BOOST_TEST(key->project == id);
    BOOST_TEST(key->org == "ORG_acme");
    BOOST_TEST(!key->node_admin);
    const auto shown = as("admin", "GET", "/v1/projects/" + id);
    BOOST_TEST(shown.status == 200);
    BOOST_TEST(shown.body.find("secret") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_node_admin_makes_one_for_any_organisation) {
  const auto made =
    data(as("node", "POST", "/v1/projects", R"({"name":"a","org_id":"ORG_zeta"})"), 201);
  BOOST_TEST(*json::text(made, "org_id") == "ORG_zeta");
  BOOST_TEST(as("admin", "POST", "/v1/projects", R"({"name":"a","org_id":"ORG_zeta"})").status
             == 404);
  BOOST_TEST(as("admin", "POST", "/v1/projects", R"({"name":"a","org_id":"acme"})").status == 201);
  BOOST_TEST(as("node", "POST", "/v1/projects", R"({"name":"a","org_id":"nobody"})").status == 404);
}

BOOST_AUTO_TEST_CASE(a_space_sees_itself_alone) {
  BOOST_TEST(data(as("admin", "GET", "/v1/projects"), 200).Size() == 2u);
  const auto own = data(as("space", "GET", "/v1/spaces"), 200);
  BOOST_REQUIRE_EQUAL(own.Size(), 1u);
  BOOST_TEST(*json::text(own[0], "project_id") == "PRJ_space");
  BOOST_TEST(as("space", "GET", "/v1/projects/PRJ_acme").status == 404);
  BOOST_TEST(as("zeta", "GET", "/v1/projects/PRJ_space").status == 404);
  BOOST_TEST(as("zeta", "DELETE", "/v1/projects/PRJ_space").status == 404);
  BOOST_TEST(as("space", "POST", "/v1/projects", R"({"name":"x"})").status == 403);
  BOOST_TEST(as("space", "DELETE", "/v1/projects/PRJ_space").status == 403);
}

BOOST_AUTO_TEST_CASE(a_deleted_project_takes_its_keys_along) {
  pipe_record pipe;
  pipe.id = pipe_id{"PIPE_1"};
  pipe.project = "PRJ_space";
  stored.records->put(pipe);
  BOOST_TEST(detail(as("admin", "DELETE", "/v1/projects/PRJ_space"), 409).find("1 pipe (PIPE_")
             != std::string::npos);
  stored.records->erase(pipe);
  BOOST_TEST(as("admin", "DELETE", "/v1/projects/PRJ_space").status == 204);
  BOOST_TEST(status_of("space") == "revoked");
  BOOST_TEST(status_of("admin") == "active");
  BOOST_TEST(keys_changes == 1);
  BOOST_TEST(as("admin", "GET", "/v1/projects/PRJ_space").status == 404);
  BOOST_TEST(as("admin", "DELETE", "/v1/projects/PRJ_acme").status == 409);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(entrance, accounts_fixture)

BOOST_AUTO_TEST_CASE(a_scope_opens_what_it_names_and_no_more) {
  const std::vector<std::tuple<std::string, std::string, std::vector<std::string>>> doors{
    {"GET", "/v1/pipes", {"node", "admin", "space", "caller", "reader", "zeta"}},
    {"POST", "/v1/sessions/token", {"node", "admin", "space", "caller", "zeta"}},
    {"POST", "/v1/pipes", {"node", "admin", "space", "zeta"}},
    {"GET", "/v1/audit", {"node", "admin", "space", "zeta"}},
    {"POST", "/v1/backup", {"node"}},
    {"POST", "/v1/voice-profiles/reload", {"node"}},
    {"GET",
     "/v1/api-keys/whoami",
     {"node", "admin", "space", "caller", "reader", "runner", "zeta"}}};
  for (const auto& [method, path, allowed] : doors)
    for (const auto* who : {"node", "admin", "space", "caller", "reader", "runner", "zeta"}) {
      const bool may = std::find(allowed.begin(), allowed.end(), who) != allowed.end();
      const auto got = as(who, method, path, method == "POST" ? "{}" : "");
      BOOST_TEST((got.status != 403) == may, who << " " << method << " " << path);
    }
}

BOOST_AUTO_TEST_CASE(an_org_handle_of_its_own_changes_nothing) {
  for (const auto* handle : {"acme", "ACME", "ORG_acme"})
    BOOST_TEST(as("admin", "GET", "/v1/pipes", "", handle).status == 200, handle);
}

BOOST_AUTO_TEST_CASE(another_organisation_is_refused_whether_it_is_there_or_not) {
  const auto there = detail(as("admin", "GET", "/v1/pipes", "", "zeta"), 403);
  BOOST_TEST(there == detail(as("admin", "GET", "/v1/pipes", "", "nobody"), 403));
  BOOST_TEST(there.find("'acme'") != std::string::npos);
  BOOST_TEST(as("admin", "GET", "/v1/pipes", "", std::string(5'000, '/')).status == 403);
}

BOOST_AUTO_TEST_CASE(a_node_admin_acts_for_the_one_it_names) {
  const auto who = data(as("node", "GET", "/v1/api-keys/whoami", "", "Zeta"), 200);
  BOOST_TEST(*json::text(who, "org_id") == "ORG_zeta");
  BOOST_TEST(*json::text(who, "project_id") == "PRJ_zeta");
  BOOST_TEST(as("node", "GET", "/v1/pipes", "", "nobody").status == 404);
  const auto dev = data(as("dev", "GET", "/v1/api-keys/whoami", "", "any org"), 200);
  BOOST_TEST(*json::text(dev, "org_id") == "ORG_acme");
  BOOST_TEST(*json::text(dev, "key_id") == "dev");
}

BOOST_AUTO_TEST_CASE(who_asks_too_often_is_told_when_to_come_again) {
  key_must_wait = milliseconds{1'200};
  const auto braked = as("admin", "GET", "/v1/pipes");
  BOOST_TEST(detail(braked, 429).find("key_rate_per_s") != std::string::npos);
  BOOST_TEST(has_header(braked, "Retry-After", "2"));
  BOOST_TEST(as("admin", "GET", "/health").status == 200); // asks for no key
}

BOOST_AUTO_TEST_CASE(an_address_of_bad_keys_is_braked_before_they_are_looked_at) {
  BOOST_TEST(as("guess", "GET", "/v1/pipes").status == 401);
  BOOST_TEST(peers_failed == 1);
  BOOST_TEST(ask_as("", "GET", "/v1/pipes").status == 401); // shows none: guesses none
  BOOST_TEST(peers_failed == 1);
  peer_must_wait = milliseconds{1};
  const auto braked = as("guess", "GET", "/v1/pipes");
  BOOST_TEST(braked.status == 429);
  BOOST_TEST(has_header(braked, "Retry-After", "1"));
  BOOST_TEST(peers_failed == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(audit, accounts_fixture)

BOOST_AUTO_TEST_CASE(every_write_is_in_the_log_newest_first_and_by_project) {
  for (const auto* name : {"a", "b", "c"})
    as("admin", "POST", "/v1/pipes", std::string{R"({"name":")"} + name + "\"}");
  as("space", "POST", "/v1/pipes", R"({"name":"d"})");
  const auto first = as("admin", "GET", "/v1/audit?limit=2");
  const auto page = data(first, 200);
  BOOST_REQUIRE_EQUAL(page.Size(), 2u);
  BOOST_TEST(*json::text(page[0], "action") == "POST /v1/pipes");
  BOOST_TEST(*json::text(page[0], "key_id") == "AK_admin");
  BOOST_TEST(json::text(page[0], "target")->rfind("pipe PIPE_", 0) == 0u);
  BOOST_TEST(*json::text(page[0], "audit_id") > *json::text(page[1], "audit_id"));
  const auto rest =
    data(as("admin", "GET", "/v1/audit?limit=2&cursor=" + *json::text(page[1], "audit_id")), 200);
  BOOST_TEST(rest.Size() == 1u);
  BOOST_TEST(data(as("space", "GET", "/v1/audit"), 200).Size() == 1u);
  BOOST_TEST(data(as("admin", "GET", "/v1/audit?project_id=PRJ_space"), 200).Size() == 1u);
  BOOST_TEST(as("space", "GET", "/v1/audit?project_id=PRJ_acme").status == 404);
  BOOST_TEST(as("zeta", "GET", "/v1/audit?project_id=PRJ_acme").status == 404);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(a_handle_is_made_of_a_name) {
  BOOST_TEST(handle_of_name("Acme  Bakery, Inc.") == "acme-bakery-inc");
  BOOST_TEST(handle_of_name("--") == "");
  BOOST_TEST(handle_of_name(std::string(100, 'x')).size() == handle_bytes_max);
  BOOST_TEST(org_of_handle("a/b") == "");
  BOOST_TEST(org_of_handle("") == "");
  BOOST_TEST(org_of_handle("ORG_") == "");
}
