// What all connections of a server share, and what the server can do to each:
// inside adapters/http only.
//
// A seat is a connection's place in the count. It is taken at accept, handed from
// the HTTP session to the WebSocket session at an upgrade, and given back when the
// connection's last object, its socket too, is gone: `stop` waits for that.
#pragma once

#include "adapters/http/server.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

namespace unpod {

class http_connection;
class http_core;

class connection_seat {
public:
  connection_seat(std::shared_ptr<http_core> core, std::uint64_t id);
  connection_seat(connection_seat&& other) noexcept;
  connection_seat& operator=(connection_seat&&) = delete;
  ~connection_seat();

  http_core& core() const {
    return *core_;
  }

  /// The connection that `stop` and `close_idle` reach through this seat from now on.
  void occupy(std::weak_ptr<http_connection> by);

private:
  std::shared_ptr<http_core> core_;
  std::uint64_t id_;
};

/// A member of the server's registry. All of it may be called from any thread.
class http_connection {
public:
  explicit http_connection(connection_seat seat) : seat_(std::move(seat)) {}

  virtual ~http_connection() = default;

  /// Closes when it waits for a request.
  virtual void close_idle() = 0;

  /// Closes at once.
  virtual void cut() = 0;

  /// The net threads are gone for good: tell the owner what is still to be told.
  virtual void abandon() = 0;

protected:
  // Here in the base, so that it is given back after the socket of the derived is gone.
  connection_seat seat_;
};

/// Counts of http_figures that only grow.
struct http_counters {
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> turned_away{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> bad_requests{0};
  std::atomic<std::uint64_t> slow_cut{0};
  std::atomic<std::size_t> websockets{0}; // now
};

class http_core : public std::enable_shared_from_this<http_core> {
public:
  http_core(http_server_options options, http_handler handler)
    : options{std::move(options)}, handler{std::move(handler)} {}

  const http_server_options options;
  const http_handler handler;
  http_counters counters;
  std::atomic<bool> draining{false};

  /// Nothing when the house is full or closed for good.
  std::optional<connection_seat> take_seat();

  std::size_t seats_taken() const;

  /// Takes no one in any more.
  void shut();

  /// All connections that are here; calls go out without the lock.
  void for_each(const std::function<void(http_connection&)>& what) const;

  /// The listener says whether it still holds the port.
  void set_listening(bool listening);

  /// Waits a little for the port and the last seat to be given back; true when all are.
  bool wait_empty(milliseconds at_most) const;

private:
  friend class connection_seat;

  mutable std::mutex mutex_;
  mutable std::condition_variable emptied_;
  std::unordered_map<std::uint64_t, std::weak_ptr<http_connection>> seats_;
  std::uint64_t next_id_ = 1;
  bool listening_ = false;
  bool shut_ = false;
};

} // namespace unpod
