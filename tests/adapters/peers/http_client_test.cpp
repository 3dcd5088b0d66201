// Answers are read whatever way they are cut into pieces, and a liar is found out.
#define BOOST_TEST_MODULE http_client
#include <boost/test/unit_test.hpp>

#include "adapters/peers/http_client.hpp"
#include "tests/adapters/peers/one_shot_server.hpp"

#include <random>

namespace {

using namespace unpod;
using fixtures::one_shot_server;

http_answer read(const std::string& bytes, std::size_t step, http_client_limits limits = {}) {
  http_answer_reader reader{limits};
  for (std::size_t at = 0; at < bytes.size(); at += step)
    if (reader.take(std::string_view{bytes}.substr(at, step)))
      return reader.answer();
  reader.ended();
  return reader.answer();
}

} // namespace

BOOST_AUTO_TEST_CASE(bases_are_written_as_the_sdk_reads_them) {
  BOOST_TEST(parse_http_base("http://127.0.0.1:8080/")->port == "8080");
  BOOST_TEST(parse_http_base("http://[::1]:81")->host == "::1");
  BOOST_TEST(parse_http_base("http://[::1]:81")->where() == "[::1]:81");
  BOOST_TEST(parse_http_base("http://h")->port == "80");
  BOOST_TEST(parse_http_base(" http://h/a/b// ")->prefix == "/a/b");
  for (const char* plain : {"http://h", "ws://h", "HTTP://h"})
    BOOST_TEST(!parse_http_base(plain)->secure, plain);
  for (const char* secure : {"https://h", "wss://h", "h", "h/x"}) {
    BOOST_TEST(parse_http_base(secure)->secure, secure);
    BOOST_TEST(parse_http_base(secure)->port == "443", secure);
  }
  BOOST_TEST(parse_http_base("h:80")->port == "80");
  for (const char* bad : {"", "http://", "ftp://h", "://h", "http://h:0", "http://h:99999",
                          "http://h:x", "http://h/a?b", "http://h/a b", "http://a b", "http://u@h",
                          "http://[::1", "http://h#x", "http://h\r\nX"})
    BOOST_TEST(!parse_http_base(bad).has_value(), bad);
}

BOOST_AUTO_TEST_CASE(every_framing_is_read_in_pieces_of_any_size) {
  const std::string head = "HTTP/1.1 201 Created\r\nX: y\r\n";
  for (std::size_t step = 1; step < 40; ++step) {
    BOOST_TEST(read(head + "Content-Length: 5\r\n\r\nhello", step).body == "hello");
    BOOST_TEST(read(head + "\r\nuntil the end", step).body == "until the end");
    BOOST_TEST(
      read(head + "Transfer-Encoding: chunked\r\n\r\n3;x=1\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", step)
        .body
      == "abcde");
    BOOST_TEST(read("HTTP/1.1 204 No\r\n\r\n", step).status == 204);
    BOOST_TEST(read(head + "Content-Length: 0\r\n\r\n", step).status == 201);
  }
}

BOOST_AUTO_TEST_CASE(liars_and_fragments_are_errors_in_words) {
  const auto bad = [](const std::string& bytes) {
    const auto answer = read(bytes, 7);
    BOOST_TEST(answer.status == 0, bytes);
    return answer.why;
  };
  BOOST_TEST(bad("").find("cut off") != std::string::npos);
  BOOST_TEST(bad("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc").find("cut off")
             != std::string::npos);
  BOOST_TEST(!bad("SMTP ready\r\n\r\n").empty());
  BOOST_TEST(!bad("HTTP/1.1 abc\r\n\r\n").empty());
  BOOST_TEST(!bad("HTTP/1.1 200 OK\r\nno colon\r\n\r\n").empty());
  BOOST_TEST(!bad("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n").empty());
  BOOST_TEST(!bad("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx").empty());
  BOOST_TEST(!bad("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n").empty());
  BOOST_TEST(!bad("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n").empty());
  BOOST_TEST(!bad("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc").empty());
}

BOOST_AUTO_TEST_CASE(nothing_grows_beyond_its_limit) {
  http_client_limits small;
  small.head_bytes_max = 100;
  small.body_bytes_max = 10;
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  BOOST_TEST(read(ok + "A: " + std::string(200, 'x'), 9, small).why.find("head")
             != std::string::npos);
  BOOST_TEST(read(ok + "Content-Length: 11\r\n\r\n", 9, small).why.find("too long")
             != std::string::npos);
  BOOST_TEST(read(ok + "\r\n" + std::string(11, 'x'), 9, small).why.find("too long")
             != std::string::npos);
  BOOST_TEST(
    read(ok + "Transfer-Encoding: chunked\r\n\r\nfffffff\r\n" + std::string(11, 'x'), 9, small)
      .why.find("too long")
    != std::string::npos);
}

BOOST_AUTO_TEST_CASE(random_bytes_never_hurt) {
  std::mt19937 dice{3};
  const std::string pieces[] = {"HTTP/1.1 200 OK\r\n",
                                "\r\n",
                                "Content-Length: 3",
                                ":",
                                "0",
                                "abc",
                                "Transfer-Encoding: chunked",
                                "5\r\n",
                                "\xff",
                                " "};
  for (int round = 0; round < 3'000; ++round) {
    std::string bytes = "HTTP/1.1 200 OK\r\n";
    for (int n = 0; n < 10; ++n)
      bytes += pieces[dice() % 10];
    const auto answer = read(bytes, 1 + dice() % 20);
    BOOST_REQUIRE((answer.status == 0) == !answer.why.empty());
  }
}

BOOST_AUTO_TEST_CASE(an_exchange_over_a_socket) {
  one_shot_server server{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"};
  const auto answer = ask_over_http(server.url, "POST", "/v1/pipes", "sk_x", "{\"a\":1}");
  server.worker.join();
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.body == "{}");
  BOOST_TEST(server.asked.rfind("POST /v1/pipes HTTP/1.1\r\n", 0) == 0u);
  BOOST_TEST(server.asked.find("Authorization: Bearer sk_x\r\n") != std::string::npos);
  BOOST_TEST(server.asked.find("Content-Length: 7\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_request_cannot_be_split) {
  BOOST_TEST(!ask_over_http("http://127.0.0.1:1", "GET", "/a\r\nX: y", "", "").why.empty());
  BOOST_TEST(!ask_over_http("http://127.0.0.1:1", "GET", "/a", "k\r\nX: y", "").why.empty());
  BOOST_TEST(!ask_over_http("http://127.0.0.1:1/a b", "GET", "/", "", "").why.empty());
}

BOOST_AUTO_TEST_CASE(silence_is_told_from_an_answer_cut_off) {
  const auto words = [](const char* bytes) {
    one_shot_server server{bytes};
    return ask_over_http(server.url, "GET", "/", "", "").why;
  };
  BOOST_TEST(words("").find("hung up without an answer; is it https://?") != std::string::npos);
  BOOST_TEST(words("HTTP/1.1 200 OK\r\n") == "the answer was cut off");
}
