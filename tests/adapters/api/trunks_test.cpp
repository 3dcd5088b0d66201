// Trunks over the API: one store behind two surfaces, passwords that never come out, and
// the numbers that trunks carry.
#define BOOST_TEST_MODULE trunks
#include <boost/test/unit_test.hpp>

#include "adapters/api/number_bodies.hpp"
#include "tests/adapters/api/number_fixture.hpp"

using namespace unpod;
using fixtures::number_fixture;

namespace {

struct trunk_fixture : number_fixture {
  const std::string telephony = "/api/v2/platform/telephony/trunks/";

  json::document managed() {
    return data(call("POST", "/v1/trunks", R"({"name":"Carrier","type":"byo","byo_config":{
      "provider":"twilio","sip_domain":"pbx.example.com","auth_username":"u",
      "auth_password":"canary-1","transport":"TCP"}})"),
                201);
  }

  json::document by_sip() {
    return data(call("POST", telephony, R"({"name":"Line","sip_url":"sip:pbx.example.com:5061",
      "auth_username":"u","auth_password":"canary-2","transport":"udp","port":"5061",
      "source_ips":["192.0.2.1","198.51.100.0/24","2001:db8::/32"]})"),
                201);
  }
};

std::string mistake_in(bool (*read)(const json::value&, trunk_record&, std::string&),
                       const std::string& body) {
  std::string why, parsing;
  trunk_record into;
  const auto parsed = json::parse(body, 32, parsing);
  BOOST_REQUIRE_MESSAGE(parsed, parsing << " in " << body);
  const bool good = read(*parsed, into, why);
  BOOST_TEST(good == why.empty());
  return why;
}

} // namespace

BOOST_AUTO_TEST_CASE(each_mistake_in_a_managed_trunk_names_its_field) {
  const std::pair<const char*, const char*> table[] = {
    {R"([])", "the body must be a JSON object"},
    {R"({"type":"byo"})", "name is missing"},
    {R"({"name":"a"})", "type must be byo or livekit"},
    {R"({"name":"a","type":"sip"})", "type must be byo or livekit"},
    {R"({"name":"a","type":"byo","byo_config":[]})", "byo_config must be an object"},
    {R"({"name":"a","type":"byo","byo_config":{}})", "byo_config.sip_domain is missing"},
    {R"({"name":"a","type":"byo","byo_config":{"sip_domain":"a b"}})",
     "byo_config.sip_domain must be"},
    {R"({"name":"a","type":"byo","byo_config":{"sip_domain":"a","transport":"sctp"}})",
     "byo_config.transport must be"},
  };
  for (const auto& [body, words] : table)
    BOOST_TEST(mistake_in(read_trunk, body).rfind(words, 0) == 0u, body);
  BOOST_TEST(mistake_in(read_trunk, R"({"name":"a","type":"livekit","byo_config":null})").empty());
}

BOOST_AUTO_TEST_CASE(a_sip_address_is_a_host_and_a_port) {
  const auto mistake = [](const std::string& url) {
    return mistake_in(read_sip_trunk, R"({"name":"a","sip_url":")" + url + "\"}");
  };
  for (const auto* good : {"sip:pbx.example.com", "sips:pbx.example.com:5061", "pbx.example.com",
                           "192.0.2.7:5060", "sip:[2001:db8::1]:5060", "[::1]"})
    BOOST_TEST(mistake(good).empty(), good);
  for (const auto* bad :
       {"sip:", "http://x", "sip:user@host", "sip:host;transport=tls", "sip:host?x", "sip:host:0",
        "sip:host:65536", "sip:host:05", "sip:host:", "-host", ".a", "a..b", "sip:[zz]",
        "host/path", "sip:sip:host", "h\\u0000ost", "[::1\\u0000]"})
    BOOST_TEST(mistake(bad).rfind("sip_url must be sip:host", 0) == 0u, bad);
  BOOST_TEST(mistake("").rfind("sip_url is missing", 0) == 0u);
}

