// The guard of the way out: which URLs, addresses and headers it lets through. A table of
// attempts, each with what must become of it.
#define BOOST_TEST_MODULE outgoing_guard
#include <boost/test/unit_test.hpp>

#include "adapters/outgoing/guard.hpp"

using namespace unpod;

namespace {

outgoing_rules rules_with(const std::string& allowed, bool loopback = false) {
  outgoing_rules rules;
  rules.loopback = loopback;
  std::string why;
  BOOST_REQUIRE_MESSAGE(read_allowed_hosts(allowed, rules.allowed, why), why);
  return rules;
}

/// "host port", or why not.
std::string judged(const outgoing_rules& rules, const std::string& url) {
  outgoing_target target;
  std::string why;
  return judge_url(rules, url, target, why)
           ? target.host + " " + std::to_string(target.port) + (target.allowed ? " allowed" : "")
           : "no: " + why;
}

bool is_refused(const outgoing_rules& rules, const std::string& url) {
  return judged(rules, url).rfind("no: ", 0) == 0;
}

/// May `host` be reached at these addresses?
bool leads(const outgoing_rules& rules, const std::string& url,
           const std::vector<std::string>& addresses) {
  outgoing_target target;
  std::string why;
  BOOST_REQUIRE_MESSAGE(judge_url(rules, url, target, why), why);
  std::vector<ip_address> read;
  for (const auto& one : addresses)
    read.push_back(read_ip(one).value());
  const bool good = judge_addresses(target, read, why);
  BOOST_TEST(good == why.empty());
  return good;
}

} // namespace

BOOST_AUTO_TEST_CASE(addresses_of_the_internet_are_open) {
  for (const auto* text :
       {"8.8.8.8", "1.1.1.1", "93.184.216.34", "172.15.0.1", "172.32.0.1", "100.63.255.255",
        "100.128.0.0", "223.255.255.255", "2606:4700::1111", "2a00:1450:4001:81b::200e",
        "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"})
    BOOST_TEST(int(kind_of(read_ip(text).value())) == int(place_kind::open), text);
}

BOOST_AUTO_TEST_CASE(addresses_of_this_machine_and_of_networks_are_known_in_every_writing) {
  for (const auto* text : {"127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "::127.0.0.1",
                           "64:ff9b::7f00:1", "2002:7f00:1::"})
    BOOST_TEST(int(kind_of(read_ip(text).value())) == int(place_kind::loopback), text);
  for (const auto* text :
       {"10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
        "100.127.255.255", "fc00::1", "fd12:3456::1", "::ffff:10.1.2.3", "64:ff9b::a00:1",
        "2002:c0a8:101::", "::192.168.0.1", "2606:4700::5efe:10.0.0.1"})
    BOOST_TEST(int(kind_of(read_ip(text).value())) == int(place_kind::inside), text);
}

BOOST_AUTO_TEST_CASE(addresses_that_are_nobodys_server_are_known) {
  for (const auto* text : {"0.0.0.0",
                           "0.1.2.3",
                           "169.254.169.254",
                           "169.254.0.1",
                           "192.0.0.8",
                           "192.0.2.1",
                           "192.88.99.1",
                           "198.18.0.1",
                           "198.19.255.255",
                           "198.51.100.7",
                           "203.0.113.9",
                           "224.0.0.1",
                           "239.1.1.1",
                           "240.0.0.1",
                           "255.255.255.255",
                           "::",
                           "fe80::1",
                           "fec0::1",
                           "ff02::1",
                           "2001::1",
                           "2001:db8::1",
                           "100::1",
                           "64:ff9b:1::1",
                           "::ffff:169.254.169.254",
                           "64:ff9b::a9fe:a9fe",
                           "2002:a9fe:a9fe::",
                           "fe80::5efe:8.8.8.8",
                           "3fff::1",
                           "4000::1"})
    BOOST_TEST(int(kind_of(read_ip(text).value())) == int(place_kind::never), text);
}

