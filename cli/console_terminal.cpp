#include "cli/console_terminal.hpp"

#include <clocale>
#include <csignal>
#include <curses.h>
#include <unistd.h>

namespace unpod::cli {

namespace {

/// Signals that end a program from within, and those that ask it to.
constexpr int deadly[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGTERM, SIGINT, SIGHUP};

/// Gives the terminal back, then dies of the same. endwin() is not on the list of what a
/// handler may call; a terminal left in pieces is worse than what could go wrong here.
void give_back(int signal) {
  ::endwin();
  ::signal(signal, SIG_DFL);
  ::raise(signal);
}

int colour_pair(paint how) {
  switch (how) {
    case paint::good:
      return 1;
    case paint::warn:
      return 2;
    case paint::bad:
      return 3;
    case paint::bar:
      return 4;
    default:
      return 0;
  }
}

/// Without colours the same is said by weight and reverse.
attr_t attributes_of(paint how) {
  const auto colour = static_cast<attr_t>(has_colors() ? COLOR_PAIR(colour_pair(how)) : 0);
  switch (how) {
    case paint::plain:
      return A_NORMAL;
    case paint::strong:
      return A_BOLD;
    case paint::dim:
      return A_DIM;
    case paint::chosen:
      return A_REVERSE;
    case paint::good:
      return colour;
    case paint::warn:
      return colour | A_BOLD;
    case paint::bad:
      return colour | A_BOLD | (has_colors() ? 0U : A_UNDERLINE);
    case paint::bar:
      return has_colors() ? colour | A_BOLD : A_REVERSE;
  }
  return A_NORMAL;
}

int key_of(int pressed) {
  switch (pressed) {
    case KEY_UP:
      return key::up;
    case KEY_DOWN:
      return key::down;
    case KEY_PPAGE:
      return key::page_up;
    case KEY_NPAGE:
      return key::page_down;
    case KEY_HOME:
      return key::home;
    case KEY_END:
      return key::end;
    case KEY_ENTER:
    case '\r':
      return key::enter;
    case KEY_BACKSPACE:
      return key::backspace;
    default:
      return pressed > 0 && pressed < 256 ? pressed : 0;
  }
}

} // namespace

std::unique_ptr<console_terminal> console_terminal::open(std::string& why) {
  if (::isatty(STDIN_FILENO) == 0 || ::isatty(STDOUT_FILENO) == 0) {
    why = "the console needs a terminal; `unpod actor tree --watch 2` and `unpod node show` do not";
    return nullptr;
  }
  std::setlocale(LC_ALL, "");
  auto* screen = ::newterm(nullptr, stdout, stdin);
  if (!screen) {
    why = "this terminal is not known (TERM); try TERM=xterm";
    return nullptr;
  }
  ::set_term(screen);
  for (const int signal : deadly)
    ::signal(signal, give_back);
  ::cbreak();
  ::noecho();
  ::keypad(stdscr, TRUE);
  ::set_escdelay(50);
  ::curs_set(0);
  if (::has_colors()) {
    ::start_color();
    ::use_default_colors();
    ::init_pair(1, COLOR_GREEN, -1);
    ::init_pair(2, COLOR_YELLOW, -1);
    ::init_pair(3, COLOR_RED, -1);
    ::init_pair(4, COLOR_WHITE, COLOR_BLUE);
  }
  return std::unique_ptr<console_terminal>{new console_terminal};
}

console_terminal::~console_terminal() {
  ::endwin();
  for (const int signal : deadly)
    ::signal(signal, SIG_DFL);
}

screen_size console_terminal::size() const {
  int rows = 0, columns = 0;
  getmaxyx(stdscr, rows, columns);
  return {static_cast<std::size_t>(rows), static_cast<std::size_t>(columns)};
}

void console_terminal::paint_all(const screen& lines) {
  ::erase();
  for (std::size_t row = 0; row < lines.size(); ++row) {
    const auto& line = lines[row];
    ::attrset(static_cast<int>(attributes_of(line.how)));
    ::move(static_cast<int>(row), 0);
    if (line.how == paint::bar || line.how == paint::chosen)
      ::hline(' ' | attributes_of(line.how), COLS);
    ::addstr(line.text.c_str());
  }
  ::attrset(A_NORMAL);
  ::refresh();
}

int console_terminal::next_key(int wait_ms) {
  ::timeout(wait_ms);
  const auto pressed = ::getch();
  return pressed == KEY_MOUSE ? mouse_key() : key_of(pressed);
}

void console_terminal::use_mouse(bool on) {
  if (on == uses_mouse_)
    return;
  uses_mouse_ = on;
  ::mouseinterval(0); // a press counts at once, whatever follows
  // All of them, though we want three: for one that is not wanted getch waits on, past its time.
  ::mousemask(on ? ALL_MOUSE_EVENTS : 0, nullptr);
}

int console_terminal::mouse_key() {
  MEVENT event;
  if (::getmouse(&event) != OK || event.x < 0 || event.y < 0)
    return 0;
  if ((event.bstate & BUTTON1_PRESSED) != 0)
    mouse_.what = mouse_deed::click;
  else if ((event.bstate & BUTTON4_PRESSED) != 0)
    mouse_.what = mouse_deed::wheel_up;
  else if ((event.bstate & BUTTON5_PRESSED) != 0)
    mouse_.what = mouse_deed::wheel_down;
  else
    return 0;
  mouse_.line = static_cast<std::size_t>(event.y);
  mouse_.column = static_cast<std::size_t>(event.x);
  return key::mouse;
}

} // namespace unpod::cli
