// The server over real sockets on loopback, plain HTTP: what it serves, what it
// refuses and how, and who is cut. (served.hpp, raw_client.hpp)
#define BOOST_TEST_MODULE http_server
#include <boost/test/unit_test.hpp>

#include "messages/log.hpp"
#include "tests/adapters/http/served.hpp"

#include <sys/resource.h>

#include <deque>
#include <functional>
#include <random>

using namespace unpod;

namespace {

const std::string get = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

std::string post(const std::string& body) {
  return "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size())
         + "\r\n\r\n" + body;
}

bool serves(std::uint16_t port) {
  return raw::client{port}.ask(get).body == "GET /a ";
}

} // namespace

BOOST_AUTO_TEST_CASE(a_connection_is_kept_and_serves_request_after_request) {
  served here;
  raw::client client{here.port()};
  for (int i = 0; i < 3; ++i) {
    const auto reply = client.ask(get);
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.body == "GET /a ");
    BOOST_TEST(reply.says("Server: unpod\r\n"));
    BOOST_TEST(reply.says("Date: "));
    BOOST_TEST(!reply.says("Connection: close"));
  }
  const auto last = client.ask("GET /a HTTP/1.1\r\nHost: h\r\nUser-Agent: python-httpx/0.28.1\r\n"
                               "X-Request-Id: 12-ab\r\nConnection: keep-alive\r\n\r\n");
  BOOST_TEST(last.says("Connection: close\r\n"));
  BOOST_TEST(last.says("X-Request-Id: 12-ab\r\n"));
  BOOST_TEST(client.ended_politely());
}

BOOST_AUTO_TEST_CASE(requests_sent_ahead_are_answered_in_order) {
  served here;
  raw::client client{here.port()};
  std::string all;
  for (int i = 0; i < 100; ++i)
    all += post("body " + std::to_string(i));
  std::thread sender{[&] { client.send(all); }};
  for (int i = 0; i < 100; ++i)
    BOOST_TEST(client.read_reply().body == "POST /p body " + std::to_string(i));
  sender.join();
}