BOOST_AUTO_TEST_CASE(each_mistake_in_a_sip_trunk_names_its_field) {
  const std::pair<const char*, const char*> table[] = {
    {R"("port":"0")", "port must be"},
    {R"("port":"5060x")", "port must be"},
    {R"("port":[])", "port must be"},
    {R"("source_ips":"192.0.2.1")", "source_ips must be an array"},
    {R"("source_ips":["example.com"])", "source_ips must hold addresses"},
    {R"("source_ips":["192.0.2.0/33"])", "source_ips must hold addresses"},
    {R"("source_ips":["192.0.2.1 10.0.0.1"])", "source_ips must hold addresses"},
    {R"("source_ips":[7])", "source_ips must hold addresses"},
    {R"("auth_password":7)", "auth_password must be text"},
  };
  for (const auto& [member, words] : table)
    BOOST_TEST(
      mistake_in(read_sip_trunk, R"({"name":"a","sip_url":"h",)" + std::string{member} + "}")
          .rfind(words, 0)
        == 0u,
      member);
  BOOST_TEST(mistake_in(read_sip_trunk, R"({"name":"a","sip_url":"h","port":5060})").empty());
}

BOOST_FIXTURE_TEST_SUITE(trunks, trunk_fixture)

BOOST_AUTO_TEST_CASE(a_trunk_made_on_one_surface_is_seen_on_the_other) {
  const auto made = managed();
  BOOST_TEST(field(made, "trunk_id").rfind("TK_", 0) == 0u);
  BOOST_TEST(field(made, "project_id") == "PRJ_1");
  BOOST_TEST(field(made, "name") == "Carrier");
  BOOST_TEST(field(made, "type") == "byo");
  BOOST_TEST(field(made, "status") == "active");
  BOOST_TEST(field(made, "byo_config_provider") == "twilio");
  BOOST_TEST(field(made, "byo_config_sip_domain") == "pbx.example.com");
  BOOST_TEST(field(made, "byo_config_auth_username") == "u");
  BOOST_TEST(field(made, "byo_config_transport") == "tcp");
  BOOST_TEST(field(made, "created").size() == 24u);
  BOOST_TEST(field(made, "modified").size() == 24u);
  const auto whole = field(made, "trunk_id").substr(3);
  for (const auto& spelling : {whole, "TK_" + whole}) {
    const auto shown = data(call("GET", telephony + spelling + "/"), 200);
    BOOST_TEST(field(shown, "id") == whole);
    BOOST_TEST(json::member(shown, "id")->IsInt64());
    BOOST_TEST(field(shown, "sip_url") == "sip:pbx.example.com");
    BOOST_TEST(field(shown, "active") == "true");
    BOOST_TEST(field(data(call("GET", "/v1/trunks/" + spelling), 200), "trunk_id")
               == "TK_" + whole);
  }
  by_sip();
  BOOST_TEST(data(call("GET", "/v1/trunks"), 200).Size() == 2u);
  BOOST_TEST(data(call("GET", "/v1/trunks?limit=1"), 200).Size() == 1u);
  BOOST_TEST(data(call("GET", telephony), 200).Size() == 2u);
  BOOST_TEST(call("DELETE", "/v1/trunks/" + whole).status == 204);
  BOOST_TEST(data(call("GET", telephony), 200).Size() == 1u);
  expect_guarded();
}

BOOST_AUTO_TEST_CASE(a_change_names_what_changes_and_keeps_the_rest) {
  const auto id = field(managed(), "trunk_id");
  stored.changes.clear();
  const auto changed = data(
    call("PATCH", "/v1/trunks/" + id, R"({"name":"New","byo_config":{"auth_username":"v"}})"), 200);
  BOOST_TEST(field(changed, "name") == "New");
  BOOST_TEST(field(changed, "byo_config_provider") == "twilio");
  BOOST_TEST(field(changed, "byo_config_sip_domain") == "pbx.example.com");
  BOOST_TEST(field(changed, "byo_config_auth_username") == "v");
  BOOST_TEST(field(changed, "byo_config_transport") == "tcp");
  const auto kept = [&] { return *find<trunk_record>(*stored.records, table::trunks, id); };
  BOOST_TEST(kept().password == "canary-1");
  data(call("PATCH", telephony + id.substr(3), R"({"port":5062,"source_ips":["192.0.2.9"],
    "auth_password":"********"})"),
       200);
  BOOST_TEST(kept().port == "5062");
  BOOST_TEST(kept().source_ips == "192.0.2.9");
  BOOST_TEST(kept().password == "canary-1");
  data(call("PATCH", telephony + id.substr(3), R"({"port":null,"source_ips":null})"), 200);
  BOOST_TEST(kept().port.empty());
  BOOST_TEST(kept().source_ips.empty());
  // Whoever changes where the password goes must know it.
  BOOST_TEST(detail(call("PATCH", telephony + id, R"({"sip_url":"sip:thief.example"})"), 422)
             == "auth_password must be sent again: the trunk has another address now");
  BOOST_TEST(
    detail(call("PATCH", "/v1/trunks/" + id, R"({"byo_config":{"sip_domain":"thief.example"}})"),
           422)
    == "byo_config.auth_password must be sent again: the trunk has another address now");
  data(call("PATCH", "/v1/trunks/" + id,
            R"({"byo_config":{"sip_domain":"new.example","auth_password":"canary-3"}})"),
       200);
  BOOST_TEST(kept().sip_url == "sip:new.example");
  BOOST_TEST(detail(call("PATCH", "/v1/trunks/" + id, R"({"name":""})"), 422) == "name is missing");
  BOOST_TEST(call("PATCH", "/v1/trunks/" + id, R"({"type":"sip"})").status == 422);
  BOOST_TEST(ask_as("Bearer other", "PATCH", "/v1/trunks/" + id, R"({"name":"x"})").status == 404);
  BOOST_TEST(detail(call("POST", telephony, R"({"name":"a","sip_url":"h",
    "auth_password":"********"})"),
                    422)
               .rfind("auth_password is the mask", 0)
             == 0u);
  expect_guarded();
}

