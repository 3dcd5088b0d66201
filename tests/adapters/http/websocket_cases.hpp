// WebSocket connections that come to the server, over real sockets: handshake,
// messages, closing from either side, and the peers that misbehave. Included by two
// programs: one whose sockets stay on the net threads, one whose sockets move to a home
// (`sockets_at_home`). Nobody outside may see a difference.
#pragma once

#include "tests/adapters/http/home_thread.hpp"
#include "tests/adapters/http/served.hpp"

#include <fstream>
#include <random>
#include <thread>

using namespace unpod;

namespace {

constexpr int text = 1, binary = 2, close_frame = 8, ping = 9, pong = 10;
constexpr std::size_t message_max = 64 * 1024;

/// Echoes on /ws, keeps quiet channels on /keep, refuses the rest; notes each end.
struct echo_house {
  home_thread home; // outlives the server
  ledger ends;
  std::mutex mutex;
  std::vector<ws_channel_ptr> kept;
  std::promise<ws_channel_ptr> first_kept;

  channel_handler echo(const ws_channel_ptr& channel) {
    channel_handler handler;
    std::weak_ptr<ws_channel> weak = channel;
    handler.on_text = [weak](std::string_view said) {
      if (said == "throw")
        throw std::runtime_error{"broken"};
      if (const auto here = weak.lock())
        here->send_text(std::string{said});
    };
    handler.on_binary = [weak](std::string_view bytes) {
      if (const auto here = weak.lock())
        here->send_binary(std::string{bytes});
    };
    handler.on_closed = [this](std::uint16_t code, std::string reason) {
      ends.note(std::to_string(code) + " " + reason);
    };
    return handler;
  }

  void keep(ws_channel_ptr channel) {
    const std::lock_guard lock{mutex};
    kept.push_back(channel);
    if (kept.size() == 1)
      first_kept.set_value(std::move(channel));
  }

  void upgrade(const std::shared_ptr<ws_upgrade>& handshake) {
    const auto& path = handshake->request().path;
    const auto offered = std::string{handshake->request().header("sec-websocket-protocol")};
    if (path == "/drop")
      return;
    if (path == "/refuse") {
      http_response response;
      response.status = 401;
      response.body = "{\"detail\": \"no\"}";
      return handshake->refuse(response);
    }
    handshake->accept(
      offered, message_max,
      [this, path](ws_channel_ptr channel) {
        if (!channel)
          return ends.note("null");
        if (path == "/reject")
          return channel->close(close_code::bad_credentials, "bad key");
        if (path == "/forget")
          return;
        channel->start(echo(channel));
        keep(std::move(channel));
      },
      path == "/narrow" ? 64 * 1024 : 0, sockets_at_home ? home.sockets() : nullptr);
  }

  http_handler handler() {
    auto all = mirror();
    all.on_upgrade = [this](std::shared_ptr<ws_upgrade> handshake) { upgrade(handshake); };
    return all;
  }

  ws_channel_ptr channel() {
    auto future = first_kept.get_future();
    if (future.wait_for(raw::patience) != std::future_status::ready)
      throw std::runtime_error{"no channel came"};
    return future.get();
  }
};

struct echo_server : echo_house, served {
  explicit echo_server(http_server_options options = patient_options())
    : served(handler(), std::move(options)) {}

  std::string first_end() {
    const auto lines = ends.wait_for(1);
    return lines.empty() ? "(none)" : lines[0];
  }
};

std::size_t resident_pages() {
  std::size_t size = 0, resident = 0;
  std::ifstream{"/proc/self/statm"} >> size >> resident;
  return resident;
}

} // namespace