BOOST_AUTO_TEST_CASE(an_ordinary_address_is_let_through) {
  const outgoing_rules rules;
  BOOST_TEST(judged(rules, "https://api.example.com/v1/chat?x=1#part") == "api.example.com 443");
  BOOST_TEST(judged(rules, "https://API.Example.com.:8443/") == "api.example.com 8443");
  BOOST_TEST(judged(rules, "HTTPS://api.example.com") == "api.example.com 443");
  outgoing_target target;
  std::string why;
  BOOST_TEST(judge_url(rules, "https://api.example.com/a?b#c", target, why));
  BOOST_TEST(target.url == "https://api.example.com/a?b");
  BOOST_TEST(target.tls);
}

BOOST_AUTO_TEST_CASE(urls_that_are_none_or_want_something_else_are_refused) {
  const outgoing_rules rules;
  for (const auto* url : {"",
                          "api.example.com",
                          "//api.example.com/",
                          "http://api.example.com/",
                          "ftp://api.example.com/",
                          "file:///etc/passwd",
                          "gopher://example.com:70/1",
                          "dict://example.com/",
                          "ws://example.com/",
                          "javascript:alert(1)",
                          "https://user@example.com/",
                          "https://user:pass@example.com/",
                          "https://:pw@example.com/",
                          "https:///etc/passwd",
                          "https://exa mple.com/",
                          "https://example.com\r\nHost: x/",
                          "https://example.com/a b",
                          "https://example.com\\@evil.com/",
                          "https://example.com:0/",
                          "https://example.com:99999/",
                          "https://example.com:22/",
                          "https://example.com:25/",
                          "https://[fe80::1%25eth0]/",
                          "https://%31%32%37.0.0.1/x y",
                          "https://example.com/\t"})
    BOOST_TEST(is_refused(rules, url), "let through: " << url << ": " << judged(rules, url));
  BOOST_TEST(is_refused(rules, "https://example.com/" + std::string(3'000, 'x')));
}

BOOST_AUTO_TEST_CASE(numbers_written_cleverly_are_the_addresses_they_are) {
  const outgoing_rules rules;
  for (const auto* url : {"https://0x7f.1/", "https://2130706433/", "https://017700000001/",
                          "https://127.1/", "https://0x7f000001/"}) {
    outgoing_target target;
    std::string why;
    if (!judge_url(rules, url, target, why))
      continue;
    BOOST_TEST(target.host == "127.0.0.1", url);
    BOOST_TEST(!judge_addresses(target, {read_ip(target.host).value()}, why), url);
  }
}

BOOST_AUTO_TEST_CASE(one_bad_address_among_good_ones_spoils_the_name) {
  const outgoing_rules rules;
  const auto* url = "https://api.example.com/";
  BOOST_TEST(leads(rules, url, {"93.184.216.34"}));
  BOOST_TEST(leads(rules, url, {"93.184.216.34", "2606:4700::1111"}));
  BOOST_TEST(!leads(rules, url, {}));
  BOOST_TEST(!leads(rules, url, {"93.184.216.34", "127.0.0.1"}));
  BOOST_TEST(!leads(rules, url, {"10.0.0.1", "93.184.216.34"}));
  BOOST_TEST(!leads(rules, url, {"93.184.216.34", "169.254.169.254"}));
  BOOST_TEST(!leads(rules, url, {"::ffff:192.168.0.1"}));
}

BOOST_AUTO_TEST_CASE(a_named_host_may_be_inside_and_speak_http) {
  const auto rules = rules_with("brain.internal, 10.0.0.7:9000 ,[::1]:8080,169.254.10.10");
  BOOST_TEST(judged(rules, "http://brain.internal:81/x") == "brain.internal 81 allowed");
  BOOST_TEST(leads(rules, "http://brain.internal/", {"10.1.1.1"}));
  BOOST_TEST(leads(rules, "http://brain.internal/", {"127.0.0.1", "fd00::1"}));
  BOOST_TEST(!leads(rules, "http://brain.internal/", {"169.254.169.254"}));
  BOOST_TEST(!leads(rules, "http://brain.internal/", {"224.0.0.1"}));
  BOOST_TEST(judged(rules, "http://10.0.0.7:9000/") == "10.0.0.7 9000 allowed");
  BOOST_TEST(is_refused(rules, "http://10.0.0.7:9001/"));
  BOOST_TEST(judged(rules, "https://10.0.0.7:9001/") == "10.0.0.7 9001");
  BOOST_TEST(!leads(rules, "https://10.0.0.7:9001/", {"10.0.0.7"}));
  BOOST_TEST(judged(rules, "http://[::1]:8080/") == "::1 8080 allowed");
  BOOST_TEST(leads(rules, "http://169.254.10.10/", {"169.254.10.10"}));
  BOOST_TEST(is_refused(rules, "http://evil.brain.internal/"));
  BOOST_TEST(is_refused(rules, "http://brain.internal.evil.com/"));
}

BOOST_AUTO_TEST_CASE(in_dev_this_machine_is_a_named_host_and_nothing_else_is) {
  const auto rules = rules_with("", true);
  BOOST_TEST(judged(rules, "http://127.0.0.1:8000/x") == "127.0.0.1 8000 allowed");
  BOOST_TEST(judged(rules, "http://localhost:8000/x") == "localhost 8000 allowed");
  BOOST_TEST(judged(rules, "http://[::1]:80/") == "::1 80 allowed");
  BOOST_TEST(leads(rules, "http://127.0.0.1:8000/", {"127.0.0.1"}));
  BOOST_TEST(!leads(rules, "https://rebind.example.com/", {"127.0.0.1"}));
  BOOST_TEST(is_refused(rules, "http://10.0.0.1/"));
  BOOST_TEST(is_refused(rules, "http://example.com/"));
}

BOOST_AUTO_TEST_CASE(a_list_of_hosts_with_a_mistake_is_refused_whole) {
  std::vector<allowed_host> hosts{{"kept", 1}};
  std::string why;
  for (const auto* text : {"a:0", "a:x", "a:70000", "http://a", "*.a", "a/b", "a@b"}) {
    BOOST_TEST(!read_allowed_hosts(text, hosts, why), text);
    BOOST_TEST(!why.empty());
  }
  BOOST_TEST(hosts.size() == 1U);
  BOOST_TEST(read_allowed_hosts("", hosts, why));
  BOOST_TEST(hosts.empty());
  BOOST_TEST(read_allowed_hosts("A.B:80, ::1", hosts, why));
  BOOST_TEST(hosts.at(0).host == "a.b");
  BOOST_TEST(hosts.at(0).port == 80);
  BOOST_TEST(hosts.at(1).host == "::1");
}

BOOST_AUTO_TEST_CASE(headers_hold_one_line_and_do_not_frame_the_message) {
  std::string why;
  BOOST_TEST(judge_headers({{"Authorization", "Bearer x"}, {"X-Org", "a b"}, {"X-E", ""}}, why));
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"X-A", "a\r\nX-B: c"},
                                                        {"X-A", "a\nb"},
                                                        {"X-A", std::string{"a\0b", 3}},
                                                        {"X A", "b"},
                                                        {"X:", "b"},
                                                        {"", "b"},
                                                        {"Host", "b"},
                                                        {"content-length", "5"},
                                                        {"Transfer-Encoding", "chunked"},
                                                        {"Connection", "close"},
                                                        {"X-A", std::string(9'000, 'x')}})
    BOOST_TEST(!judge_headers({{name, value}}, why), name);
  BOOST_TEST(!judge_headers(std::vector<std::pair<std::string, std::string>>(65, {"A", "b"}), why));
}
