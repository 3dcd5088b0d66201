// WebSocket frames as bytes, the server's side (RFC 6455 §5). Pure: no socket, no clock.
//
//   0                   1                   2                   3
//   |F|R|R|R| opcode|M| length (7)  | 16 or 64 bits more, when 126 or 127 | mask (32) | bytes
//
// For sockets that carry audio: Beast's own frames cost more than the kernel's part of
// them (bench/results). Everything else stays with Beast, the handshake too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace unpod {

enum class ws_opcode : std::uint8_t {
  more = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10
};

/// What a peer said.
struct ws_item {
  enum class what { nothing, text, binary, ping, pong, close, bad };
  what is = what::nothing;
  std::string_view bytes; // a message, a ping's, or a close's reason; until the next call
  std::uint16_t code = 0; // of a close (1005: it named none); bad: the one to close with
};

/// Takes a client's bytes as they come and gives its messages whole.
class ws_reader {
public:
  /// `message_bytes_max` bounds a message, however many frames it comes in (more: 1009).
  explicit ws_reader(std::size_t message_bytes_max) : message_bytes_max_(message_bytes_max) {}

  /// More bytes; they are unmasked in place and stay there until `next` has said nothing, or
  /// `hold`.
  void feed(char* bytes, std::size_t size);
  /// The next thing said. After `bad` there is no other.
  ws_item next();
  /// Nothing more is asked for now: what is unread is kept.
  void hold() {
    keep_rest();
  }

private:
  struct frame_head {
    std::size_t bytes = 0; // of the head itself; 0: not whole yet
    std::uint64_t length = 0;
    ws_opcode opcode = ws_opcode::more;
    bool last = false;
    std::uint16_t wrong = 0; // the code to close with
  };

  frame_head read_head() const;
  std::uint16_t check(const frame_head& head) const;
  void keep_rest();
  ws_item take_message(std::string_view bytes);

  std::size_t message_bytes_max_;
  std::string held_;      // a frame that is not whole yet
  std::string message_;   // the frames so far of a message in several
  char* input_ = nullptr; // unread, in `held_` or in what was fed
  std::size_t left_ = 0;
  bool from_held_ = false;
  bool in_message_ = false;
  bool given_message_ = false;
  ws_opcode message_is_ = ws_opcode::more;
};

/// The head of a frame from the server: whole, unmasked. `into` has room for 10 bytes.
std::size_t write_ws_head(char* into, ws_opcode opcode, std::size_t length);

/// What a close frame carries; 1005 carries nothing.
std::string ws_close_payload(std::uint16_t code, std::string_view reason);

/// May a peer close with this code (RFC 6455 §7.4)?
bool is_ws_close_code(std::uint16_t code);

bool is_utf8(std::string_view text);

} // namespace unpod
