// Server-Sent Events, read as they come (WHATWG HTML §9.2). Pure, bounded.
//
//   stream = lines ended by CR LF, LF or CR; a blank line ends an event
//   line   = "data: …" | "event: …" | ":comment" | anything else, which says nothing
//
// Unlike the standard, an event that the stream's end cuts off still counts: servers leave
// the last blank line out.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace unpod {

struct sse_event {
  std::string name; // empty: message
  std::string data; // lines joined by \n
};

class sse_reader {
public:
  using taker = std::function<void(const sse_event&)>;

  /// bytes of one line, and of one event's data.
  explicit sse_reader(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  /// False when a line or an event is too long; then nothing more is read.
  bool read(std::string_view bytes, const taker& take);
  bool finish(const taker& take);

private:
  bool end_line(const taker& take);
  void end_event(const taker& take);

  std::size_t bytes_max_;
  std::string line_;
  sse_event event_;
  bool has_data_ = false;
  bool after_cr_ = false;
  bool at_start_ = true; // a byte order mark may come
  bool broken_ = false;
};

} // namespace unpod
