// Answers whose body is open: chunks as they come, signs of life, and both sides' end.
#define BOOST_TEST_MODULE http_streaming
#include "tests/adapters/http/served.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <deque>
#include <thread>

using namespace unpod;

namespace {

constexpr auto get = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

/// What an open body says, under the hand of a test.
struct speaker {
  std::mutex mutex;
  std::deque<std::string> pieces;
  bool over = false;
  std::function<void()> wake;
  std::atomic<int> polls{0};

  void say(const std::string& piece) {
    std::function<void()> now;
    {
      const std::lock_guard lock{mutex};
      pieces.push_back(piece);
      now.swap(wake);
    }
    if (now)
      now();
  }
  void end() {
    std::function<void()> now;
    {
      const std::lock_guard lock{mutex};
      over = true;
      now.swap(wake);
    }
    if (now)
      now();
  }
  std::optional<std::string> poll(std::function<void()> again) {
    ++polls;
    const std::lock_guard lock{mutex};
    if (!pieces.empty()) {
      auto piece = pieces.front();
      pieces.pop_front();
      return piece;
    }
    if (over)
      return std::nullopt;
    wake = std::move(again);
    return "";
  }
};

using speaker_ptr = std::shared_ptr<speaker>;

struct streaming_house {
  speaker_ptr voice = std::make_shared<speaker>();
  std::weak_ptr<const http_open_body> body;
  std::mutex mutex;
  milliseconds idle_after{30'000};
  std::unique_ptr<served> here;

  void serve(http_server_options options = patient_options()) {
    http_handler handler;
    handler.on_request = [this](std::shared_ptr<http_exchange> exchange) {
      auto open = std::make_shared<http_open_body>();
      open->poll = [voice = voice](std::function<void()> wake) { return voice->poll(wake); };
      open->idle = ":\n\n";
      open->idle_after = idle_after;
      http_response response;
      response.content_type = "text/event-stream";
      response.body = "begin ";
      response.open = open;
      {
        const std::lock_guard lock{mutex};
        body = open;
      }
      exchange->answer(std::move(response));
    };
    here = std::make_unique<served>(handler, std::move(options));
  }

  bool is_let_go() {
    const auto until = std::chrono::steady_clock::now() + raw::patience;
    while (std::chrono::steady_clock::now() < until) {
      {
        const std::lock_guard lock{mutex};
        if (body.expired())
          return true;
      }
      std::this_thread::yield();
    }
    return false;
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(an_open_body_goes_out_in_chunks_as_it_comes, streaming_house) {
  serve();
  raw::client client{here->port()};
  client.send(get);
  const auto head = client.read_reply();
  BOOST_TEST(head.says("Transfer-Encoding: chunked\r\n"));
  BOOST_TEST(head.says("Connection: close\r\n"));
  BOOST_TEST(!head.says("Content-Length"));
  BOOST_TEST(client.read_exactly(11) == "6\r\nbegin \r\n");
  std::thread{[this] { voice->say("one"); }}.join();
  BOOST_TEST(client.read_exactly(8) == "3\r\none\r\n");
  voice->say(std::string(300, 'x'));
  BOOST_TEST(client.read_exactly(307) == "12c\r\n" + std::string(300, 'x') + "\r\n");
  voice->end();
  BOOST_TEST(client.read_exactly(5) == "0\r\n\r\n");
  BOOST_TEST(client.ended_politely());
  BOOST_TEST(is_let_go());
}

BOOST_FIXTURE_TEST_CASE(who_hears_nothing_gets_a_sign_of_life, streaming_house) {
  idle_after = milliseconds{20};
  serve();
  raw::client client{here->port()};
  client.send(get);
  client.read_reply();
  client.read_exactly(11);
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(client.read_exactly(8) == "3\r\n:\n\n\r\n");
}

BOOST_FIXTURE_TEST_CASE(an_older_peer_reads_until_the_end, streaming_house) {
  serve();
  voice->say("one");
  voice->end();
  raw::client client{here->port()};
  client.send("GET /a HTTP/1.0\r\n\r\n");
  const auto head = client.read_reply();
  BOOST_TEST(!head.says("chunked"));
  BOOST_TEST(client.read_exactly(9) == "begin one");
  BOOST_TEST(client.ended_politely());
}

BOOST_FIXTURE_TEST_CASE(only_the_head_is_asked_for, streaming_house) {
  serve();
  raw::client client{here->port()};
  BOOST_TEST(client.ask("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n", true).status == 200);
  BOOST_TEST(client.ended());
  BOOST_TEST(is_let_go());
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_goes_is_noticed_though_nothing_is_said, streaming_house) {
  serve();
  {
    raw::client client{here->port()};
    client.send(get);
    client.read_reply();
    client.read_exactly(11);
  }
  BOOST_TEST(is_let_go());
}

BOOST_FIXTURE_TEST_CASE(a_peer_that_talks_on_is_no_listener, streaming_house) {
  serve();
  raw::client client{here->port()};
  client.send(get);
  client.read_reply();
  client.read_exactly(11);
  client.send(std::string(64 * 1024, 'x'));
  BOOST_TEST(client.ended());
  BOOST_TEST(is_let_go());
}

BOOST_FIXTURE_TEST_CASE(who_does_not_read_is_asked_for_nothing_more, streaming_house) {
  serve(small_options()); // a write that takes too long ends it
  constexpr int pieces = 8'000;
  for (int i = 0; i < pieces; ++i)
    voice->say(std::string(8 * 1024, 'x'));
  raw::client client{here->port(), false, "127.0.0.1", 4'096};
  client.send(get);
  client.read_reply();
  BOOST_TEST(is_let_go());
  BOOST_TEST(voice->polls < pieces);
}

BOOST_FIXTURE_TEST_CASE(stopping_ends_open_bodies, streaming_house) {
  serve();
  raw::client client{here->port()};
  client.send(get);
  client.read_reply();
  client.read_exactly(11);
  here->server.stop();
  BOOST_TEST(client.ended());
  BOOST_TEST(is_let_go());
}
