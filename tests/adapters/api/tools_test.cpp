// Tools and dictionaries over the API: what may stand in them, who has them, and no secret shown.
#define BOOST_TEST_MODULE tools
#include <boost/test/unit_test.hpp>

#include "adapters/api/dictionary_bodies.hpp"
#include "adapters/api/secrets.hpp"
#include "adapters/api/tool_bodies.hpp"
#include "tests/adapters/api/api_fixture.hpp"

using namespace fixtures;

namespace {

struct tools_fixture : api_fixture {
  const std::string words = "/v1/domain-dictionaries/";

  tools_fixture() {
    data(call("POST", "/v1/pipes", R"({"name":"p","agent_id":"a"})"), 201);
    stored.changes.clear();
  }

  json::document put(const std::string& target, const std::string& body) {
    return data(call("PUT", target, body), 200);
  }

  std::string agents(const std::string& target) {
    return json::raw(data(call("GET", target), 200), "agent_ids").value_or("-");
  }

  std::string mistake(const std::string& method, const std::string& target, const std::string& body,
                      int status = 422) {
    return detail(call(method, target, body), status);
  }
};

} // namespace

BOOST_AUTO_TEST_CASE(a_secret_is_known_by_its_name) {
  for (const auto* secret : {"key", "api_key", "X-Api-Key", "access_token", "Authorization",
                             "X-Auth", "client_secret", "password", "sig", "code", "Cookie"})
    BOOST_TEST(is_secret_name(secret), secret);
  for (const auto* plain : {"max_tokens", "keywords", "model", "top_p", "author", "v", "codec", ""})
    BOOST_TEST(!is_secret_name(plain), plain);
}

BOOST_AUTO_TEST_CASE(a_url_is_shown_without_who_asks) {
  const std::pair<const char*, const char*> table[] = {
    {"https://a.b/c?d=e#f", "https://a.b/c?d=e#f"},
    {"https://u:p@a.b/c@d", "https://********@a.b/c@d"},
    {"https://a.b?key=x&v=1#key=y", "https://a.b?key=********&v=1#key=y"},
    {"https://a.b/?key=&key", "https://a.b/?key=&key"},
    {"https://a.b/?key={{ env.K }}", "https://a.b/?key={{ env.K }}"},
    {"https://@a.b", "https://********@a.b"},
    {"a prompt with u:p@b", "a prompt with u:p@b"},
    {"", ""},
  };
  for (const auto& [url, shown] : table)
    BOOST_TEST(shown_url(url) == shown);
  BOOST_TEST(kept_url("https://********@a.b/", "https://u:p@a.b/") == "https://u:p@a.b/");
  BOOST_TEST(kept_url("https://********@c.d/", "https://u:p@a.b/") == "https://********@c.d/");
}

BOOST_FIXTURE_TEST_SUITE(tool_tests, tools_fixture)

BOOST_AUTO_TEST_CASE(a_tool_asks_nobody_in_the_house) {
  for (const auto* bad : {"https://127.0.0.1/",
                          "http://localhost:8080/",
                          "https://10.0.0.1",
                          "https://172.31.255.1/",
                          "https://192.168.1.1:443/",
                          "https://169.254.169.254/latest",
                          "https://100.64.0.1/",
                          "https://[::1]/",
                          "https://[fd00::1]:8/",
                          "https://[fe80::1]/",
                          "https://[::ffff:10.0.0.1]/",
                          "https://2130706433/",
                          "https://0x7f.1/",
                          "https://printer.local/",
                          "https://x.internal/",
                          "https://intranet/",
                          "https:///x",
                          "ftp://a.b/",
                          "",
                          "https://u@a.b/"})
    BOOST_TEST(mistake("PUT", "/v1/custom-tools/t", "{\"url\":\"" + std::string{bad} + "\"}")
                   .rfind("url ", 0)
                 == 0u,
               bad);
  for (const auto* good : {"https://a.b", "http://8.8.8.8:80/x", "https://[2001:db8::1]/",
                           "https://a.b:443/{{ args.x }}?y={{ env.Z }}"})
    put("/v1/custom-tools/t", "{\"url\":\"" + std::string{good} + "\"}");
}

