// What dialled connections of both kinds have in common: bounds, a buffer, how a peer is called.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <cstddef>
#include <string>

namespace unpod {

namespace asio = boost::asio;

/// bytes. What a frame costs its queue beside its payload, so that empty frames count too.
inline constexpr std::size_t frame_cost = 16;
/// bytes. What may wait beyond the queue's limit: answers to pings, the close frame.
inline constexpr std::size_t control_slack = 16 * 1024;
/// bytes. 64 KB: taken from a socket in one go; what is left is taken in the next.
inline constexpr std::size_t one_read_max = 64 * 1024;

/// Of this thread: what was read is dealt with before anybody else reads.
inline std::array<char, one_read_max>& read_scratch() {
  thread_local std::array<char, one_read_max> scratch;
  return scratch;
}

/// `address:port` of the other side.
inline std::string peer_name(const asio::ip::tcp::socket& socket) {
  boost::system::error_code ignored;
  const auto end = socket.remote_endpoint(ignored);
  const auto address = end.address().to_string();
  return (end.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(end.port());
}

} // namespace unpod
