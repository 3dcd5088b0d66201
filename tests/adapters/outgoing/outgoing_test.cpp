// The way out, against servers that misbehave on loopback: what comes back, what is cut
// off, and what is never asked at all. Names are resolved by the test.
#define BOOST_TEST_MODULE outgoing_http
#include <boost/test/unit_test.hpp>

#include "adapters/outgoing/outgoing_http.hpp"
#include "tests/adapters/websocket/certificate.hpp"
#include "tests/adapters/raw_http_server.hpp"

#include <condition_variable>
#include <future>
#include <map>
#include <mutex>

using namespace unpod;
using fixtures::answer_with;
using fixtures::open_head;
using fixtures::raw_http_server;
using std::chrono::seconds;

namespace {

/// Keeps an answer, and lets a test wait for its end.
struct kept_answer : outgoing_listener {
  bool began(int with, const std::string& as) override {
    status = with;
    type = as;
    return wanted;
  }
  bool piece(std::string_view bytes) override {
    body += bytes;
    first_piece.wait_once();
    return body.size() < enough;
  }
  void ended(const outgoing_result& with) override {
    ++ends;
    over.set_value(with);
  }

  outgoing_result wait() {
    auto result = over.get_future();
    BOOST_REQUIRE(result.wait_for(seconds{20}) == std::future_status::ready);
    return result.get();
  }

  struct once {
    std::promise<void> said;
    bool done = false;
    void wait_once() {
      if (!std::exchange(done, true))
        said.set_value();
    }
  };

  int status = 0;
  int ends = 0;
  std::string type, body;
  bool wanted = true;
  std::size_t enough = SIZE_MAX;
  once first_piece;
  std::promise<outgoing_result> over;
};

/// Resolves what a test says, and counts how often it was asked.
struct scripted_names {
  std::mutex mutex;
  std::map<std::string, std::vector<std::vector<std::string>>> answers; // the last one stays
  int asked = 0;

  name_resolver resolver() {
    return [this](const std::string& host, auto done) {
      std::vector<ip_address> addresses;
      {
        const std::lock_guard lock{mutex};
        ++asked;
        auto& list = answers[host];
        if (list.empty())
          return done({}, "'" + host + "' cannot be resolved: no such name");
        for (const auto& one : list.front())
          addresses.push_back(read_ip(one).value());
        if (list.size() > 1)
          list.erase(list.begin());
      }
      done(std::move(addresses), {});
    };
  }
};

struct way_out {
  scripted_names names;
  outgoing_options options;
  outgoing_http_ptr port;

  explicit way_out(const std::string& allowed = {}, bool dev = true) {
    options.rules.loopback = dev;
    std::string why;
    BOOST_REQUIRE(read_allowed_hosts(allowed, options.rules.allowed, why));
    options.resolve = names.resolver();
  }

  outgoing_http& open() {
    if (!port)
      port = make_outgoing_http(options);
    return *port;
  }