BOOST_AUTO_TEST_CASE(a_tool_has_nine_members_and_no_more) {
  const auto made = put("/v1/custom-tools/t", R"({"url":"https://a.b"})");
  BOOST_TEST(json::dump(made)
             == R"({"tool_id":"t","description":"","method":"GET","url":"https://a.b",)"
                R"("headers":{},"body":{},"args":{},"timeout":null,"agent_ids":[]})");
  BOOST_TEST(mistake("PUT", "/v1/custom-tools/t", R"({"url":"https://a.b","colour":1})")
             == "a tool has url, description, method, headers, body, args and timeout, and nothing "
                "else");
  for (const auto* bad : {"7", "-a", "a%20b", "end_call", "%C3%A4"})
    BOOST_TEST(mistake("PUT", "/v1/custom-tools/" + std::string{bad}, R"({"url":"https://a.b"})")
                   .rfind("tool_id", 0)
                 == 0u,
               bad);
  BOOST_TEST(call("GET", "/v1/custom-tools/t").status == 200);
  BOOST_TEST(ask_as("Bearer other", "GET", "/v1/custom-tools/t").status == 404);
  BOOST_TEST(data(call("GET", "/v1/custom-tools"), 200).Size() == 1u);
  BOOST_TEST(call("DELETE", "/v1/custom-tools/t").status == 204);
  BOOST_TEST(call("DELETE", "/v1/custom-tools/t").status == 404);
}

BOOST_AUTO_TEST_CASE(a_tools_secrets_are_written_and_never_read) {
  const std::string body = R"({"url":"https://a.b/?key=hush-1","headers":{"X-Token":"hush-2",
    "X-Key":"{{ env.K }}"},"body":{"deep":{"api_key":"hush-3"}},"args":{"api_key":{"type":"string"}}})";
  const auto made = put("/v1/custom-tools/t", body);
  BOOST_TEST(json::dump(made).find("hush") == std::string::npos);
  BOOST_TEST(*json::text(*json::member(made, "headers"), "X-Key") == "{{ env.K }}");
  BOOST_TEST(json::member(*json::member(made, "args"), "api_key")->IsObject());
  put("/v1/custom-tools/t", json::dump(made)); // the masks sent back keep what they stand for
  const auto kept = find<tool_record>(*stored.records, table::tools, "PRJ_1/t")->body_json;
  for (const auto* secret : {"hush-1", "hush-2", "hush-3"})
    BOOST_TEST(kept.find(secret) != std::string::npos);
  BOOST_TEST(mistake("PUT", "/v1/custom-tools/t",
                     R"({"url":"https://thief.x","body":{"deep":{"api_key":"********"}}})")
               .rfind("body.deep.api_key is the mask", 0)
             == 0u);
}

BOOST_AUTO_TEST_CASE(a_tool_is_attached_to_agents_that_are_there) {
  put("/v1/custom-tools/t", R"({"url":"https://a.b"})");
  data(call("POST", "/v1/tools/t/attach", R"({"agent_id":"a"})"), 200);
  data(call("POST", "/v1/tools/t/attach", R"({"agent_id":"a"})"), 200);
  BOOST_TEST(agents("/v1/custom-tools/t") == R"(["a"])");
  mistake("POST", "/v1/tools/t/attach", R"({"agent_id":"b"})", 404);
  mistake("POST", "/v1/tools/u/attach", R"({"agent_id":"a"})", 404);
  mistake("POST", "/v1/tools/t/attach", R"({})");
  mistake("POST", "/v1/tools/t/attach", R"([])");
  put("/v1/custom-tools/t", R"({"url":"https://c.d"})");
  BOOST_TEST(agents("/v1/custom-tools/t") == R"(["a"])");
  data(call("POST", "/v1/tools/t/detach", R"({"agent_id":"a"})"), 200);
  data(call("POST", "/v1/tools/t/detach", R"({"agent_id":"a"})"), 200);
  BOOST_TEST(agents("/v1/custom-tools/t") == "[]");
  mistake("POST", "/v1/tools/end_call/detach", R"({"agent_id":"a"})", 409);
}

BOOST_AUTO_TEST_CASE(a_dictionary_is_replaced_but_for_its_settings) {
  put(words + "x%2Fy",
      R"({"vocabulary":[{"key":"rye","value":null}],"settings":{"enabled":true}})");
  auto shown = put(words + "x%2Fy", R"({"fillers":[{"key":"en","value":"One moment."}]})");
  BOOST_TEST(*json::text(shown, "domain") == "x/y");
  BOOST_TEST(*json::raw(shown, "vocabulary") == "[]");
  BOOST_TEST(*json::raw(shown, "fillers") == R"([{"key":"en","value":"One moment."}])");
  BOOST_TEST(*json::raw(shown, "settings") == R"({"enabled":true})");
  const std::pair<const char*, const char*> table[] = {
    {R"([])", "the body must be"},
    {R"({"vocabulary":{}})", "vocabulary must be an array"},
    {R"({"vocabulary":["rye"]})", "vocabulary needs a key"},
    {R"({"vocabulary":[{"key":""}]})", "vocabulary needs a key"},
    {R"({"fillers":[{"key":"en","value":7}]})", "fillers 'en'"},
    {R"({"settings":7})", "settings must be"},
    {R"({"words":[]})", "words is no part"},
  };
  for (const auto& [body, why] : table)
    BOOST_TEST(mistake("PUT", words + "x%2Fy", body).rfind(why, 0) == 0u, body);
  BOOST_TEST(ask_as("Bearer other", "GET", words + "x%2Fy").status == 404);
  mistake("PUT", words + std::string(129, 'x'), "{}");
  mistake("PUT", words + "%20x", "{}");
}

BOOST_AUTO_TEST_CASE(an_agent_is_in_one_dictionary) {
  put(words + "x", "{}");
  put(words + "y", "{}");
  data(call("POST", words + "x/attach", R"({"agent_id":"a"})"), 200);
  data(call("POST", words + "y/attach", R"({"agent_id":"a"})"), 200);
  BOOST_TEST(agents(words + "x") == "[]");
  BOOST_TEST(agents(words + "y") == R"(["a"])");
  mistake("POST", words + "y/attach", R"({"agent_id":"b"})", 404);
  data(call("POST", words + "y/detach", R"({"agent_id":"a"})"), 200);
  BOOST_TEST(agents(words + "y") == "[]");
}

BOOST_AUTO_TEST_CASE(a_dictionary_goes_with_its_tag) {
  put(words + "x", R"({"vocabulary":[{"key":"rye"}]})");
  const auto pipe =
    data(call("POST", "/v1/pipes", R"({"name":"p","domain":"x","llm_model":"m"})"), 201);
  const auto id = *json::text(pipe, "pipe_id");
  const auto copy = data(call("POST", words + "x/clone", R"({"new_domain":"y"})"), 201);
  BOOST_TEST(*json::raw(copy, "vocabulary") == R"([{"key":"rye","value":""}])");
  mistake("POST", words + "x/clone", R"({"new_domain":"y"})", 409);
  mistake("POST", words + "x/clone", R"({"new_domain":" y"})");
  mistake("POST", words + "x/clone", R"({})");
  BOOST_TEST(call("DELETE", words + "x").status == 204);
  const auto left = data(call("GET", "/v1/pipes/" + id), 200);
  BOOST_TEST(json::member(left, "domain")->IsNull());
  BOOST_TEST(*json::text(left, "llm_model") == "m");
  BOOST_TEST(data(call("GET", "/v1/domain-dictionaries"), 200).Size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
