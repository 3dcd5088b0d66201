// Where a socket lives when it does not live on the net threads: one thread that
// serves its sockets between two of its own turns, so that what it reads and writes
// for them crosses no other thread and wakes nobody.
#pragma once

#include "messages/clock.hpp"

#include <functional>
#include <memory>

namespace unpod {

/// A socket as its home sees it. Called on the home's thread.
class home_socket {
public:
  virtual ~home_socket() = default;
  /// There is something to read, or the connection broke.
  virtual void readable() = 0;
  /// There is room to write again; only while it was asked for.
  virtual void writable() = 0;
  /// About a second went by.
  virtual void look_at_clock(mono_time now) = 0;
};

/// Outlives the sockets that live there.
class socket_home {
public:
  virtual ~socket_home() = default;

  /// Is the caller the home's thread?
  virtual bool is_here() const = 0;
  /// Does this there, soon. Any thread.
  virtual void post(std::function<void()> job) = 0;

  // -- on its thread ----------------------------------------------------------

  /// From now on this (non-blocking) descriptor is read when it has something. False when
  /// the system has no room for it.
  virtual bool move_in(int descriptor, std::shared_ptr<home_socket> who) = 0;
  /// Which of the two it is called for; from the start it is reading.
  virtual void want(int descriptor, bool read, bool write) = 0;
  /// Nothing more is called; before the descriptor is closed.
  virtual void move_out(int descriptor) = 0;
};

} // namespace unpod
