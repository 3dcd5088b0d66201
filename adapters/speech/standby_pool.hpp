// Connections to voices that nobody speaks with yet, for the calls whose first voice may fail:
// theirs need not be dialled then. One pool a node.
//
//   want() --dial--> ready --take()--> a call's             (then another is dialled)
//                      \--peer hangs up, too old--> dialled again (standby_plan.hpp)
//   nobody holds a token any more, for a moment, or a call needs its seat --> closed
//
// An idle connection is read, pinged and kept alive as its protocol wants it. What is dialled,
// secrets and all, is what a shelf is known by; it is never shown.
//
// Any thread. Whoever dials is called with no lock held.
#pragma once

#include "adapters/speech/standby_plan.hpp"
#include "adapters/speech/stream_seats.hpp"
#include "adapters/speech/tts_codec.hpp"
#include "adapters/speech/wire_watch.hpp"
#include "adapters/websocket/client.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace unpod {

class standby_shelf;

/// What is kept ready, and how.
struct standby_line {
  std::string provider;
  dial_options to;
  tts_codec_ptr codec;                 // of its own
  std::shared_ptr<stream_seats> seats; // null: any number
};

/// A connection that was taken, and its seat.
struct ready_connection {
  ws_channel_ptr channel; // null: there is none
  stream_seats::seat seat;
};

class standby_pool : public std::enable_shared_from_this<standby_pool> {
public:
  standby_pool(websocket_dialer dial, std::shared_ptr<wire_watch> watch,
               const standby_limits& bounds = {});
  ~standby_pool();

  /// For as long as somebody holds what is returned.
  std::shared_ptr<void> want(standby_line line);

  /// One that is open there; it is the caller's from now on, and is started by him.
  ready_connection take(const dial_options& to);

  /// A call's connection there has fallen mute: those that are open are closed, and others dialled.
  void distrust(const dial_options& to);

  /// Lets go of one that sits there; false: none does.
  bool give_back(const stream_seats& seats);

  /// Those that are open now, by provider.
  std::map<std::string, std::size_t> standing() const;

private:
  class eyes;

  const websocket_dialer dial_;
  const std::shared_ptr<wire_watch> watch_;
  const standby_limits bounds_;
  const std::shared_ptr<stream_seats> room_; // of the node

  void look(mono_time now);
  std::shared_ptr<standby_shelf> find(const std::string& key) const;
  std::vector<std::shared_ptr<standby_shelf>> all() const;

  mutable std::mutex mutex_; // guards what follows
  std::map<std::string, std::shared_ptr<standby_shelf>> shelves_;
  std::shared_ptr<eyes> eyes_; // there while there is a shelf
};

} // namespace unpod
