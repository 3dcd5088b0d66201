// The rules of HTTP on values alone: heads, requests, answers.
#define BOOST_TEST_MODULE http_rules
#include <boost/test/unit_test.hpp>

#include "adapters/http/rules.hpp"

using namespace unpod;

namespace {

wire_limits small_limits() {
  wire_limits limits;
  limits.http_head_bytes_max = 100;
  limits.http_headers_max = 3;
  return limits;
}

int status_of(std::string_view head) {
  const auto verdict = inspect_head(head, 0, small_limits());
  return verdict.is == head_verdict::what::bad     ? verdict.status
         : verdict.is == head_verdict::what::whole ? 200
                                                   : 0;
}

http_request sound() {
  http_request request;
  request.method = "GET";
  request.target = "/x";
  request.headers = {{"host", "example.org:8080"}};
  split_target(request);
  return request;
}

int checked(http_request request, unsigned version = 11) {
  split_target(request);
  const auto wrong = check_request(request, version);
  return wrong ? wrong->status : 200;
}

http_request with(std::vector<std::pair<std::string, std::string>> headers) {
  auto request = sound();
  request.headers.insert(request.headers.end(), headers.begin(), headers.end());
  return request;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_head_is_whole_at_its_empty_line) {
  const std::string head = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  for (std::size_t i = 0; i < head.size(); ++i)
    BOOST_TEST(status_of(head.substr(0, i)) == 0);
  const auto verdict = inspect_head(head + "more", head.size() - 2, small_limits());
  BOOST_TEST((verdict.is == head_verdict::what::whole));
  BOOST_TEST(verdict.bytes == head.size());
  BOOST_TEST(status_of("GET / HTTP/1.1\r\n\r\n") == 200);
}

BOOST_AUTO_TEST_CASE(a_head_beyond_its_limits_is_431) {
  BOOST_TEST(status_of(std::string(100, 'A')) == 0);
  BOOST_TEST(status_of(std::string(101, 'A')) == 431);
  BOOST_TEST(status_of("GET / HTTP/1.1\r\nA: " + std::string(90, 'x') + "\r\n\r\n") == 431);
  BOOST_TEST(status_of("GET / HTTP/1.1\r\na: 1\r\nb: 2\r\nc: 3\r\n\r\n") == 200);
  BOOST_TEST(status_of("GET / HTTP/1.1\r\na: 1\r\nb: 2\r\nc: 3\r\nd: 4\r\n\r\n") == 431);
}

BOOST_AUTO_TEST_CASE(a_head_that_two_readers_would_read_differently_is_400) {
  const std::string nul("GET / HTTP/1.1\r\na: \0\r\n\r\n", 24);
  for (const auto& head :
       {std::string{"\x16\x03\x01"}, std::string{"\r\n\r\n"}, std::string{" GET"},
        std::string{"GET / HTTP/1.1\nHost: h\n\n"}, std::string{"GET / HTTP/1.1\r\na: b\n"}, nul,
        std::string{"GET / HTTP/1.1\r\na: b\rc\r\n\r\n"},
        std::string{"GET / HTTP/1.1\r\na: b\r\n c\r\n\r\n"},
        std::string{"GET / HTTP/1.1\r\n a: b\r\n\r\n"},
        std::string{"GET / HTTP/1.1\r\na : b\r\n\r\n"},
        std::string{"GET / HTTP/1.1\r\n: b\r\n\r\n"}, std::string{"GET / HTTP/1.1\r\nab\r\n\r\n"}})
    BOOST_TEST(status_of(head) == 400, head);
}

BOOST_AUTO_TEST_CASE(a_request_needs_one_sound_host) {
  auto request = sound();
  BOOST_TEST(checked(request) == 200);
  request.headers.clear();
  BOOST_TEST(checked(request) == 400);
  BOOST_TEST(checked(request, 10) == 200);
  BOOST_TEST(checked(with({{"host", "other"}})) == 400);
  for (const char* host : {"", "a b", "a/b", "a@b", "a,b", "a\"b", "a%b", "a&b"}) {
    request.headers = {{"host", host}};
    BOOST_TEST(checked(request) == 400, host);
  }
  for (const char* host : {"h", "127.0.0.1:80", "[::1]:8080", "xn--bcher-kva.example"}) {
    request.headers = {{"host", host}};
    BOOST_TEST(checked(request) == 200, host);
  }
}

BOOST_AUTO_TEST_CASE(a_body_has_one_length) {
  BOOST_TEST(checked(with({{"content-length", "3"}})) == 200);
  BOOST_TEST(checked(with({{"content-length", "3"}, {"content-length", "3"}})) == 400);
  BOOST_TEST(checked(with({{"content-length", "3"}, {"transfer-encoding", "chunked"}})) == 400);
  BOOST_TEST(checked(with({{"transfer-encoding", "Chunked"}})) == 200);
  BOOST_TEST(checked(with({{"transfer-encoding", "chunked"}}), 10) == 400);
  for (const char* coding : {"gzip", "gzip, chunked", "chunked, identity", "xchunked", "identity"})
    BOOST_TEST(checked(with({{"transfer-encoding", coding}})) == 400, coding);
  BOOST_TEST(checked(with({{"expect", "100-continue"}})) == 200);
  BOOST_TEST(checked(with({{"expect", "200-ok"}})) == 417);
}

BOOST_AUTO_TEST_CASE(targets_methods_and_versions_are_checked) {
  const auto to = [](std::string method, std::string target) {
    auto request = sound();
    request.method = std::move(method);
    request.target = std::move(target);
    return checked(request);
  };
  BOOST_TEST(to("GET", "/a?b=c") == 200);
  BOOST_TEST(to("GET", "http://h/a?b") == 200);
  BOOST_TEST(to("OPTIONS", "*") == 200);
  BOOST_TEST(to("GET", "*") == 400);
  BOOST_TEST(to("GET", "a") == 400);
  BOOST_TEST(to("GET", "") == 400);
  BOOST_TEST(to("GET", "/a#b") == 400);
  BOOST_TEST(to("GET", "/\xC3\xA9") == 400);
  BOOST_TEST(to("CONNECT", "h:443") == 501);
  BOOST_TEST(to("TRACE", "/a") == 200); // 405 where routes are known
  BOOST_TEST(checked(sound(), 20) == 505);
}

BOOST_AUTO_TEST_CASE(a_target_is_split_at_the_question_mark) {
  const auto split = [](std::string target) {
    http_request request;
    request.target = std::move(target);
    split_target(request);
    return request.path + " " + request.query;
  };
  BOOST_TEST(split("/a/b?c=d?e") == "/a/b c=d?e");
  BOOST_TEST(split("/a") == "/a ");
  BOOST_TEST(split("HTTP://h:1/a?b") == "/a b");
  BOOST_TEST(split("https://h") == "/ ");
  BOOST_TEST(split("http://h?b") == "/ b");
}

BOOST_AUTO_TEST_CASE(a_handshake_is_checked_before_anyone_sees_it) {
  const auto handshake = [](const char* version, const char* key) {
    return with({{"connection", "keep-alive, Upgrade"},
                 {"upgrade", "WebSocket"},
                 {"sec-websocket-version", version},
                 {"sec-websocket-key", key}});
  };
  const auto good = handshake("13", "AAAAAAAAAAAAAAAAAAAAAA==");
  BOOST_TEST(is_websocket_upgrade(good));
  BOOST_TEST(!check_upgrade(good, 11).has_value());
  BOOST_TEST(check_upgrade(good, 10)->status == 400);
  BOOST_TEST(check_upgrade(handshake("12", "AAAAAAAAAAAAAAAAAAAAAA=="), 11)->status == 426);
  BOOST_TEST(check_upgrade(handshake("13", "short"), 11)->status == 400);
  BOOST_TEST(check_upgrade(handshake("13", "AAAAAAAAAAAAAAAAAAA%AA=="), 11)->status == 400);
  auto post = good;
  post.method = "POST";
  BOOST_TEST(check_upgrade(post, 11)->status == 400);
  BOOST_TEST(!is_websocket_upgrade(with({{"upgrade", "h2c"}, {"connection", "upgrade"}})));
  BOOST_TEST(!is_websocket_upgrade(with({{"upgrade", "websocket"}})));
}

BOOST_AUTO_TEST_CASE(a_connection_is_kept_unless_somebody_wants_otherwise) {
  BOOST_TEST(keeps_alive(sound(), 11));
  BOOST_TEST(!keeps_alive(sound(), 10));
  BOOST_TEST(keeps_alive(with({{"connection", "Keep-Alive"}}), 10));
  BOOST_TEST(!keeps_alive(with({{"connection", "foo, Close"}}), 11));
  BOOST_TEST(!keeps_alive(with({{"user-agent", "python-httpx/0.28.1"}}), 11));
  BOOST_TEST(keeps_alive(with({{"user-agent", "curl/8"}}), 11));
}

BOOST_AUTO_TEST_CASE(an_answer_has_exactly_its_headers) {
  http_response response;
  response.status = 201;
  response.body = "{}";
  response.headers = {{"Retry-After", "1"}, {"X-Bad", "a\r\nSet-Cookie: b"}, {"X Bad", "c"}};
  BOOST_TEST(response_head(response, {11, false, "id-1", 784111777})
             == "HTTP/1.1 201 Created\r\nServer: unpod\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                "Content-Type: application/json\r\nContent-Length: 2\r\nX-Request-Id: id-1\r\n"
                "Retry-After: 1\r\n\r\n");
  http_response nothing;
  nothing.status = 204;
  const auto head = response_head(nothing, {11, true, "", 0});
  BOOST_TEST(head.find("Content-Length") == std::string::npos);
  BOOST_TEST(head.find("Connection: close\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_request_id_is_echoed_when_it_is_plain) {
  BOOST_TEST(sane_request_id(with({{"x-request-id", "3f-a.b_c"}})) == "3f-a.b_c");
  BOOST_TEST(sane_request_id(with({{"x-request-id", "a b"}})) == "");
  BOOST_TEST(sane_request_id(with({{"x-request-id", std::string(129, 'a')}})) == "");
  BOOST_TEST(sane_request_id(sound()) == "");
}
