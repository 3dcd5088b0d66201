// One client's side of a call as a state machine. Pure: no socket, no clock.
//
//   awaiting --start, or a binary frame (pcm_s16le, 16,000)--> opening --opened--> live
//       |                                                         |                 |
//       +-- start is overdue ------------+-- bad frame, end, the call's end --------+
//                                        v
//                                     ending --the socket is closed--> closed
//
// Whoever comes first decides how it ends: what comes after that is ignored.
#pragma once

#include "adapters/client/client_frames.hpp"
#include "messages/limits.hpp"

#include <string>
#include <variant>

namespace unpod {

/// Nothing is to be done.
struct no_step {};

/// The format is known: open the media and ask for the call.
struct open_media_step {
  audio_format audio;
};

/// Tell the media what was rendered.
struct rendered_step {
  std::uint64_t played_ms = 0;
};

struct mute_step {
  bool on = false;
};

/// Tell the CALL.
struct digits_step {
  std::string digits;
};

/// The client goes: say that the call ended, and close.
struct leave_step {};

/// Send an error frame; when `fatal`, close with this code too: all is over.
struct fault_step {
  std::string code;
  std::string message;
  bool fatal = true;
  std::uint16_t close = 1008;
};

using client_step = std::variant<no_step, open_media_step, rendered_step, mute_step, digits_step,
                                 leave_step, fault_step>;

class client_session {
public:
  enum class phase { awaiting, opening, live, ending, closed };

  explicit client_session(const wire_limits& bounds);

  phase now() const {
    return now_;
  }

  /// A text frame came.
  client_step frame(const client_frame& said);

  /// A text frame came that is none.
  client_step bad_frame(frame_fault wrong);

  /// A binary frame came.
  client_step audio();

  /// The media could not make anything of a binary frame.
  client_step bad_audio();

  /// More frames wait for the CALL than one client may have there.
  client_step flooded();

  /// `client_start_wait` is over.
  client_step start_due();

  /// The call was admitted. False when the client is gone by now.
  bool opened();

  /// The call ends, by whomever. True once: then it may be said.
  bool end();

  /// The socket is closed. True when that came unasked.
  bool closed();

private:
  bool over() const {
    return now_ == phase::ending || now_ == phase::closed;
  }
  client_step last_fault(std::string code, std::string message);
  client_step start(const start_frame& begin);

  std::size_t bad_frames_left_;
  phase now_ = phase::awaiting;
  bool began_by_audio_ = false;
};

/// Why a call is over whose socket the client closed with this code.
end_reason end_reason_of_close(std::uint16_t code);

} // namespace unpod
