// Looks at a new connection's first byte without taking it: a TLS record begins with
// 0x16, a plain request with a letter. For `also_plain`. Inside adapters/http only.
#pragma once

#include "adapters/http/connection.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <memory>
#include <utility>

namespace unpod {

class first_byte final : public http_connection, public std::enable_shared_from_this<first_byte> {
public:
  using tcp = boost::asio::ip::tcp;
  /// With the connection again, once it is known what it speaks.
  using continuation = std::function<void(connection_seat, tcp::socket, bool tls)>;

  first_byte(connection_seat seat, tcp::socket socket, continuation then)
    : http_connection(std::move(seat)), socket_(std::move(socket)),
      deadline_(socket_.get_executor()), then_(std::move(then)) {}

  /// Once, after construction. Any thread.
  void begin() {
    seat_.occupy(weak_from_this());
    boost::asio::post(deadline_.get_executor(), [self = shared_from_this()] { self->look(); });
  }

  void close_idle() override {
    cut();
  }

  void cut() override {
    boost::asio::post(deadline_.get_executor(), [self = shared_from_this()] { self->give_up(); });
  }

  void abandon() override {}

private:
  void look() {
    deadline_.expires_after(seat_.core().options.limits.http_head_wait);
    deadline_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
      if (const auto self = weak.lock(); self && !error)
        self->give_up();
    });
    socket_.async_receive(
      boost::asio::buffer(&byte_, 1), boost::asio::socket_base::message_peek,
      [self = shared_from_this()](const boost::system::error_code& error, std::size_t bytes) {
        if (!error && bytes == 1 && self->socket_.is_open())
          self->go_on();
      });
  }

  void go_on() {
    deadline_.cancel();
    then_(std::move(seat_), std::move(socket_), byte_ == 0x16);
  }

  void give_up() {
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

  tcp::socket socket_;
  boost::asio::steady_timer deadline_;
  continuation then_;
  unsigned char byte_ = 0;
};

} // namespace unpod
