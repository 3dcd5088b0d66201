// A node's answers become plain values, whatever they are; bodies are put together.
#define BOOST_TEST_MODULE node_client
#include <boost/test/unit_test.hpp>

#include "adapters/peers/node_client.hpp"
#include "tests/adapters/peers/one_shot_server.hpp"

#include <random>

namespace {

using namespace unpod;
using outcome = node_reply::outcome;

std::string composed(const std::string& body, std::vector<node_member> members) {
  node_question question;
  question.body = body;
  question.members = std::move(members);
  std::string out, why;
  return compose_body(question, out, why) ? out : "mistake: " + why;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_envelope_is_taken_off) {
  const auto reply = read_reply(
    {200,
     R"({"status_code":200,"message":"ok","data":[{"a":{"b":"c"},"n":7}],"next_cursor":"x"})",
     {}});
  BOOST_TEST((reply.what == outcome::answered));
  BOOST_TEST(reply.next_cursor == "x");
  BOOST_TEST(reply.data.text == R"([{"a":{"b":"c"},"n":7}])");
  BOOST_REQUIRE(reply.data.items.size() == 1u);
  BOOST_TEST(reply.data.items[0].find("a.b")->text == "c");
  BOOST_TEST(reply.data.items[0].find("n")->text == "7");
  for (const char* missing : {"", "a.", ".a", "a.b.c", "x", "n.x"})
    BOOST_TEST(reply.data.items[0].find(missing) == nullptr, missing);
  // `data` alone is a member like any other: a call has one.
  BOOST_TEST(read_reply({200, R"({"call_id":"x","data":{}})", {}}).data.find("call_id")->text
             == "x");
  BOOST_TEST((read_reply({204, "", {}}).what == outcome::answered));
}

BOOST_AUTO_TEST_CASE(refusals_have_words) {
  const auto words = [](int status, const char* body) {
    const auto reply = read_reply({status, body, {}});
    BOOST_TEST((reply.what == outcome::refused));
    BOOST_TEST(reply.status == status);
    return reply.words;
  };
  BOOST_TEST(words(404, R"({"detail":"no pipe"})") == "no pipe");
  BOOST_TEST(words(409, R"({"detail":{"code":"busy","message":"in use"}})") == "in use");
  BOOST_TEST(words(409, R"({"detail":{"code":"busy"}})") == "busy");
  BOOST_TEST(words(409, R"({"detail":{"x":1}})") == R"({"x":1})");
  BOOST_TEST(words(500, "<html>") == "HTTP status 500");
  BOOST_TEST(words(302, "") == "HTTP status 302");
  BOOST_TEST(words(400, "[]") == "HTTP status 400");
}

BOOST_AUTO_TEST_CASE(what_is_no_answer_of_a_node_is_unreachable) {
  BOOST_TEST((read_reply({0, "", "nobody"}).what == outcome::unreachable));
  BOOST_TEST(read_reply({0, "", "nobody"}).words == "nobody");
  BOOST_TEST((read_reply({200, "hello", {}}).what == outcome::unreachable));
  BOOST_TEST((read_reply({200, std::string(100'000, '['), {}}).what == outcome::unreachable));
}

BOOST_AUTO_TEST_CASE(members_join_a_body) {
  BOOST_TEST(composed("", {}) == "");
  BOOST_TEST(composed("", {{"a", "1"}, {"b.c", "\"x\""}, {"b.d.e", "[]"}})
             == R"({"a":1,"b":{"c":"x","d":{"e":[]}}})");
  BOOST_TEST(composed(R"({"a":1,"b":5})", {{"a", "2"}, {"b.c", "3"}}) == R"({"a":2,"b":{"c":3}})");
  BOOST_TEST(composed(R"({"b":{"t":"x"}})", {{"b.t", "\"y\"", true}, {"b.u", "1", true}})
             == R"({"b":{"t":"x","u":1}})");
  BOOST_TEST(composed("", {{"a", "{\"x\": 1}"}}) == R"({"a":{"x":1}})");
  BOOST_TEST(composed("", {{"a", "{oops"}}).find("mistake: a is not JSON at byte 1") == 0u);
  BOOST_TEST(composed("[]", {}) == "mistake: the body is not a JSON object");
  BOOST_TEST(composed("{", {}).find("mistake: the body is not JSON at byte") == 0u);
}

BOOST_AUTO_TEST_CASE(a_bad_address_is_no_question) {
  for (const char* url : {"", "ftp://h", "http://h:0", "http://u@h"}) {
    node_question question;
    question.url = url;
    question.method = "GET";
    question.path = "/v1/pipes";
    BOOST_TEST((ask_node(question).what == outcome::unasked), url);
  }
}

BOOST_AUTO_TEST_CASE(a_question_goes_over_a_socket) {
  fixtures::one_shot_server server{"HTTP/1.1 201 Created\r\nContent-Length: 44\r\n\r\n"
                                   R"({"message":"ok","data":{"pipe_id":"PIPE_1"}})"};
  const auto reply = ask_node(
    {server.url + "/platform", "sk_x", "PATCH", "/v1/pipes/x?a=b", "", {{"name", "\"n\""}}});
  server.worker.join();
  BOOST_TEST(reply.data.find("pipe_id")->text == "PIPE_1");
  BOOST_TEST(server.asked.rfind("PATCH /platform/v1/pipes/x?a=b HTTP/1.1\r\n", 0) == 0u);
  BOOST_TEST(server.asked.find("Authorization: Bearer sk_x\r\n") != std::string::npos);
  BOOST_TEST(server.asked.find("Content-Length: 12\r\n\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(random_answers_never_hurt) {
  std::mt19937 dice{5};
  const std::string pieces[] = {"{",           "}",    "[",           "]",    "\"data\"",
                                ":",           ",",    "\"message\"", "null", "1e999",
                                "\"\\u0000\"", "\xFF", "true"};
  for (int round = 0; round < 3'000; ++round) {
    std::string body;
    for (int n = 0; n < 12; ++n)
      body += pieces[dice() % std::size(pieces)];
    const auto reply = read_reply({dice() % 2 == 0 ? 200 : 404, body, {}});
    BOOST_REQUIRE((reply.what == outcome::answered) == reply.words.empty());
  }
}
