// One socket in a home whose rounds the test turns itself: what a peer that floods, does
// not read, or is gone may cost the others who live there.
#define BOOST_TEST_MODULE http_home_stream
#include <boost/test/unit_test.hpp>

#include "adapters/http/home_stream.hpp"
#include "adapters/websocket/socket_loop.hpp"
#include "tests/adapters/http/raw_client.hpp"

#include <boost/asio/io_context.hpp>

#include <fcntl.h>

#include <array>

using namespace unpod;

namespace {

constexpr int text = 1, close_frame = 8, ping = 9;
/// messages a round may tell: twice what one go tells (home_stream.cpp, turn_messages_max),
/// since what was put off runs once more at the round's end.
constexpr std::size_t round_messages_max = 128;

struct house {
  house() {
    BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data())
                  == 0);
    loop.settle();
    ws_settings settings;
    settings.message_bytes_max = 1024;
    settings.home = &loop;
    stream = make_home_stream(ends[0], settings, timers.get_executor());
    stream->accept({}, {}, [](bool) {});
  }

  ~house() {
    stream.reset(); // it says goodbye through the loop
    loop.serve(0, budget);
    if (ends[1] >= 0)
      ::close(ends[1]);
  }

  /// Asks for one message after the other, as a session does.
  void listen() {
    stream->read([this](ws_arrival came) {
      if (came.is == ws_arrival::what::over) {
        over = true;
        return;
      }
      ++told;
      listen();
    });
  }

  /// What the socket takes of it.
  std::size_t send(std::string_view bytes) const {
    const auto sent = ::send(ends[1], bytes.data(), bytes.size(), MSG_NOSIGNAL);
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
  }

  std::string receive() const {
    std::string bytes(64 * 1024, '\0');
    const auto got = ::recv(ends[1], bytes.data(), bytes.size(), 0);
    bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return bytes;
  }

  void turn() {
    loop.serve(0, budget);
  }

  static constexpr mono_time budget{1'000'000'000};
  std::array<int, 2> ends{-1, -1};
  boost::asio::io_context timers;
  socket_loop loop;
  std::unique_ptr<ws_stream> stream;
  std::size_t told = 0;
  bool over = false;
};

std::string many(const std::string& frame, std::size_t count) {
  std::string all;
  for (std::size_t n = 0; n < count; ++n)
    all += frame;
  return all;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_flood_of_tiny_messages_is_told_in_many_rounds) {
  house here;
  here.listen();
  const auto flood = many(raw::client::frame_of(text, ""), 5'000);
  BOOST_REQUIRE(here.send(flood) == flood.size());
  std::size_t most = 0;
  for (int round = 0; round < 1'000 && here.told < 5'000; ++round) {
    const auto before = here.told;
    here.turn();
    most = std::max(most, here.told - before);
  }
  BOOST_TEST(here.told == 5'000u);
  BOOST_TEST(most <= round_messages_max);
  BOOST_TEST(most > 0u);
}

BOOST_AUTO_TEST_CASE(nothing_is_told_that_nobody_asks_for) {
  house here;
  const auto three = many(raw::client::frame_of(text, "a"), 3);
  here.send(three);
  here.turn();
  BOOST_TEST(here.told == 0u);
  here.listen();
  here.turn();
  BOOST_TEST(here.told == 3u);
}

BOOST_AUTO_TEST_CASE(pings_between_messages_cost_two_answers_a_round) {
  house here;
  here.listen();
  const auto both = raw::client::frame_of(ping, "p") + raw::client::frame_of(text, "");
  here.send(many(both, 32));
  here.turn();
  BOOST_TEST(here.told == 32u);
  const std::string answer = std::string{'\x8A', '\x01'} + "p";
  const auto answers = here.receive();
  BOOST_TEST(answers == many(answer, 2));
}

BOOST_AUTO_TEST_CASE(the_pings_of_a_peer_that_does_not_read_wait_in_one_place) {
  house here;
  here.listen();
  const std::string payload(125, 'x');
  const auto flood =
    many(raw::client::frame_of(ping, payload) + raw::client::frame_of(text, ""), 100);
  // As many as fill the way back several times over.
  std::size_t sent = 0;
  while (sent < 8 * 1024 * 1024) {
    std::size_t at = 0;
    while (at < flood.size()) {
      at += here.send(std::string_view{flood}.substr(at));
      here.turn();
    }
    sent += flood.size();
  }
  const auto told = here.told;
  BOOST_TEST(told == sent / flood.size() * 100);
  // What waited for the peer is one answer, cut anywhere, and the last ping's.
  std::size_t came = 0;
  int room = 0;
  socklen_t size = sizeof room;
  BOOST_REQUIRE(::getsockopt(here.ends[0], SOL_SOCKET, SO_SNDBUF, &room, &size) == 0);
  for (int round = 0; round < 10'000; ++round) {
    const auto bytes = here.receive();
    here.turn();
    came += bytes.size();
    if (bytes.empty())
      break;
  }
  BOOST_TEST(came > 0u);
  BOOST_TEST(came <= static_cast<std::size_t>(room) + 2 * (payload.size() + 2));
  BOOST_TEST(came % (payload.size() + 2) == 0u);
  BOOST_TEST(!here.over);
}

BOOST_AUTO_TEST_CASE(a_peer_that_is_gone_while_nobody_asks_is_not_watched_for_ever) {
  house here;
  here.send(raw::client::frame_of(text, "a"));
  here.turn(); // nobody asks: paused
  ::close(std::exchange(here.ends[1], -1));
  here.turn();
  BOOST_TEST(::fcntl(here.ends[0], F_GETFD) == -1); // the node's end is closed too
  here.listen();
  here.turn();
  BOOST_TEST(here.over);
}

BOOST_AUTO_TEST_CASE(a_goodbye_said_while_nobody_asks_is_read_to_its_end) {
  house here;
  here.send(raw::client::frame_of(text, "a"));
  here.turn();
  bool done = false;
  here.stream->close(1000, "", [&] { done = true; });
  BOOST_TEST(here.receive().front() == '\x88');
  here.send(raw::client::frame_of(close_frame, raw::client::close_payload(1000, "")));
  here.turn();
  ::close(std::exchange(here.ends[1], -1));
  here.turn();
  BOOST_TEST(done);
}
