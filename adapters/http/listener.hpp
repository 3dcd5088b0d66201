// The accept loop: takes connections in, gives each a strand and a seat, and finds
// out what it speaks. Inside adapters/http only.
#pragma once

#include "adapters/http/connection.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace unpod {

/// ms. 100: the pause after the process ran out of file descriptors; without it the
/// loop spins until one is free.
inline constexpr milliseconds accept_pause{100};

class listener : public std::enable_shared_from_this<listener> {
public:
  listener(boost::asio::io_context& context, std::shared_ptr<http_core> core);

  /// Binds and listens; false with `why` in words for people.
  bool bind(std::string& why);
  std::uint16_t port() const;

  /// Begins to accept. Once.
  void begin();
  /// Closes the port soon. Any thread.
  void close();

  /// What handshakes use from now on; null: plain. Any thread.
  void use_tls(std::shared_ptr<boost::asio::ssl::context> tls);

private:
  using tcp = boost::asio::ip::tcp;

  void accept();
  void take(const boost::system::error_code& error, tcp::socket socket);
  void welcome(tcp::socket socket);
  void serve(connection_seat seat, tcp::socket socket, bool tls);
  std::shared_ptr<boost::asio::ssl::context> tls() const;

  boost::asio::io_context& context_;
  std::shared_ptr<http_core> core_;
  tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::shared_ptr<boost::asio::ssl::context> tls_;
};

} // namespace unpod
