// recv and send of a non-blocking socket: what can be done now, and no signal.
#pragma once

#include <boost/asio/error.hpp>
#include <boost/system/error_code.hpp>

#include <cerrno>
#include <cstddef>
#include <sys/socket.h>

namespace unpod {

/// Bytes that came; 0 and no error: none yet. The peer's end is an error, `eof`.
inline std::size_t receive_now(int socket, char* into, std::size_t size,
                               boost::system::error_code& error) {
  const auto got = ::recv(socket, into, size, MSG_DONTWAIT);
  if (got > 0)
    return static_cast<std::size_t>(got);
  if (got == 0)
    error = boost::asio::error::eof;
  else if (errno != EAGAIN && errno != EINTR)
    error.assign(errno, boost::system::system_category());
  return 0;
}

/// Bytes that were taken; 0 and no error: none now.
inline std::size_t send_now(int socket, const char* from, std::size_t size,
                            boost::system::error_code& error) {
  const auto sent = ::send(socket, from, size, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent >= 0)
    return static_cast<std::size_t>(sent);
  if (errno != EAGAIN && errno != EINTR)
    error.assign(errno, boost::system::system_category());
  return 0;
}

} // namespace unpod
