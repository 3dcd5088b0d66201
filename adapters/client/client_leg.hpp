// CLIENT LEG: the face of one browser or app in the house, from the accepted
// socket to the end of its call. The socket's side is a `client_line`.
//
//   awaiting --format known--> opening --door admits--> live --caller_ended--> ended (quit)
//      |                          |                      |
//      +-- client left, broke the rules or fell silent --+--> hang_up to the CALL, ended
//                                 +-- door refuses: error, close --> ended
//   CALL down without a word: its PIPE may still play the apology and say caller_ended,
//   up to `farewell_max`; then `ended` is said from the CALL's own exit reason.
//
// Children: none. It monitors its CALL. However it ends, even killed, its state
// closes the socket and the media.
#pragma once

#include "adapters/client/client_line.hpp"
#include "messages/caller.hpp"
#include "messages/limits.hpp"
#include "messages/observed.hpp"
#include "messages/services.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace unpod {

/// s. Default 10: how long the door may take to admit a call; it only counts.
inline constexpr std::chrono::seconds open_call_wait{10};
/// parts of `silent_client_max`. Default 4: a silent client is found at most a quarter late.
inline constexpr std::uint64_t silence_checks = 4;

/// Whose call it is to be: what its token said.
struct client_entry {
  call_id call;
  pipe_id pipe;
  std::string project;
  std::string metadata_json;         // an object, or empty
  const socket_home* home = nullptr; // the media thread that was asked to serve the socket
  call_id joins = {};                // not empty: no call of its own, it listens to this one
};

/// What every leg of a node shares.
struct client_house {
  services house;
  media_engine* engine = nullptr; // outlives every leg and the net threads
  limits bounds;
};

/// From the line. The format is known and the media takes audio.
struct line_begun {
  audio_format audio;
  std::shared_ptr<call_media> media;
};
UNPOD_OPAQUE_MESSAGE(line_begun)

/// From the line. Keys were pressed.
struct line_digits {
  std::string digits;
};
UNPOD_OPAQUE_MESSAGE(line_digits)

/// From the line. The client has gone, and was told why if it could be.
struct line_gone {
  end_reason reason = end_reason::caller_hangup;
};
UNPOD_MESSAGE(line_gone, x.reason)

/// Timer. A client that did not begin by now will not.
struct start_check {};
UNPOD_OPAQUE_MESSAGE(start_check)

/// Timer. Has the client sent anything since the last look?
struct silence_check {};
UNPOD_OPAQUE_MESSAGE(silence_check)

/// Timer. A CALL went down without a word, and nobody spoke for it.
struct last_words_check {};
UNPOD_OPAQUE_MESSAGE(last_words_check)

} // namespace unpod

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::line_begun)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::line_digits)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::line_gone)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::start_check)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::silence_check)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::last_words_check)

namespace unpod {

/// CLIENT LEG as it sees itself: the caller's leg, its line's news and its timers.
using client_leg_actor = caller_leg_actor::extend<
  // Asks the door for a call.
  caf::reacts_to<line_begun>,
  // Passes keys on.
  caf::reacts_to<line_digits>,
  // Hangs up.
  caf::reacts_to<line_gone>,
  // Cuts a client off that never began.
  caf::reacts_to<start_check>,
  // Cuts a client off that fell silent.
  caf::reacts_to<silence_check>,
  // Ends what a crashed CALL left behind.
  caf::reacts_to<last_words_check>>;

struct client_leg_state {
  using self_pointer = self_of<client_leg_state, client_leg_actor>;

  static inline const char* name = "client_leg";

  explicit client_leg_state(self_pointer self) : self(self) {}
  ~client_leg_state();

  void begin(ws_channel_ptr channel, client_entry whose, const client_house& with);
  void ask_for_call(const line_begun& event);
  void on_opened(const opened_call& reply, const audio_format& audio);
  void on_refused(const caf::error& why);
  void tell(std::string frame);
  void pass_digits(const line_digits& event);
  void on_gone(const line_gone& event);
  void on_ended(const caller_ended& event);
  void on_moved(const caller_moved& event);
  void on_call_down(const caf::down_msg& down);
  void on_exit(const caf::exit_msg& exit);
  void check_silence();
  void check_last_words();

  void watch_silence();
  void leave(end_reason reason);
  void finish(end_reason reason, std::uint16_t code);

  self_pointer self;
  client_entry entry;
  client_house house;
  std::shared_ptr<client_line> line;
  call_ear_actor call;
  bool admitted = false;
  std::vector<std::string> early_frames; // the CALL may talk before its door has answered
  std::string early_digits;              // and the client before there is a CALL
  end_reason orphaned = end_reason::internal_error;
  std::uint64_t frames_seen = 0;
  std::uint64_t silent_checks = 0;
};

client_leg_actor::behavior_type client_leg(client_leg_state::self_pointer self,
                                           ws_channel_ptr channel, client_entry entry,
                                           client_house house);

/// How a refused call is told to its client.
struct refused_entry {
  std::string code;
  std::uint16_t close = 1011;
};
refused_entry told_of(const caf::error& why);

} // namespace unpod