  std::shared_ptr<kept_answer> ask(const std::string& url, outgoing_request request = {}) {
    auto answer = std::make_shared<kept_answer>();
    request.url = url;
    open().send(std::move(request), answer);
    return answer;
  }
};

outgoing_request quick(milliseconds first_byte, milliseconds quiet) {
  outgoing_request request;
  request.first_byte = first_byte;
  request.quiet = quiet;
  return request;
}

bool says(const std::string& text, const std::string& words) {
  BOOST_TEST_INFO(text);
  return text.find(words) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_request_goes_out_and_its_answer_comes_back) {
  std::string head, body;
  raw_http_server server{[&](auto& peer) {
    head = peer.head;
    body = peer.body;
    peer.send(answer_with("hello", "application/json; charset=utf-8"));
  }};
  way_out out;
  outgoing_request request;
  request.headers = {{"Authorization", "Bearer x"}, {"Content-Type", "application/json"}};
  request.body = R"({"a":1})";
  const auto answer = out.ask(server.url("/chat?x=1"), request);
  const auto result = answer->wait();
  BOOST_TEST(result.status == 200);
  BOOST_TEST(result.why == "");
  BOOST_TEST(answer->body == "hello");
  BOOST_TEST(answer->type == "application/json; charset=utf-8");
  BOOST_TEST(says(head, "POST /chat?x=1 HTTP/1.1\r\n"));
  BOOST_TEST(says(head, "Authorization: Bearer x\r\n"));
  BOOST_TEST(!says(head, "Expect"));
  BOOST_TEST(body == R"({"a":1})");
}

BOOST_AUTO_TEST_CASE(a_redirect_is_an_answer_that_nobody_follows) {
  std::atomic<int> asked{0};
  raw_http_server inner{[&](auto& peer) {
    ++asked;
    peer.send(answer_with("secret"));
  }};
  raw_http_server server{[&](auto& peer) {
    peer.send("HTTP/1.1 302 Found\r\nLocation: " + inner.url() + "\r\nContent-Length: 0\r\n\r\n");
  }};
  way_out out;
  BOOST_TEST(out.ask(server.url())->wait().status == 302);
  BOOST_TEST(asked == 0);
}

BOOST_AUTO_TEST_CASE(a_name_that_leads_inside_is_not_asked) {
  raw_http_server server{[](auto& peer) { peer.send(answer_with("secret")); }};
  way_out out;
  const auto port = std::to_string(server.port());
  out.names.answers["evil.example"] = {{"127.0.0.1"}};
  out.names.answers["mixed.example"] = {{"93.184.216.34", "10.0.0.1"}};
  out.names.answers["meta.example"] = {{"169.254.169.254"}};
  for (const auto* host : {"evil.example", "mixed.example", "meta.example"}) {
    const auto result = out.ask(std::string{"https://"} + host + ":" + port + "/")->wait();
    BOOST_TEST(result.refused);
    BOOST_TEST(result.status == 0);
    BOOST_TEST(says(result.why, host));
  }
  const auto plain = out.ask("http://evil.example:" + port + "/")->wait();
  BOOST_TEST(plain.refused);
  BOOST_TEST(server.connections() == 0);
}

BOOST_AUTO_TEST_CASE(a_name_that_changes_its_answer_leads_nowhere_new) {
  raw_http_server server{[](auto& peer) { peer.send(answer_with("hello")); }};
  way_out out{"brain.example"};
  out.options.bounds.name_life = seconds{0}; // asked anew each time
  out.names.answers["brain.example"] = {{"127.0.0.1"}, {"169.254.169.254"}};
  const auto url = "http://brain.example:" + std::to_string(server.port()) + "/";
  BOOST_TEST(out.ask(url)->wait().status == 200);
  BOOST_TEST(out.ask(url)->wait().refused);
  BOOST_TEST(out.names.asked == 2);
}

BOOST_AUTO_TEST_CASE(a_name_is_remembered_for_a_while) {
  raw_http_server server{[](auto& peer) { peer.send(answer_with("hello")); }};
  way_out out{"brain.example"};
  out.names.answers["brain.example"] = {{"127.0.0.1"}, {"169.254.169.254"}};
  const auto url = "http://brain.example:" + std::to_string(server.port()) + "/";
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(out.ask(url)->wait().status == 200);
  BOOST_TEST(out.names.asked == 1);
}

BOOST_AUTO_TEST_CASE(the_next_address_is_tried_when_one_takes_no_connection) {
  raw_http_server server{[](auto& peer) { peer.send(answer_with("hello")); }};
  way_out out{"brain.example"};
  out.names.answers["brain.example"] = {{"127.0.0.2", "127.0.0.1"}};
  const auto url = "http://brain.example:" + std::to_string(server.port()) + "/";
  const auto answer = out.ask(url);
  BOOST_TEST(answer->wait().status == 200);
  BOOST_TEST(answer->body == "hello");
}

BOOST_AUTO_TEST_CASE(a_name_without_an_address_says_so) {
  way_out out;
  const auto result = out.ask("https://nowhere.example/")->wait();
  BOOST_TEST(!result.refused);
  BOOST_TEST(says(result.why, "cannot be resolved"));
}

BOOST_AUTO_TEST_CASE(proxies_of_the_environment_are_not_asked) {
  raw_http_server proxy{[](auto& peer) { peer.send(answer_with("from the proxy")); }};
  raw_http_server server{[](auto& peer) { peer.send(answer_with("hello")); }};
  ::setenv("http_proxy", proxy.url().c_str(), 1);
  ::setenv("ALL_PROXY", proxy.url().c_str(), 1);
  way_out out;
  const auto answer = out.ask(server.url());
  BOOST_TEST(answer->wait().status == 200);
  BOOST_TEST(answer->body == "hello");
  BOOST_TEST(proxy.connections() == 0);
  ::unsetenv("http_proxy");
  ::unsetenv("ALL_PROXY");
}

BOOST_AUTO_TEST_CASE(an_answer_without_end_is_cut_at_its_limit) {
  raw_http_server server{[](auto& peer) {
    peer.send(open_head());
    const std::string block(64 * 1024, 'x');
    while (peer.send(block)) {
    }
  }};
  way_out out;
  outgoing_request request;
  request.answer_max = 256 * 1024;
  const auto answer = out.ask(server.url(), request);
  const auto result = answer->wait();
  BOOST_TEST(result.status == 200);
  BOOST_TEST(says(result.why, "more than 262144 bytes"));
  BOOST_TEST(answer->body.size() <= request.answer_max);
}

BOOST_AUTO_TEST_CASE(a_head_without_end_is_cut_at_its_limit) {
  raw_http_server server{[](auto& peer) {
    peer.send("HTTP/1.1 200 OK\r\n");
    while (peer.send("X-Filler: " + std::string(1'000, 'x') + "\r\n")) {
    }
  }};
  raw_http_server endless_100{[](auto& peer) {
    while (peer.send("HTTP/1.1 100 Continue\r\n\r\n")) {
    }
  }};
  way_out out;
  BOOST_TEST(says(out.ask(server.url())->wait().why, "a head of more than"));
  BOOST_TEST(!out.ask(endless_100.url())->wait().why.empty());
}

BOOST_AUTO_TEST_CASE(a_server_that_says_nothing_is_left_in_time) {
  raw_http_server server{[](auto& peer) { peer.hang_up_seen(); }};
  way_out out;
  const auto result = out.ask(server.url(), quick(milliseconds{150}, seconds{5}))->wait();
  BOOST_TEST(result.status == 0);
  BOOST_TEST(says(result.why, "did not answer for 150 ms"));
  BOOST_TEST(result.took.count() >= 150);
  BOOST_TEST(result.took.count() < 2'000);
}

BOOST_AUTO_TEST_CASE(an_answer_that_falls_silent_or_drips_is_left_in_time) {
  raw_http_server stops{[](auto& peer) {
    peer.send(open_head() + "begun");
    peer.hang_up_seen();
  }};
  raw_http_server drips{[](auto& peer) {
    peer.send(open_head());
    while (peer.send("x") && peer.pause(20)) {
    }
  }};
  way_out out;
  const auto answer = out.ask(stops.url(), quick(seconds{5}, milliseconds{150}));
  BOOST_TEST(says(answer->wait().why, "fell silent for 150 ms"));
  BOOST_TEST(answer->body == "begun");
  auto slow = quick(seconds{5}, milliseconds{1'000});
  slow.timeout = milliseconds{400};
  const auto dripped = out.ask(drips.url(), slow)->wait();
  BOOST_TEST(says(dripped.why, "took longer than 400 ms"));
  BOOST_TEST(dripped.status == 200);
}

BOOST_AUTO_TEST_CASE(a_listener_may_end_what_it_does_not_want) {
  raw_http_server server{[](auto& peer) {
    peer.send(open_head());
    while (peer.send("0123456789")) {
    }
  }};
  way_out out;
  auto refusing = std::make_shared<kept_answer>();
  refusing->wanted = false;
  outgoing_request request;
  request.url = server.url();
  out.open().send(request, refusing);
  BOOST_TEST(!refusing->wait().why.empty());
  BOOST_TEST(refusing->body == "");
  auto sated = std::make_shared<kept_answer>();
  sated->enough = 5;
  out.open().send(request, sated);
  BOOST_TEST(!sated->wait().why.empty());
}

BOOST_AUTO_TEST_CASE(an_abort_ends_it_at_once_and_closes_its_connection) {
  std::promise<bool> left;
  raw_http_server server{[&](auto& peer) {
    peer.send(open_head() + "begun");
    left.set_value(peer.hang_up_seen());
  }};
  way_out out;
  auto answer = std::make_shared<kept_answer>();
  outgoing_request request;
  request.url = server.url();
  const auto exchange = out.open().send(request, answer);
  answer->first_piece.said.get_future().wait();
  exchange->abort();
  BOOST_TEST(answer->wait().why == "aborted");
  BOOST_TEST(left.get_future().get());
  exchange->abort(); // harmless
  BOOST_TEST(answer->ends == 1);
}

BOOST_AUTO_TEST_CASE(more_exchanges_than_allowed_are_refused_at_once) {
  raw_http_server server{[](auto& peer) { peer.hang_up_seen(); }};
  way_out out;
  out.options.bounds.exchanges_max = 2;
  const auto first = out.ask(server.url());
  const auto second = out.ask(server.url());
  BOOST_TEST(says(out.ask(server.url())->wait().why, "exchanges_max"));
  out.port.reset(); // the node stops: what goes on is ended
  BOOST_TEST(says(first->wait().why, "stopped"));
  BOOST_TEST(says(second->wait().why, "stopped"));
}

BOOST_AUTO_TEST_CASE(bad_headers_and_methods_never_leave) {
  way_out out;
  outgoing_request request;
  request.headers = {{"X-A", "b\r\nX-C: d"}};
  BOOST_TEST(out.ask("http://127.0.0.1:9/", request)->wait().refused);
  request.headers.clear();
  request.method = "GET / HTTP/1.1\r\n";
  BOOST_TEST(out.ask("http://127.0.0.1:9/", request)->wait().refused);
}

BOOST_AUTO_TEST_CASE(a_certificate_must_be_good_and_of_that_name) {
  const fixtures::certificate good{"DNS:brain.example"};
  const fixtures::certificate other{"DNS:other.example"};
  raw_http_server server{[](auto& peer) { peer.send(answer_with("hello")); }, good.context};
  raw_http_server impostor{[](auto& peer) { peer.send(answer_with("secret")); }, other.context};
  const auto url_of = [](const raw_http_server& at) {
    return "https://brain.example:" + std::to_string(at.port()) + "/";
  };
  way_out trusting{"brain.example"};
  trusting.names.answers["brain.example"] = {{"127.0.0.1"}};
  trusting.options.ca_file = good.file;
  BOOST_TEST(trusting.ask(url_of(server))->wait().status == 200);
  BOOST_TEST(trusting.ask(url_of(impostor))->wait().status == 0);
  way_out strict{"brain.example"};
  strict.names.answers["brain.example"] = {{"127.0.0.1"}};
  const auto result = strict.ask(url_of(server))->wait();
  BOOST_TEST(result.status == 0);
  BOOST_TEST(says(result.why, "ca_file"));
}

BOOST_AUTO_TEST_CASE(the_systems_resolver_knows_this_machine_and_has_an_end) {
  const auto resolve = make_system_resolver(1, 4);
  std::promise<std::vector<ip_address>> found;
  resolve("localhost", [&](std::vector<ip_address> addresses, const std::string&) {
    found.set_value(std::move(addresses));
  });
  for (const auto& one : found.get_future().get())
    BOOST_TEST(int(kind_of(one)) == int(place_kind::loopback));
}
