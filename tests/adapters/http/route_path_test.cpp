// Every spelling the SDK can produce, and every one it should not.
#define BOOST_TEST_MODULE route_path
#include <boost/test/unit_test.hpp>

#include "adapters/http/route_path.hpp"

using namespace unpod;

namespace {

std::string routed(std::string_view path) {
  const auto segments = route_path(path);
  if (!segments)
    return "(bad)";
  std::string joined;
  for (const auto& segment : *segments)
    joined += (joined.empty() ? "" : "|") + segment;
  return joined;
}

struct row {
  const char* path;
  const char* routed;
};

} // namespace

BOOST_AUTO_TEST_CASE(every_column_of_the_contracts_table_reaches_the_same_resource) {
  const row rows[] = {
    // agents, pipes, calls: all columns
    {"/api/v2/platform/speech/v1/pipes", "v1|pipes"},
    // numbers
    {"/api/v2/platform/telephony/numbers/7", "telephony|numbers|7"},
    // sessions and the like: A, B and C, D
    {"/platform/v1/sessions/token", "v1|sessions|token"},
    {"/v1/sessions/token", "v1|sessions|token"},
    {"/api/v2/platform/speech/v1/sessions/token", "v1|sessions|token"},
    {"/orchestrator/v1/sessions/s/end", "v1|sessions|s|end"},
    {"/api/v2/platform/speech/v1/sessions/s/end", "v1|sessions|s|end"},
    // voice profiles: A and C, B, D
    {"/api/v2/platform/voice-profiles/", "voice-profiles"},
    {"/voice-profiles/", "voice-profiles"},
    {"/api/v2/platform/speech/voice-profiles", "voice-profiles"},
    // telephony: A and C, B, D
    {"/api/v2/platform/telephony/trunks/", "telephony|trunks"},
    {"/telephony/trunks/", "telephony|trunks"},
    {"/api/v2/platform/speech/telephony/trunks/", "telephony|trunks"},
    // analytics: A and C, B, D
    {"/api/v2/platform/speech/v1/analytics-fields", "v1|analytics-fields"},
    {"/speech/v1/analytics-fields", "v1|analytics-fields"},
    {"/api/v2/platform/speech/speech/v1/analytics-fields", "v1|analytics-fields"},
    // what the documentation spells for curl
    {"/platform/v1/voice-profiles", "v1|voice-profiles"},
    {"/platform/speech/v1/pipes", "v1|pipes"},
    {"/health", "health"},
    {"/", ""},
    {"/platform", ""},
  };
  for (const auto& [path, expected] : rows)
    BOOST_TEST(routed(path) == expected, path << " gave " << routed(path));
}

BOOST_AUTO_TEST_CASE(a_mount_is_whole_segments_and_comes_off_once) {
  BOOST_TEST(routed("/platformx/v1") == "platformx|v1");
  BOOST_TEST(routed("/api/v2/v1/pipes") == "api|v2|v1|pipes");
  BOOST_TEST(routed("/platform/platform/v1") == "platform|v1");
  BOOST_TEST(routed("/speech/speech/v1") == "speech|v1");
  BOOST_TEST(routed("/v1/speech/x") == "v1|speech|x");
}

BOOST_AUTO_TEST_CASE(segments_are_decoded_by_percent_alone) {
  BOOST_TEST(routed("/v1/numbers/+14155550101/attach") == "v1|numbers|+14155550101|attach");
  BOOST_TEST(routed("/v1/a%20b/%C3%A9") == "v1|a b|\xC3\xA9");
  BOOST_TEST(routed("/v1/a%2Fb") == "v1|a/b");
  BOOST_TEST(routed("/v1/a%2fplatform%2f..") == "v1|a/platform/..");
  BOOST_TEST(routed("/v1//x") == "v1||x");
}

BOOST_AUTO_TEST_CASE(a_hostile_path_is_refused) {
  for (const char* path :
       {"", "v1", "*", "/v1/%", "/v1/%4", "/v1/%zz", "/v1/%00", "/v1/%0A", "/v1/%7F", "/v1/%C3",
        "/v1/%C0%AF", "/v1/%ED%A0%80", "/v1/%F5%80%80%80", "/v1/..", "/v1/%2E%2e/x", "/v1/./x"})
    BOOST_TEST(routed(path) == "(bad)", path);
  std::string deep;
  for (std::size_t i = 0; i < path_segments_max; ++i)
    deep += "/x";
  BOOST_TEST(route_path(deep).has_value());
  BOOST_TEST(!route_path(deep + "/x").has_value());
}

BOOST_AUTO_TEST_CASE(a_query_is_read_in_order_and_bounded) {
  const auto query = parse_query("a=b&c&d=%2B1+2&&a=z&e=f=g");
  BOOST_REQUIRE(query.has_value());
  BOOST_TEST(query->all.size() == 5u);
  BOOST_TEST(*query->find("a") == "b");
  BOOST_TEST(*query->find("c") == "");
  BOOST_TEST(*query->find("d") == "+1 2");
  BOOST_TEST(*query->find("e") == "f=g");
  BOOST_TEST(!query->find("x").has_value());
  BOOST_TEST(parse_query("")->all.empty());
  BOOST_TEST(!parse_query("a=%0").has_value());
  BOOST_TEST(!parse_query("%00=a").has_value());
  std::string many;
  for (std::size_t i = 0; i < query_arguments_max; ++i)
    many += "a&";
  BOOST_TEST(parse_query(many).has_value());
  BOOST_TEST(!parse_query(many + "a").has_value());
}

BOOST_AUTO_TEST_CASE(a_pattern_catches_whole_segments) {
  const path_pattern connect{"v1/pipes/{id}/connect"};
  const auto caught = connect.match(*route_path("/platform/v1/pipes/PIPE_1/connect/"));
  BOOST_REQUIRE(caught.has_value());
  BOOST_TEST((*caught)["id"] == "PIPE_1");
  BOOST_TEST((*caught)["x"] == "");
  BOOST_TEST(!connect.match(*route_path("/v1/pipes//connect")).has_value());
  BOOST_TEST(!connect.match(*route_path("/v1/pipes/a")).has_value());
  BOOST_TEST(!connect.match(*route_path("/v1/pipes/a/connect/b")).has_value());
  BOOST_TEST(!connect.match(*route_path("/v1/calls/a/connect")).has_value());
  BOOST_TEST(path_pattern{""}.match(*route_path("/")).has_value());
  const auto two = path_pattern{"v1/{a}/{b}"}.match({"v1", "x", "y"});
  BOOST_REQUIRE(two.has_value());
  BOOST_TEST((*two)["a"] == "x");
  BOOST_TEST((*two)["b"] == "y");
}