BOOST_AUTO_TEST_CASE(bodies_come_whole_whatever_their_coding) {
  served here;
  raw::client client{here.port()};
  BOOST_TEST(client.ask(post("")).body == "POST /p ");
  const std::string big(64 * 1024, 'x');
  BOOST_TEST(client.ask(post(big)).body == "POST /p " + big);
  BOOST_TEST(client
               .ask("PUT /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "3\r\nabc\r\n4;ext=1\r\ndefg\r\n0\r\n\r\n")
               .body
             == "PUT /p abcdefg");
  client.send("PUT /p HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  BOOST_TEST(client.read_reply(true).status == 100);
  BOOST_TEST(client.ask("ab").body == "PUT /p ab");
  BOOST_TEST(client.ask("HEAD /h HTTP/1.1\r\nHost: h\r\n\r\n", true).says("Content-Length: 8\r\n"));
  BOOST_TEST(client.ask(get).status == 200);
}

BOOST_AUTO_TEST_CASE(an_answer_without_a_body_has_none) {
  http_handler handler;
  handler.on_request = [](std::shared_ptr<http_exchange> exchange) {
    http_response response;
    response.status = 204;
    response.body = "not to be sent";
    exchange->answer(response);
    exchange->answer(response); // the first counts
  };
  served here{handler};
  raw::client client{here.port()};
  BOOST_TEST(client.ask(get).status == 204);
  BOOST_TEST(client.ask(get).status == 204);
}

namespace {

/// Answers with "begin " and then with these pieces, from another thread each.
http_handler in_pieces(std::vector<std::string> pieces, std::uint64_t bytes) {
  http_handler handler;
  handler.on_request = [pieces, bytes](std::shared_ptr<http_exchange> exchange) {
    auto source = std::make_shared<http_body_source>();
    source->bytes = bytes;
    const auto left = std::make_shared<std::deque<std::string>>(pieces.begin(), pieces.end());
    source->next = [left](std::function<void(std::string)> take) {
      std::thread{[left, take] {
        auto piece = left->empty() ? std::string{} : left->front();
        if (!left->empty())
          left->pop_front();
        take(std::move(piece));
      }}.detach();
    };
    http_response response;
    response.body = "begin ";
    response.more = source;
    exchange->answer(std::move(response));
  };
  return handler;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_long_answer_goes_out_piece_by_piece) {
  const std::string big(300'000, 'x');
  served here{in_pieces({big, "y", big}, 600'001)};
  raw::client client{here.port()};
  for (int i = 0; i < 2; ++i) { // and the connection lives on
    const auto reply = client.ask(get);
    BOOST_TEST(reply.says("Content-Length: 600007\r\n"));
    BOOST_TEST((reply.body == "begin " + big + "y" + big));
  }
  const auto head = client.ask("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n", true);
  BOOST_TEST(head.says("Content-Length: 600007\r\n"));
  BOOST_TEST(client.ask(get).status == 200);
}

BOOST_AUTO_TEST_CASE(an_answer_whose_source_fails_breaks_off) {
  for (const auto& pieces :
       {std::vector<std::string>{"ab"}, std::vector<std::string>{"ab", "too much"}}) {
    served here{in_pieces(pieces, 5)};
    raw::client client{here.port()};
    BOOST_TEST(client.ask(get).status == 0);
  }
}

BOOST_AUTO_TEST_CASE(http_1_0_is_served_and_closed_unless_asked) {
  served here;
  raw::client client{here.port()};
  BOOST_TEST(client.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
               .says("Connection: keep-alive\r\n"));
  BOOST_TEST(client.ask("GET / HTTP/1.0\r\n\r\n").says("Connection: close\r\n"));
  BOOST_TEST(client.ended_politely());
}

BOOST_AUTO_TEST_CASE(what_is_refused_is_told_why_and_nobody_else_suffers) {
  served here;
  raw::client other{here.port()};
  const std::string chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  std::string lines;
  for (int i = 0; i < 21; ++i)
    lines += "a: b\r\n";
  struct row {
    std::string bytes;
    int status;
  };
  const row rows[] = {
    {"GET /" + std::string(8 * 1024, 'a'), 431},
    {"GET / HTTP/1.1\r\nA: " + std::string(8 * 1024, 'a') + "\r\nHost: h\r\n\r\n", 431},
    {"GET / HTTP/1.1\r\n" + lines + "Host: h\r\n\r\n", 431},
    {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 65537\r\n\r\n", 413},
    {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", 400},
    {chunked + "10001\r\n" + std::string(0x10001, 'a') + "\r\n0\r\n\r\n", 413},
    {chunked + "ffffffffffffffff\r\n", 413},
    {chunked + "xyz\r\n", 400},
    {chunked + "1;" + std::string(200 * 1024, 'a'), 400},
    {"GET / HTTP/1.1\r\n\r\n", 400},
    {"GET / HTTP/9.9\r\nHost: h\r\n\r\n", 505},
    {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", 400},
    {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", 400},
    {"GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n folded\r\n\r\n", 400},
    {"GET / HTTP/1.1\nHost: h\n\n", 400},
    {"\x16\x03\x01\x02", 400},
  };
  for (const auto& [bytes, status] : rows) {
    raw::client client{here.port()};
    std::thread sender{[&client, &bytes = bytes] { client.send(bytes); }};
    const auto reply = client.read_reply();
    sender.join();
    BOOST_TEST(reply.status == status, bytes.substr(0, 60) << " gave " << reply.status);
    BOOST_TEST(reply.body.rfind("{\"detail\": \"", 0) == 0u);
    BOOST_TEST(reply.says("Connection: close\r\n"));
    client.shutdown_send();
    BOOST_TEST(client.ended_politely(), bytes.substr(0, 60));
    BOOST_TEST(other.ask(get).status == 200);
  }
  BOOST_TEST(here.server.figures().bad_requests == std::size(rows));
}

BOOST_AUTO_TEST_CASE(random_bytes_hurt_nobody) {
  served here;
  std::mt19937 random{20260820};
  for (int i = 0; i < 200; ++i) {
    raw::client client{here.port()};
    std::string bytes = i % 2 == 0 ? "GET / HTTP/1.1\r\n" : "";
    for (std::size_t n = random() % 2000; n > 0; --n)
      bytes += static_cast<char>(random());
    client.send(bytes);
    client.shutdown_send();
    const auto status = client.read_reply().status;
    BOOST_TEST((status == 0 || status == 400 || status == 431), status);
  }
  BOOST_TEST(serves(here.port()));
}

BOOST_AUTO_TEST_CASE(a_request_cut_short_is_forgotten) {
  served here;
  const auto whole = post("body");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    raw::client client{here.port()};
    client.send(std::string_view{whole}.substr(0, length));
    client.shutdown_send();
    BOOST_TEST(client.ended());
  }
  BOOST_TEST(here.server.figures().requests == 0u);
  BOOST_TEST(serves(here.port()));
}

BOOST_AUTO_TEST_CASE(silent_and_slow_peers_are_cut) {
  served here{mirror(), small_options()};
  raw::client silent{here.port()};
  raw::client half{here.port()};
  raw::client idle{here.port()};
  raw::client loris{here.port()};
  half.send("GET / HT");
  BOOST_TEST(idle.ask(get).status == 200);
  loris.send("GET / HTTP/1.1\r\na: ");
  BOOST_TEST(loris.ends_while_dribbling("a"));
  BOOST_TEST(silent.ended());
  BOOST_TEST(half.ended());
  BOOST_TEST(idle.ended());
  BOOST_TEST(serves(here.port()));
}

BOOST_AUTO_TEST_CASE(a_handler_that_fails_to_answer_is_answered_for) {
  std::vector<std::shared_ptr<http_exchange>> kept;
  http_handler handler;
  handler.on_request = [&kept](std::shared_ptr<http_exchange> exchange) {
    if (exchange->request().path == "/throw")
      throw std::runtime_error{"broken"};
    if (exchange->request().path == "/keep")
      kept.push_back(std::move(exchange));
  };
  served here{handler, small_options()};
  BOOST_TEST(raw::client{here.port()}.ask("GET /throw HTTP/1.1\r\nHost: h\r\n\r\n").status == 500);
  BOOST_TEST(raw::client{here.port()}.ask("GET /drop HTTP/1.1\r\nHost: h\r\n\r\n").status == 503);
  raw::client client{here.port()};
  BOOST_TEST(client.ask("GET /keep HTTP/1.1\r\nHost: h\r\n\r\n").status == 503);
  BOOST_REQUIRE(kept.size() == 1u);
  kept[0]->answer({}); // too late: hurts nobody
  BOOST_TEST(client.ended_politely());
  here.server.stop();
  kept.clear(); // beyond the server's life too
}

BOOST_AUTO_TEST_CASE(an_answer_may_come_from_any_thread_at_any_time) {
  std::promise<std::shared_ptr<http_exchange>> asked;
  http_handler handler;
  handler.on_request = [&asked](auto exchange) { asked.set_value(std::move(exchange)); };
  served here{handler};
  raw::client client{here.port()};
  client.send("GET /p?q=1 HTTP/1.1\r\nHOST: h\r\nX-Thing: Value\r\n\r\n");
  auto future = asked.get_future();
  BOOST_REQUIRE((future.wait_for(raw::patience) == std::future_status::ready));
  const auto exchange = future.get();
  BOOST_TEST(exchange->request().target == "/p?q=1");
  BOOST_TEST(exchange->request().path == "/p");
  BOOST_TEST(exchange->request().query == "q=1");
  BOOST_TEST(exchange->request().header("x-thing") == "Value");
  BOOST_TEST(exchange->request().peer.rfind("127.0.0.1:", 0) == 0u);
  BOOST_TEST(exchange->request().loopback);
  BOOST_TEST(!exchange->request().secure);
  http_response response;
  response.body = "late";
  response.close = true;
  exchange->answer(response);
  BOOST_TEST(client.read_reply().body == "late");
  BOOST_TEST(client.ended_politely());
}

BOOST_AUTO_TEST_CASE(the_house_is_full_at_its_limit) {
  auto options = patient_options();
  options.limits.connections_max = 2;
  served here{mirror(), options};
  raw::client one{here.port()}, two{here.port()};
  BOOST_TEST(one.ask(get).status == 200);
  BOOST_TEST(two.ask(get).status == 200);
  raw::client three{here.port()};
  BOOST_TEST(three.ended());
  BOOST_TEST(one.ask(get).status == 200);
  BOOST_TEST(here.server.figures().turned_away == 1u);
  BOOST_TEST(here.server.figures().connections == 2u);
}

BOOST_AUTO_TEST_CASE(without_descriptors_the_listener_waits_and_lives_on) {
  std::promise<void> warned;
  std::atomic<bool> once{false};
  served here;
  raw::client late{here.port()};
  BOOST_TEST(late.ask(get).status == 200);
  set_log_sink([&](log_level, const std::string&, const std::string&, const std::string& words) {
    if (words.find("cannot accept") == 0 && !once.exchange(true))
      warned.set_value();
  });
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const int next = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); // the one the client gets
  ::close(next);
  const rlimit tight{static_cast<rlim_t>(next) + 1, before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &tight);
  raw::client waiting{here.port()};
  const bool starved = warned.get_future().wait_for(raw::patience) == std::future_status::ready;
  setrlimit(RLIMIT_NOFILE, &before);
  set_log_sink({});
  BOOST_TEST(starved);
  BOOST_TEST(waiting.ask(get).status == 200);
}

BOOST_AUTO_TEST_CASE(draining_closes_those_who_wait_and_lets_the_others_finish) {
  std::promise<std::shared_ptr<http_exchange>> asked;
  http_handler handler = mirror();
  handler.on_request = [&asked, plain = handler.on_request](auto exchange) {
    if (exchange->request().path == "/slow")
      asked.set_value(std::move(exchange));
    else
      plain(std::move(exchange));
  };
  served here{handler};
  raw::client idle{here.port()}, busy{here.port()};
  BOOST_TEST(idle.ask(get).status == 200);
  busy.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto exchange = asked.get_future().get();
  here.server.stop_accepting();
  here.server.close_idle();
  BOOST_TEST(idle.ended_politely());
  exchange->answer({});
  BOOST_TEST(busy.read_reply().says("Connection: close\r\n"));
  BOOST_TEST(busy.ended_politely());
  here.server.stop();
  BOOST_TEST(!raw::client{here.port()}.connected());
  BOOST_TEST(here.server.figures().connections == 0u);
}

BOOST_AUTO_TEST_CASE(a_taken_port_and_a_bad_address_are_explained) {
  served here;
  auto options = patient_options();
  options.port = here.port();
  std::string why;
  http_server second{here.threads, options, mirror()};
  BOOST_TEST(!second.start(why));
  BOOST_TEST(why
             == "port " + std::to_string(here.port()) + " is taken: choose another with --listen");
  options.address = "nonsense";
  http_server third{here.threads, options, mirror()};
  BOOST_TEST(!third.start(why));
  BOOST_TEST(why.find("'nonsense' is not an address") == 0u);
  options.address = "203.0.113.1";
  http_server fourth{here.threads, options, mirror()};
  BOOST_TEST(!fourth.start(why));
  BOOST_TEST(why.find("this machine has no address 203.0.113.1") == 0u);
}

BOOST_AUTO_TEST_CASE(ipv6_is_served_where_the_machine_has_it) {
  auto options = patient_options();
  options.address = "[::1]";
  net_threads threads{1};
  http_server server{threads, options, mirror()};
  std::string why;
  if (!server.start(why)) {
    BOOST_TEST_MESSAGE("no IPv6 here: " << why);
    BOOST_TEST(why.find("[::1]") != std::string::npos);
    return;
  }
  raw::client client{server.port(), false, "::1"};
  BOOST_TEST(client.ask(get).status == 200);
}

BOOST_AUTO_TEST_CASE(stopping_cuts_all_and_waits) {
  std::promise<std::shared_ptr<http_exchange>> asked;
  http_handler handler;
  handler.on_request = [&asked](auto exchange) { asked.set_value(std::move(exchange)); };
  served here{handler};
  raw::client idle{here.port()}, busy{here.port()};
  busy.send(get);
  const auto exchange = asked.get_future().get();
  here.server.stop();
  BOOST_TEST(idle.ended());
  BOOST_TEST(busy.ended());
  exchange->answer({});
  here.server.stop();
}
