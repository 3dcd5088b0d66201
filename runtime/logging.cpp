#include "runtime/logging.hpp"

#include "messages/json_line.hpp"
#include "messages/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>

namespace unpod {

namespace {

spdlog::level::level_enum level_of(log_level level) {
  switch (level) {
    case log_level::debug:
      return spdlog::level::debug;
    case log_level::info:
      return spdlog::level::info;
    case log_level::warn:
      return spdlog::level::warn;
    case log_level::error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::shared_ptr<log_book>& book_slot() {
  static auto book = std::make_shared<log_book>();
  return book;
}

/// An id that a program may look up: of a call, which is its session's too.
bool is_call(const std::string& about) {
  return about.rfind("SCL_", 0) == 0;
}

} // namespace

std::shared_ptr<log_book> the_log_book() {
  return book_slot();
}

std::string line_for_people(const log_line& line) {
  auto text = line.room;
  if (!line.about.empty())
    text += " " + line.about;
  if (line.actor != 0)
    text += " #" + std::to_string(line.actor);
  const auto words = json_quoted(line.words);
  text += ": " + words.substr(1, words.size() - 2);
  if (line.skipped > 0)
    text += " (and " + std::to_string(line.skipped) + " more like it before)";
  return text;
}

std::string line_as_json(const log_line& line) {
  json_line json;
  json.text("room", line.room).text("about", line.about);
  if (is_call(line.about))
    json.text("call_id", line.about);
  if (line.actor != 0)
    json.whole("actor", line.actor);
  if (line.skipped > 0)
    json.whole("skipped", line.skipped);
  const auto object = json.text("words", line.words).str();
  return object.substr(1, object.size() - 2);
}
void start_logging(const node_settings& settings) {
  auto logger =
    std::make_shared<spdlog::logger>("unpod", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  const bool json = settings.log_format == "json";
  auto& book = book_slot();
  book = std::make_shared<log_book>(log_level_of(settings.log_level).value_or(log_level::info));
  logger->set_level(spdlog::level::trace); // the book chooses
  logger->set_pattern(json ? R"({"at":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
                           : "%Y-%m-%dT%H:%M:%S.%eZ %-5l %v",
                      spdlog::pattern_time_type::utc);
  set_log_sink([logger, json, book](log_level level, const std::string& room,
                                    const std::string& about, const std::string& words) {
    const auto line = book->take({0, wall_now(), level, room, about, words, actor_here()});
    if (line)
      logger->log(level_of(level), "{}", json ? line_as_json(*line) : line_for_people(*line));
  });
}

} // namespace unpod