BOOST_AUTO_TEST_CASE(a_sip_trunk_has_the_types_the_sdk_takes) {
  const auto made = by_sip();
  BOOST_TEST(json::member(made, "id")->IsInt64());
  BOOST_TEST(json::member(made, "port")->IsString());
  BOOST_TEST(field(made, "transport") == "udp");
  BOOST_TEST(field(made, "allowed_ips") == "192.0.2.1,198.51.100.0/24,2001:db8::/32");
  BOOST_TEST(field(made, "auth_password") == "********");
  const auto bare =
    data(call("POST", telephony, R"({"name":"b","sip_url":"pbx.example.com"})"), 201);
  for (const auto* empty : {"port", "auth_username", "auth_password", "allowed_ips"})
    BOOST_TEST(json::member(bare, empty)->IsNull(), empty);
  BOOST_TEST(field(bare, "transport") == "tls");
}

BOOST_AUTO_TEST_CASE(a_password_goes_in_and_never_comes_out) {
  const auto one = managed();
  const auto two = by_sip();
  for (const auto& target : {std::string{"/v1/trunks"}, telephony,
                             "/v1/trunks/" + field(one, "trunk_id"), telephony + field(two, "id")})
    BOOST_TEST(call("GET", target).body.find("canary") == std::string::npos, target);
  BOOST_TEST(call("GET", "/v1/trunks").body.find("password") == std::string::npos);
  for (const auto& change : stored.changes)
    if (const auto* line = std::get_if<audit_record>(&change.record))
      BOOST_TEST((line->action + line->target).find("canary") == std::string::npos);
  const auto kept = find<trunk_record>(*stored.records, table::trunks, field(one, "trunk_id"));
  BOOST_TEST(kept->password == "canary-1");
}

BOOST_AUTO_TEST_CASE(another_project_sees_nothing_of_a_trunk) {
  const auto whole = field(by_sip(), "id");
  for (const auto& [method, target] : std::vector<std::pair<std::string, std::string>>{
         {"GET", "/v1/trunks/" + whole},
         {"DELETE", "/v1/trunks/" + whole},
         {"GET", telephony + whole},
         {"DELETE", telephony + whole},
         {"POST", telephony + whole + "/attach-numbers/"},
         {"POST", telephony + whole + "/detach-numbers/"}})
    BOOST_TEST(ask_as("Bearer other", method, target, R"({"number_ids":[4930123456]})").status
                 == 404,
               method << target);
  BOOST_TEST(data(ask_as("Bearer other", "GET", "/v1/trunks"), 200).Size() == 0u);
  for (const auto* nobody : {"TK_1", "x", "0", "TK_"})
    BOOST_TEST(call("GET", telephony + nobody).status == 404, nobody);
}

