// What the pure sessions of this folder want done with their socket, beside what
// they have to say to other actors.
#pragma once

#include <cstdint>
#include <string>

namespace unpod {

/// Send this text frame.
struct send_frame {
  std::string text;
};

/// Close the socket; nothing is sent after it.
struct close_socket {
  std::uint16_t code = 1000;
  std::string why; // for the peer
};

} // namespace unpod