BOOST_AUTO_TEST_CASE(messages_come_back_whole_and_unmixed) {
  echo_server here;
  raw::client client{here.port()};
  BOOST_TEST(client.upgrade().status == 101);
  const std::string big(60'000, 'x');
  client.send_frame(text, "hello");
  client.send_frame(binary, big);
  client.send(raw::client::frame_of(text, "in ", false));
  client.send_frame(ping, "still there?");
  client.send(raw::client::frame_of(0, "pieces", true));
  auto frame = client.read_message();
  BOOST_TEST(frame.opcode == text);
  BOOST_TEST(frame.payload == "hello");
  frame = client.read_message();
  BOOST_TEST(frame.opcode == binary);
  BOOST_TEST((frame.payload == big));
  frame = client.read_frame();
  BOOST_TEST(frame.opcode == pong);
  BOOST_TEST(frame.payload == "still there?");
  BOOST_TEST(client.read_message().payload == "in pieces");
  BOOST_TEST(here.server.figures().websockets == 1u);
}

BOOST_AUTO_TEST_CASE(the_subprotocol_and_the_request_id_come_back) {
  echo_server here;
  const auto reply = raw::client{here.port()}.upgrade(
    "/ws", "Sec-WebSocket-Protocol: unpod.v1\r\nX-Request-Id: abc\r\n"
           "Sec-WebSocket-Extensions: permessage-deflate\r\n");
  BOOST_TEST(reply.status == 101);
  BOOST_TEST(reply.says("Sec-WebSocket-Protocol: unpod.v1\r\n"));
  BOOST_TEST(reply.says("X-Request-Id: abc\r\n"));
  BOOST_TEST(!reply.says("Sec-WebSocket-Extensions"));
  BOOST_TEST(!raw::client{here.port()}.upgrade().says("Sec-WebSocket-Protocol"));
}

BOOST_AUTO_TEST_CASE(a_refused_handshake_is_plain_http) {
  echo_server here;
  raw::client client{here.port()};
  client.send("GET /refuse HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
              "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");
  const auto reply = client.read_reply();
  BOOST_TEST(reply.status == 401);
  BOOST_TEST(reply.body == "{\"detail\": \"no\"}");
  BOOST_TEST(client.upgrade().status == 101); // the connection lived on
  BOOST_TEST(raw::client{here.port()}.upgrade("/drop").status == 503);
}

BOOST_AUTO_TEST_CASE(an_unsound_handshake_never_reaches_the_handler) {
  echo_server here;
  const std::string head = "Host: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";
  const std::string version = "Sec-WebSocket-Version: 13\r\n";
  const std::string key = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
  const auto status = [&](const std::string& bytes) {
    return raw::client{here.port()}.ask(bytes).status;
  };
  BOOST_TEST(status("GET / HTTP/1.1\r\n" + head + key + "\r\n") == 426);
  BOOST_TEST(status("GET / HTTP/1.1\r\n" + head + version + "\r\n") == 400);
  BOOST_TEST(status("POST / HTTP/1.1\r\n" + head + version + key + "\r\n") == 400);
  BOOST_TEST(status("GET / HTTP/1.0\r\n" + head + version + key + "\r\n") == 400);
  BOOST_TEST(status("GET / HTTP/1.1\r\n" + head + version + key + "Content-Length: 1\r\n\r\nx")
             == 400);
  // Frames before our answer: the handshake could not see them.
  BOOST_TEST(status("GET / HTTP/1.1\r\n" + head + version + key + "\r\n"
                    + raw::client::frame_of(text, "early"))
             == 400);
  BOOST_TEST(here.server.figures().requests == 0u);
}

BOOST_AUTO_TEST_CASE(the_peers_close_is_answered_and_told_once) {
  echo_server here;
  raw::client client{here.port()};
  client.upgrade();
  client.send_frame(close_frame, raw::client::close_payload(4002, "bye"));
  const auto frame = client.read_message();
  BOOST_TEST(frame.opcode == close_frame);
  BOOST_TEST(frame.code() == 4002);
  BOOST_TEST(here.first_end() == "4002 bye");
  BOOST_TEST(client.ended());
  here.server.stop();
  BOOST_TEST(here.ends.size() == 1u);
}

BOOST_AUTO_TEST_CASE(our_close_comes_after_what_is_queued_with_code_and_reason) {
  echo_server here;
  raw::client client{here.port()};
  client.upgrade();
  const auto channel = here.channel();
  channel->send_text("last words");
  channel->close(close_code::already_bridged, std::string(122, 'r') + "\xC3\xA9");
  channel->send_text("too late");
  channel->close(1000, "twice");
  BOOST_TEST(client.read_message().payload == "last words");
  const auto frame = client.read_message();
  BOOST_TEST(frame.code() == close_code::already_bridged);
  BOOST_TEST(frame.payload.substr(2) == std::string(122, 'r')); // no half character
  client.send_frame(close_frame, frame.payload);
  client.shutdown_send();
  BOOST_TEST(here.first_end() == "4009 " + std::string(122, 'r'));
  BOOST_TEST(client.ended());
}

BOOST_AUTO_TEST_CASE(a_channel_can_be_closed_before_it_is_started) {
  echo_server here;
  raw::client client{here.port()};
  BOOST_TEST(client.upgrade("/reject").status == 101);
  const auto frame = client.read_message();
  BOOST_TEST(frame.code() == close_code::bad_credentials);
  BOOST_TEST(frame.payload.substr(2) == "bad key");
}

BOOST_AUTO_TEST_CASE(a_dropped_channel_says_that_it_goes_away) {
  echo_server here;
  raw::client client{here.port()};
  BOOST_TEST(client.upgrade("/forget").status == 101);
  BOOST_TEST(client.read_message().code() == close_code::going_away);
}

BOOST_AUTO_TEST_CASE(a_code_that_must_not_be_sent_is_not) {
  echo_server here;
  raw::client client{here.port()};
  client.upgrade();
  here.channel()->close(close_code::abnormal, "");
  BOOST_TEST(client.read_message().code() == close_code::internal_error);
}

BOOST_AUTO_TEST_CASE(an_owner_that_throws_ends_its_own_connection_only) {
  echo_server here;
  raw::client client{here.port()}, other{here.port()};
  client.upgrade();
  other.upgrade();
  client.send_frame(text, "throw");
  BOOST_TEST(client.read_message().code() == close_code::internal_error);
  other.send_frame(text, "fine");
  BOOST_TEST(other.read_message().payload == "fine");
}

BOOST_AUTO_TEST_CASE(hostile_frames_are_closed_with_the_right_code) {
  struct row {
    std::string bytes;
    int code;
  };
  using c = raw::client;
  const row rows[] = {
    {c::frame_head(binary, message_max + 1), 1009},
    {c::frame_head(binary, 1ull << 30), 1009},
    {c::frame_head(binary, 1ull << 40), 1009},
    {c::frame_head(text, (1ull << 63) - 1), 1009},
    {c::frame_of(binary, std::string(message_max, 'x'), false) + c::frame_of(0, "x"), 1009},
    {c::frame_of(text, "\xC3\x28"), 1007},
    {c::frame_of(text, "\xED\xA0\x80"), 1007},
    {c::frame_of(text, "hello", true, false), 1002}, // unmasked
    {c::frame_of(3, "reserved opcode"), 1002},
    {c::frame_of(0, "continues nothing"), 1002},
    {c::frame_of(ping, std::string(126, 'x')), 1002},  // control frames are short
    {c::frame_of(close_frame, "x"), 1002},             // half a code
    {std::string("\xC1\x80\0\0\0\0", 6), 1002},        // a reserved bit
    {std::string("\x81\xFE\0\x01\0\0\0\0x", 9), 1002}, // a length that is not minimal
  };
  echo_server here;
  raw::client other{here.port()};
  other.upgrade();
  const auto before = resident_pages();
  std::size_t ended = 0;
  for (const auto& [bytes, code] : rows) {
    raw::client client{here.port()};
    client.upgrade();
    client.send(bytes);
    const auto frame = client.read_message();
    BOOST_TEST(frame.code() == code, "row " << ended << " gave " << frame.code());
    client.shutdown_send();
    const auto lines = here.ends.wait_for(++ended);
    BOOST_REQUIRE(lines.size() == ended);
    BOOST_TEST(lines.back().substr(0, 4) == std::to_string(code), lines.back());
    other.send_frame(text, "fine");
    BOOST_TEST(other.read_message().payload == "fine");
  }
  BOOST_TEST(resident_pages() < before + 64u * 1024 * 1024 / 4096);
}

BOOST_AUTO_TEST_CASE(frames_cut_short_and_random_bytes_hurt_nobody) {
  echo_server here;
  const auto whole = raw::client::frame_of(text, std::string(200, 'x'));
  std::mt19937 random{42};
  for (int i = 0; i < 60; ++i) {
    raw::client client{here.port()};
    client.upgrade();
    std::string bytes = whole.substr(0, random() % whole.size());
    if (i % 2 == 0)
      for (std::size_t n = random() % 500; n > 0; --n)
        bytes += static_cast<char>(random());
    client.send(bytes);
    client.shutdown_send();
    while (client.read_frame().opcode >= 0) {
    }
  }
  BOOST_TEST(here.ends.wait_for(60).size() == 60u);
  raw::client client{here.port()};
  client.upgrade();
  client.send_frame(text, "fine");
  BOOST_TEST(client.read_message().payload == "fine");
}

BOOST_AUTO_TEST_CASE(a_broken_connection_is_told_as_abnormal) {
  echo_server here;
  {
    raw::client client{here.port()};
    client.upgrade();
    here.channel();
  }
  BOOST_TEST(here.first_end() == "1006 the connection broke");
}

BOOST_AUTO_TEST_CASE(a_peer_that_does_not_read_is_cut_while_others_are_served) {
  echo_server here;
  raw::client slow{here.port(), false, "127.0.0.1", 4096};
  slow.upgrade("/narrow");
  const auto channel = here.channel();
  raw::client other{here.port()};
  other.upgrade();
  // More than the sockets' own buffers ever hold; what is over the limit is not kept.
  const std::string block(16 * 1024, 'x');
  for (int i = 0; i < 2'000 && here.ends.size() == 0; ++i)
    channel->send_binary(block);
  BOOST_TEST(here.first_end() == "1006 slow reader");
  BOOST_TEST(here.server.figures().slow_cut == 1u);
  other.send_frame(text, "fine");
  BOOST_TEST(other.read_message().payload == "fine");
  channel->send_text("into the void");
  BOOST_TEST(channel->queued_bytes() == 0u);
}

BOOST_AUTO_TEST_CASE(a_peer_that_answers_no_ping_is_gone_and_one_that_does_stays) {
  auto options = patient_options();
  options.limits.ping_every = seconds{1};
  echo_server here{options};
  raw::client silent{here.port()}, awake{here.port()};
  silent.upgrade();
  awake.upgrade();
  std::thread answers{[&awake] {
    for (int pings = 0; pings < 3;) {
      const auto frame = awake.read_frame();
      if (frame.opcode < 0)
        return;
      if (frame.opcode == ping)
        ++pings, awake.send_frame(pong, frame.payload);
    }
  }};
  BOOST_TEST(here.first_end() == "1006 the peer fell silent");
  answers.join();
  awake.send_frame(text, "awake");
  BOOST_TEST(awake.read_message().payload == "awake");
  BOOST_TEST(here.ends.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_close_that_is_not_answered_ends_at_its_deadline) {
  auto options = patient_options();
  options.limits.close_wait = seconds{1};
  echo_server here{options};
  raw::client client{here.port()};
  client.upgrade();
  here.channel()->close(1000, "");
  BOOST_TEST(client.read_message().code() == 1000);
  BOOST_TEST(here.first_end() == "1006 the peer did not answer the close");
  BOOST_TEST(client.ended());
}

BOOST_AUTO_TEST_CASE(a_peer_that_answers_the_close_but_stays_is_cut_and_its_code_is_told) {
  auto options = patient_options();
  options.limits.close_wait = seconds{1};
  echo_server here{options};
  raw::client client{here.port()};
  client.upgrade();
  here.channel()->close(4010, "");
  client.send_frame(close_frame, client.read_message().payload);
  BOOST_TEST(here.first_end() == "4010 ");
  BOOST_TEST(client.ended());
}

BOOST_AUTO_TEST_CASE(a_stop_tells_every_channel_once) {
  echo_server here;
  raw::client one{here.port()}, two{here.port()};
  one.upgrade();
  two.upgrade();
  here.channel();
  one.send_frame(text, "a");
  two.send_frame(text, "b");
  BOOST_TEST(one.read_message().payload == "a");
  BOOST_TEST(two.read_message().payload == "b");
  here.server.stop();
  BOOST_TEST(here.ends.size() == 2u);
  BOOST_TEST(here.server.figures().connections == 0u);
  BOOST_TEST(here.server.figures().websockets == 0u);
  BOOST_TEST(here.kept[0]->queued_bytes() == 0u); // a channel outlives its connection
}

BOOST_AUTO_TEST_CASE(a_stop_after_the_threads_ended_tells_too) {
  echo_server here;
  raw::client client{here.port()};
  client.upgrade();
  client.send_frame(text, "a");
  BOOST_TEST(client.read_message().payload == "a");
  here.threads.stop();
  here.server.stop();
  BOOST_TEST(here.first_end() == "1006 the server stopped");
  BOOST_TEST(here.ends.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_late_start_hears_of_the_end) {
  home_thread home;
  std::promise<ws_channel_ptr> opened;
  http_handler handler;
  handler.on_upgrade = [&](std::shared_ptr<ws_upgrade> handshake) {
    handshake->accept(
      "", message_max, [&opened](auto channel) { opened.set_value(channel); }, 0,
      sockets_at_home ? home.sockets() : nullptr);
  };
  served here{handler};
  raw::client client{here.port()};
  client.upgrade();
  const auto channel = opened.get_future().get();
  here.server.stop();
  std::string end;
  channel->start({{}, {}, [&end](std::uint16_t code, std::string reason) {
                    end = std::to_string(code) + " " + reason;
                  }});
  BOOST_TEST(end == "1006 the server stopped");
}
