// The node's log lines on their way out: which are wanted, which say the same again,
// and the last of them, for whoever looks later. Time comes in as an argument.
//
//   line -> its room's level -> the same once more? -> secrets masked -> kept, shown
#pragma once

#include "messages/clock.hpp"
#include "messages/log.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unpod {

struct log_line {
  std::uint64_t seq = 0; // from 1
  wall_ms at = 0;
  log_level level = log_level::info;
  std::string room;
  std::string about; // a call or peer; may be empty
  std::string words;
  std::uint64_t actor = 0;   // whose handler said it; 0: no actor's
  std::uint64_t skipped = 0; // lines like it that were left out since the last one
};

inline const char* name_of(log_level level) {
  static constexpr const char* names[] = {"debug", "info", "warn", "error"};
  return names[static_cast<std::size_t>(level)];
}

inline std::optional<log_level> log_level_of(std::string_view name) {
  for (const auto level : {log_level::debug, log_level::info, log_level::warn, log_level::error})
    if (name == name_of(level))
      return level;
  return std::nullopt;
}

/// What looks like a credential becomes `***`: keys (sk_…), tokens in a query, what
/// follows "Bearer". Nobody logs one on purpose; this is for the words of others.
inline std::string masked_secrets(std::string text) {
  static constexpr const char* leads[] = {
    "sk_", "token=", "signature=", "secret=", "Bearer ", "api_key=", "password="};
  constexpr std::size_t least = 6; // letters; "token=on" is no secret
  const auto in_word = [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'
           || c == '-' || c == '.' || c == '+' || c == '/' || c == '=' || c == '%';
  };
  for (const std::string_view lead : leads)
    for (auto at = text.find(lead); at != text.npos; at = text.find(lead, at + lead.size())) {
      const auto from = at + lead.size();
      auto end = from;
      while (end < text.size() && in_word(static_cast<unsigned char>(text[end])))
        ++end;
      if (end - from >= least)
        text.replace(from, end - from, "***");
    }
  return text;
}

/// Any thread.
class log_book {
public:
  /// lines. 1,000: some 200 KB; a console reads on from the last it saw.
  static constexpr std::size_t lines_max = 1'000;
  /// 10 in 10 s of the same room and words; then one line says how many there were.
  static constexpr std::uint64_t alike_max = 10;
  static constexpr wall_ms alike_window = 10'000;
  /// kinds of lines that are counted; rooms with a level of their own.
  static constexpr std::size_t kinds_max = 500;
  static constexpr std::size_t rooms_max = 50;

  explicit log_book(log_level usual = log_level::info) : usual_(usual) {}

  /// An empty room: of all that have no level of their own. False: too many have.
  bool set_level(const std::string& room, log_level level) {
    const std::lock_guard lock{mutex_};
    if (room.empty()) {
      usual_ = level;
      return true;
    }
    if (levels_.size() >= rooms_max && levels_.count(room) == 0)
      return false;
    levels_[room] = level;
    return true;
  }

  /// The rooms with a level of their own, and all others under "".
  std::map<std::string, log_level> levels() const {
    const std::lock_guard lock{mutex_};
    auto all = levels_;
    all[""] = usual_;
    return all;
  }

  /// The line as it goes out; nothing when it does not.
  std::optional<log_line> take(log_line line) {
    const std::lock_guard lock{mutex_};
    if (line.level < level_of(line.room))
      return std::nullopt;
    auto& alike = kind_of(line);
    if (line.at - alike.since >= alike_window) {
      line.skipped = alike.count > alike_max ? alike.count - alike_max : 0;
      alike = {line.at, 0};
    }
    if (++alike.count > alike_max)
      return std::nullopt;
    line.words = masked_secrets(std::move(line.words));
    line.about = masked_secrets(std::move(line.about));
    line.seq = ++last_;
    lines_.push_back(line);
    if (lines_.size() > lines_max)
      lines_.pop_front();
    return line;
  }

  /// Lines after this one, the last `most` of them; oldest first.
  std::vector<log_line> after(std::uint64_t seq, std::size_t most) const {
    const std::lock_guard lock{mutex_};
    auto from = std::find_if(lines_.begin(), lines_.end(),
                             [seq](const log_line& line) { return line.seq > seq; });
    const auto there = static_cast<std::size_t>(lines_.end() - from);
    from += static_cast<std::ptrdiff_t>(there > most ? there - most : 0);
    return {from, lines_.end()};
  }

private:
  struct kind {
    wall_ms since = 0;
    std::uint64_t count = 0;
  };

  /// "adapters" goes for "adapters.http" too, unless that has one of its own.
  log_level level_of(std::string_view room) const {
    for (;;) {
      if (const auto own = levels_.find(std::string{room}); own != levels_.end())
        return own->second;
      const auto dot = room.rfind('.');
      if (dot == room.npos)
        return usual_;
      room = room.substr(0, dot);
    }
  }

  kind& kind_of(const log_line& line) {
    const std::pair key{line.room, line.words};
    if (kinds_.size() >= kinds_max && kinds_.count(key) == 0)
      kinds_.clear();
    return kinds_[key];
  }

  mutable std::mutex mutex_;
  log_level usual_;
  std::map<std::string, log_level> levels_;
  std::map<std::pair<std::string, std::string>, kind> kinds_;
  std::deque<log_line> lines_;
  std::uint64_t last_ = 0;
};

} // namespace unpod
