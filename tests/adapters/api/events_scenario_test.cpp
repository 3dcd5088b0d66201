// Looking at a call over a real socket: what comes as it happens, who comes back, who
// leaves, and who does not read.
#define BOOST_TEST_MODULE api_events_scenario
#include "tests/adapters/api/api_fixture.hpp"
#include "tests/adapters/http/served.hpp"

#include "adapters/api/reading_thread.hpp"

using namespace fixtures;

namespace {

struct watched_parts { // what the API is made with
  event_board_ptr board = std::make_shared<event_board>();
  reading_thread reading;
};

struct watched_node : watched_parts, api_fixture {
  watched_node()
    : api_fixture([this](api_setup& setup) {
        setup.events = board;
        setup.bounds.watch.key_observers_max = 1;
        setup.elsewhere = [this](std::function<void()> job) { return reading.run(job); };
      }) {
    add_call("SCL_1", "active");
  }
  ~watched_node() {
    here.server.stop();
    reading.stop();
  }

  http_handler handler() {
    http_handler made;
    made.on_request = [this](std::shared_ptr<http_exchange> exchange) { api(exchange); };
    return made;
  }

  static std::string ask(const std::string& headers = {}) {
    return "GET /v1/calls/SCL_1/events HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer good\r\n"
           + headers + "\r\n";
  }
  /// The next chunk; empty at the end.
  static std::string chunk(raw::client& client) {
    std::string size;
    while (size.find("\r\n") == std::string::npos) {
      const auto byte = client.read_exactly(1);
      if (byte.empty())
        return {};
      size += byte;
    }
    const auto bytes = std::strtoul(size.c_str(), nullptr, 16);
    return client.read_exactly(bytes + 2).substr(0, bytes);
  }
  /// All chunks up to the end.
  static std::string rest(raw::client& client) {
    std::string all;
    for (auto next = chunk(client); !next.empty(); next = chunk(client))
      all += next;
    return all;
  }

  event_line_ptr line = board->line(call_id{"SCL_1"}, *stored.records);
  served here{handler()};
};

} // namespace

BOOST_FIXTURE_TEST_CASE(an_observer_gets_each_event_and_goes_on_after_a_break, watched_node) {
  line->post("started", "{}", 1);
  {
    raw::client client{here.port()};
    client.send(ask());
    const auto head = client.read_reply();
    BOOST_TEST(head.says("Content-Type: text/event-stream\r\n"));
    BOOST_TEST(chunk(client).find("retry: ") != std::string::npos);
    BOOST_TEST(chunk(client).find("id: 1\nevent: started\n") != std::string::npos);
    line->post("partial", R"({"text":"two"})", 2);
    BOOST_TEST(chunk(client).find(R"("data":{"text":"two"})") != std::string::npos);
  } // it breaks
  line->post("partial", R"({"text":"two loaves"})", 3);
  line->post("end", R"({"reason":"completed"})", 4);
  line->close();
  std::string all;
  for (int tries = 0; tries < 1'000 && all.find("event: end") == std::string::npos; ++tries) {
    raw::client client{here.port()}; // until the first one's seat is given back
    client.send(ask("Last-Event-ID: 2\r\n"));
    if (client.read_reply().status == 200)
      all = rest(client);
  }
  BOOST_TEST(all.find("id: 2\n") == std::string::npos);
  BOOST_TEST(all.find("id: 3\nevent: partial\n") != std::string::npos);
  BOOST_TEST(all.find("id: 4\nevent: end\n") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_call_never_waits_for_who_does_not_read, watched_node) {
  raw::client client{here.port(), false, "127.0.0.1", 4'096};
  client.send(ask());
  client.read_reply();
  const std::string body = "{\"text\":\"" + std::string(2'000, 'x') + "\"}";
  for (int i = 0; i < 20'000; ++i) // some 40 MB
    line->post("partial", body, i);
  line->post("end", "{}", 1);
  const auto all = rest(client);
  BOOST_TEST(all.find("event: gap") != std::string::npos);
  BOOST_TEST(all.size() < 20'000'000u);
}
