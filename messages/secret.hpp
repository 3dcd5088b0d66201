// A secret as a type: passwords, keys, tokens, what signs. It goes in like any text and
// comes out by `reveal()` alone; whatever prints, logs or inspects it gets "***".
#pragma once

#include <caf/meta/type_name.hpp>

#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace unpod {

class secret_text {
public:
  secret_text() = default;

  // Not explicit: what becomes a secret needs no care, what stops being one does.
  secret_text(std::string text) : text_(std::move(text)) {}
  secret_text(const char* text) : text_(text) {}

  /// The text itself: for whoever sends, signs or stores it, and for nobody's words.
  const std::string& reveal() const {
    return text_;
  }

  bool empty() const {
    return text_.empty();
  }

  void clear() {
    text_.clear();
  }

  // Of our own settings and records. What a peer sent is compared in constant time
  // (storage/hash.hpp).
  friend bool operator==(const secret_text& a, const secret_text& b) {
    return a.text_ == b.text_;
  }

  friend bool operator!=(const secret_text& a, const secret_text& b) {
    return !(a == b);
  }

  friend std::ostream& operator<<(std::ostream& out, const secret_text& x) {
    return out << (x.empty() ? "" : "***");
  }

  /// For CAF, which prints messages; ours are never sent to another process.
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, secret_text&) {
    return f(caf::meta::type_name("***"));
  }

private:
  std::string text_;
};

} // namespace unpod
