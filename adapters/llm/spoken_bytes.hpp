// Bytes of an answer into text that may be spoken: whole UTF-8 characters only, wherever the
// network cut them; control characters become blanks. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace unpod {

class spoken_bytes {
public:
  /// Appends what is whole to `into`; false when the bytes are no UTF-8.
  bool read(std::string_view bytes, std::string& into);
  /// False when the last character is cut off.
  bool finish() const {
    return tail_.empty();
  }

private:
  std::string tail_; // of a character that has begun
};

} // namespace unpod
