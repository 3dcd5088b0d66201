// One HTTP/1.1 connection: reads a request, has it answered, reads the next.
// Inside adapters/http only.
//
//   greeting --TLS--> idle --first byte--> head --> body --> answering --> writing --> idle
//                       |                   |        |          |--accept--> upgraded
//                       |                   |        |          '--open body--> streaming
//                       +--------- refused, or nothing may follow --------> closing
//
// Requests sent ahead (pipelining) wait in `in_`, which holds at most one read more
// than a head. Everything but what says otherwise happens on the socket's strand.
#pragma once

#include "adapters/http/connection.hpp"
#include "adapters/http/rules.hpp"
#include "adapters/http/stream.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <atomic>
#include <memory>
#include <optional>

namespace unpod {

/// bytes. 8 KB: one read while a head is awaited.
inline constexpr std::size_t head_read_bytes = 8 * 1024;
/// bytes. 64 KB: one read while a body is awaited; also the longest chunk header.
inline constexpr std::size_t body_read_bytes = 64 * 1024;
/// bytes per second. 16 KB: slower than this over a whole body or answer is too slow.
inline constexpr std::size_t slowest_peer_bytes_s = 16 * 1024;
/// ms. 2,000: how long a goodbye may take; then the socket is closed hard.
inline constexpr milliseconds goodbye_wait{2'000};

/// ms. How long so many bytes may take, beyond what anything may.
inline milliseconds span_for(milliseconds base, std::size_t bytes) {
  return base + milliseconds{1000 * bytes / slowest_peer_bytes_s};
}

class http_session final : public http_connection,
                           public std::enable_shared_from_this<http_session> {
public:
  http_session(connection_seat seat, std::unique_ptr<net_stream> stream, std::string peer,
               bool loopback);

  /// Begins to read; once, after construction. Any thread.
  void begin();

  void close_idle() override;
  void cut() override;
  void abandon() override {}

  /// Answers request number `turn`; too late or twice does nothing. Any thread.
  void answer(std::uint64_t turn, http_response response);

  /// The next piece of the answer to request number `turn`. Any thread.
  void take(std::uint64_t turn, std::string piece);

  struct acceptance {
    std::string subprotocol;
    std::size_t message_bytes_max = 0;
    std::size_t queue_bytes_max = 0;
    socket_home* home = nullptr;
    std::function<void(ws_channel_ptr)> opened;
  };

  /// Takes the handshake that request number `turn` is. Any thread.
  void accept(std::uint64_t turn, acceptance how);

private:
  enum class step { greeting, idle, head, body, answering, writing, streaming, upgraded, closing };

  std::shared_ptr<http_session> self() {
    return shared_from_this();
  }

  const wire_limits& limits() const {
    return seat_.core().options.limits;
  }

  void next_request();
  void read_more(std::size_t at_most, void (http_session::*then)());
  void read_head();
  void take_head(std::size_t bytes);
  void start_body();
  void read_body();
  void dispatch();
  template <class Call, class Apology>
  void guard(Call call, Apology apology);
  void await_answer();
  void take_acceptance(acceptance how);
  void move_home(std::shared_ptr<ws_stream> shaking, const ws_settings& settings,
                 std::size_t queue_max, std::function<void(ws_channel_ptr)> opened);
  void refuse(http_response response);
  void write(http_response response);
  void write_more();
  void take_piece(std::uint64_t turn, std::string piece);
  // -- an open body (http_streaming.cpp)
  void begin_streaming();
  void stream_more();
  void await_more();
  void wake(std::uint64_t asked);
  void write_chunk(std::string bytes);
  void watch_peer(std::size_t taken);
  void end_streaming();
  void say_goodbye();

  std::unique_ptr<net_stream> stream_;
  boost::asio::steady_timer answer_timer_;
  std::string peer_;
  bool loopback_;
  step step_ = step::greeting;
  std::uint64_t turn_ = 0;       // of the request under way
  std::string in_;               // received and not yet parsed
  std::unique_ptr<char[]> room_; // what the next read goes into
  std::size_t room_bytes_ = 0;
  std::size_t seen_ = 0; // of `in_`, looked at in vain
  std::string head_;     // of the request under way
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  http_request request_;
  unsigned version_ = 11;
  bool keep_ = true;
  bool head_only_ = false;
  std::string request_id_;
  std::string out_head_;
  http_response out_;
  std::uint64_t out_left_ = 0; // of `out_.more`, not yet sent
  std::uint64_t asked_ = 0;    // an open body: how often
  bool waiting_ = false;       // an open body: there was no more
  std::string from_peer_;      // what it says while it is answered
};

} // namespace unpod
