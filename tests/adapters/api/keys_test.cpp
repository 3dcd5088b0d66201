// API keys over REST: where they may be made, that nothing of them is shown twice, and
// that nobody locks everybody out.
#define BOOST_TEST_MODULE keys
#include <boost/test/unit_test.hpp>

#include "tests/adapters/api/accounts_fixture.hpp"

using namespace unpod;
using namespace fixtures;

namespace {

struct keys_fixture : accounts_fixture {
  http_response make(const std::string& who, const std::string& body) {
    return as(who, "POST", "/platform/v1/api-keys", body);
  }
  std::string new_key(const std::string& who, const std::string& more = {}) {
    const auto made = data(make(who, R"({"name":"k")" + more + "}"), 201);
    return json::text(made, "key_id")->substr(3);
  }
  http_response revoke(const std::string& who, const std::string& key) {
    return as(who, "DELETE", "/v1/api-keys/" + key);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(keys, keys_fixture)

BOOST_AUTO_TEST_CASE(a_key_is_shown_once_and_its_hash_never) {
  const auto answer = make("admin", R"({"name":"ci","org_id":"ORG_acme"})");
  const auto made = data(answer, 201);
  BOOST_TEST(*json::text(made, "key_id") == "AK_new1");
  BOOST_TEST(*json::text(made, "raw_key") == "sk_new1_secret");
  BOOST_TEST(*json::text(made, "org_id") == "ORG_acme");
  BOOST_TEST(*json::text(made, "project_id") == "PRJ_acme");
  BOOST_TEST(*json::text(made, "status") == "active");
  BOOST_TEST(json::raw(made, "scopes").value() == R"(["admin"])");
  BOOST_TEST(keys_changes == 1);
  const auto listed = as("admin", "GET", "/v1/api-keys");
  for (const auto* secret : {"secret", "its-hash", "its-salt"}) {
    BOOST_TEST(listed.body.find(secret) == std::string::npos, secret);
    BOOST_TEST((secret == std::string{"secret"} || answer.body.find(secret) == std::string::npos));
    for (const auto& change : stored.changes)
      if (const auto* entry = std::get_if<audit_record>(&change.record))
        BOOST_TEST((entry->target + entry->action).find(secret) == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(scopes_are_a_list_or_words_and_known) {
  const auto scopes = [&](const std::string& given) {
    return json::raw(data(make("admin", R"({"name":"k","scopes":)" + given + "}"), 201), "scopes")
      .value();
  };
  BOOST_TEST(scopes(R"(["runner","call"])") == R"(["call","runner"])");
  BOOST_TEST(scopes(R"("read  runner read")") == R"(["read","runner"])");
  BOOST_TEST(scopes("null") == R"(["admin"])");
  for (const std::string bad :
       {"[]", R"("")", R"(["root"])", R"(["read","write"])", "7", "[7]", "{}", R"("read,call")"})
    BOOST_TEST(make("admin", R"({"name":"k","scopes":)" + bad + "}").status == 422, bad);
  BOOST_TEST(make("admin", R"({"org_id":"ORG_acme"})").status == 422);
  BOOST_TEST(make("admin", "[]").status == 422);
  BOOST_TEST(make("admin", "{").status == 400);
}

BOOST_AUTO_TEST_CASE(a_key_is_made_only_where_its_maker_is_at_home) {
  BOOST_TEST(make("admin", R"({"name":"k","org_id":"ORG_zeta"})").status == 404);
  BOOST_TEST(make("admin", R"({"name":"k","org_id":"nobody"})").status == 404);
  BOOST_TEST(make("admin", R"({"name":"k","project_id":"PRJ_zeta"})").status == 404);
  BOOST_TEST(make("admin", R"({"name":"k","project_id":"PRJ_space"})").status == 201);
  BOOST_TEST(make("space", R"({"name":"k","project_id":"PRJ_acme"})").status == 404);
  BOOST_TEST(*json::text(data(make("space", R"({"name":"k"})"), 201), "project_id") == "PRJ_space");
  const auto made = data(make("node", R"({"name":"k","org_id":"zeta"})"), 201);
  BOOST_TEST(*json::text(made, "project_id") == "PRJ_zeta");
  BOOST_TEST(make("node", R"({"name":"k","org_id":"zeta","project_id":"PRJ_acme"})").status == 404);
  for (const auto* who : {"caller", "reader", "runner"})
    BOOST_TEST(make(who, R"({"name":"k"})").status == 403, who);
}

BOOST_AUTO_TEST_CASE(only_a_node_admin_makes_another) {
  BOOST_TEST(make("admin", R"({"name":"k","node_admin":true})").status == 403);
  BOOST_TEST(make("node", R"({"name":"k","node_admin":true,"scopes":["read"]})").status == 422);
  const auto key = new_key("node", R"(,"node_admin":true)");
  BOOST_TEST(find<key_record>(*stored.records, table::keys, key)->node_admin);
}

BOOST_AUTO_TEST_CASE(each_lists_what_it_rules) {
  BOOST_TEST(data(as("admin", "GET", "/v1/api-keys"), 200).Size() == 6u);
  BOOST_TEST(data(as("space", "GET", "/v1/api-keys"), 200).Size() == 1u);
  BOOST_TEST(data(as("zeta", "GET", "/v1/api-keys"), 200).Size() == 1u);
  BOOST_TEST(data(as("node", "GET", "/v1/api-keys", "", "zeta"), 200).Size() == 1u);
  const auto page = as("admin", "GET", "/v1/api-keys?limit=4");
  BOOST_TEST(data(page, 200).Size() == 4u);
  const auto at = page.body.find(R"("next_cursor":")") + 15;
  const auto cursor = page.body.substr(at, page.body.find('"', at) - at);
  BOOST_TEST(data(as("admin", "GET", "/v1/api-keys?limit=4&cursor=" + cursor), 200).Size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_revoked_key_is_forgotten_before_the_answer) {
  const auto gone = data(revoke("admin", "AK_reader"), 200);
  BOOST_TEST(*json::text(gone, "status") == "revoked");
  BOOST_TEST(status_of("reader") == "revoked");
  BOOST_TEST(keys_changes == 1);
  BOOST_TEST(revoke("admin", "AK_reader").status == 200); // again: the same
  BOOST_TEST(keys_changes == 1);
  BOOST_TEST(revoke("admin", "caller").status == 200); // without the prefix
  for (const auto* foreign : {"AK_zeta", "AK_none", "dev"})
    BOOST_TEST(revoke("admin", foreign).status == 404, foreign);
  BOOST_TEST(revoke("space", "AK_admin").status == 404);
  BOOST_TEST(revoke("node", "AK_zeta").status == 200); // a node admin reaches all
}

BOOST_AUTO_TEST_CASE(the_last_admin_of_an_organisation_stays) {
  BOOST_TEST(detail(revoke("zeta", "AK_zeta"), 409).find("make another first")
             != std::string::npos);
  const auto reader = new_key("zeta", R"(,"scopes":["read","call"])");
  BOOST_TEST(revoke("zeta", "AK_zeta").status == 409);
  const auto second = new_key("zeta");
  BOOST_TEST(revoke("zeta", "AK_zeta").status == 200);
  BOOST_TEST(revoke("zeta", second).status == 409); // this one's record is all that counts
  BOOST_TEST(revoke("zeta", reader).status == 200);
}

BOOST_AUTO_TEST_CASE(a_space_has_no_last_admin_since_its_organisation_makes_another) {
  BOOST_TEST(revoke("space", "AK_space").status == 200);
}

BOOST_AUTO_TEST_CASE(the_last_node_admin_stays) {
  BOOST_TEST(revoke("node", "AK_node").status == 409);
  BOOST_TEST(revoke("admin", "AK_node").status == 403);
  new_key("node", R"(,"node_admin":true,"org_id":"zeta")");
  BOOST_TEST(revoke("node", "AK_node").status == 200);
}

BOOST_AUTO_TEST_CASE(revoking_is_written_with_the_organisation_so_that_two_cannot_cross) {
  revoke("admin", "AK_reader");
  bool guarded = false;
  for (const auto& change : stored.changes)
    if (const auto* org = std::get_if<org_record>(&change.record)) {
      BOOST_TEST(org->id == "ORG_acme");
      BOOST_REQUIRE(change.before.has_value());
      guarded = org->modified > std::get<org_record>(*change.before).modified;
    } else if (std::holds_alternative<key_record>(change.record)) {
      BOOST_TEST(!change.before.has_value()); // a note of its use must not get in the way
    }
  BOOST_TEST(guarded);
}

BOOST_AUTO_TEST_CASE(a_key_is_told_whose_it_is) {
  const auto me = data(as("runner", "GET", "/platform/v1/api-keys/whoami"), 200);
  BOOST_TEST(*json::text(me, "key_id") == "AK_runner");
  BOOST_TEST(*json::text(me, "name") == "runner's");
  BOOST_TEST(*json::text(me, "org_handle") == "acme");
  BOOST_TEST(json::raw(me, "scopes").value() == R"(["runner"])");
  BOOST_TEST(!*json::flag(me, "node_admin"));
  BOOST_TEST(as("nobody", "GET", "/v1/api-keys/whoami").status == 401);
}

BOOST_AUTO_TEST_SUITE_END()
