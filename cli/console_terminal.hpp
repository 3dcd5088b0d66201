// The terminal under the console: paints a screen, reads keys, and is given back as it
// was, whatever happens (ncurses).
//
//   opened -> painted, keys read -> closed: by the destructor, or on the way down by a signal
#pragma once

#include "cli/console_model.hpp"
#include "cli/screen.hpp"

#include <functional>
#include <memory>
#include <string>

namespace unpod::cli {

class console_terminal {
public:
  /// Null, and words, when there is no terminal to draw on.
  static std::unique_ptr<console_terminal> open(std::string& why);
  ~console_terminal();
  console_terminal(const console_terminal&) = delete;
  console_terminal& operator=(const console_terminal&) = delete;

  screen_size size() const;
  void paint_all(const screen& lines);
  /// The next key (console_model.hpp), 0 when none comes within so many ms.
  int next_key(int wait_ms);
  /// What the last key::mouse was.
  const mouse_press& mouse() const {
    return mouse_;
  }
  /// Takes the mouse, or leaves it to the terminal, which selects text with it.
  void use_mouse(bool on);

private:
  console_terminal() = default;
  int mouse_key();

  bool uses_mouse_ = false;
  mouse_press mouse_;
};

} // namespace unpod::cli