BOOST_AUTO_TEST_CASE(numbers_go_on_a_trunk_and_off_it) {
  const auto whole = field(by_sip(), "id");
  const auto other = field(managed(), "trunk_id").substr(3);
  data(call("POST", "/v1/numbers", R"({"number":"+442071838750"})"), 201);
  stored.changes.clear();
  const auto on = data(
    call("POST", telephony + whole + "/attach-numbers/",
         R"({"number_ids":[14155550101,"NUM_442071838750",4930123456,14155550101],"region":"eu"})"),
    200);
  BOOST_TEST(field(on, "trunk_id") == whole);
  BOOST_TEST(json::member(on, "trunk_id")->IsInt64());
  BOOST_TEST(field(on, "message") == "2 of 4 numbers attached");
  const auto& origin = *json::member(on, "origin_endpoint");
  BOOST_TEST(field(origin, "dids") == R"(["+14155550101","+442071838750"])");
  BOOST_TEST(field(origin, "accepted_source_ips")
             == R"(["192.0.2.1","198.51.100.0/24","2001:db8::/32"])");
  BOOST_TEST(json::member(origin, "ingress")->IsString());
  BOOST_TEST(field(origin, "region") == "eu");
  const auto& rows = *json::member(on, "numbers");
  BOOST_TEST(field(rows[0], "connection_state") == "LINKED");
  BOOST_TEST(field(rows[0], "number") == plus);
  BOOST_TEST(field(rows[2], "ok") == "false");
  BOOST_TEST(field(rows[2], "number_id") == "4930123456"); // as it was asked
  BOOST_TEST(field(rows[3], "error") == "is named twice");
  const auto shown = data(call("GET", "/v1/numbers/" + id), 200);
  BOOST_TEST(field(shown, "trunk_id") == "TK_" + whole);
  BOOST_TEST(field(shown, "outbound_trunk_id") == "TK_" + whole);
  BOOST_TEST(field(data(call("GET", "/telephony/overview"), 200)[0], "trunk_id") == whole);
  const auto taken = data(
    call("POST", telephony + other + "/attach-numbers/", R"({"number_ids":[14155550101]})"), 200);
  BOOST_TEST(
    field((*json::member(taken, "numbers"))[0], "error").rfind("number_already_assigned", 0) == 0u);
  const auto wrong = data(
    call("POST", telephony + other + "/detach-numbers/", R"({"number_ids":[14155550101]})"), 200);
  BOOST_TEST(field((*json::member(wrong, "numbers"))[0], "ok") == "false");
  const auto off = data(
    call("POST", telephony + whole + "/detach-numbers/", R"({"number_ids":[14155550101]})"), 200);
  BOOST_TEST(!json::member(off, "origin_endpoint"));
  BOOST_TEST(field((*json::member(off, "numbers"))[0], "connection_state") == "NOT_LINKED");
  BOOST_TEST(kept(plus).inbound_trunk.empty());
  BOOST_TEST(kept("+442071838750").inbound_trunk == "TK_" + whole);
  expect_guarded();
}

BOOST_AUTO_TEST_CASE(a_trunk_that_carries_numbers_is_kept_unless_they_may_go) {
  const auto whole = field(by_sip(), "id");
  data(call("POST", telephony + whole + "/attach-numbers/", R"({"number_ids":[14155550101]})"),
       200);
  BOOST_TEST(code(call("DELETE", telephony + whole + "/"), 409) == "numbers_attached");
  BOOST_TEST(call("DELETE", "/v1/trunks/" + whole + "?detach_numbers=true").status == 204);
  BOOST_TEST(kept(plus).inbound_trunk.empty());
  BOOST_TEST(kept(plus).outbound_trunk.empty());
}

BOOST_AUTO_TEST_CASE(attaching_a_number_names_its_trunks_by_any_id) {
  const auto whole = field(by_sip(), "id");
  const auto livekit = data(
    call("POST", "/v1/trunks", R"({"name":"k","type":"livekit","provider_trunk_id":"ST_1"})"), 201);
  const auto now =
    attached(R"({"number":"+14155550101","agent_id":"desk-agent","inbound_trunk_id":"ST_1",
    "outbound_trunk_id":")"
             + whole + "\"}");
  BOOST_TEST(field(now, "trunk_id") == field(livekit, "trunk_id"));
  BOOST_TEST(field(now, "trunk_type") == "livekit");
  BOOST_TEST(field(now, "provider_trunk_id") == "ST_1");
  BOOST_TEST(field(now, "outbound_trunk_id") == "TK_" + whole);
  const auto refused = call("POST", "/v1/numbers/" + id + "/attach",
                            R"({"agent_id":"desk-agent","inbound_trunk_id":"ST_2"})");
  BOOST_TEST(detail(refused, 422).rfind("inbound_trunk_id: there is no trunk 'ST_2'", 0) == 0u);
  stored.records->erase(
    *find<trunk_record>(*stored.records, table::trunks, field(livekit, "trunk_id")));
  BOOST_TEST(field(attached(quoted("agent_id", "desk-agent")), "trunk_id") == "TK_" + whole);
}

BOOST_AUTO_TEST_SUITE_END()
