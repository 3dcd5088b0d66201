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

} // namespace

void start_logging(const node_settings& settings) {
  auto logger =
    std::make_shared<spdlog::logger>("unpod", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  const bool json = settings.log_format == "json";
  logger->set_level(spdlog::level::from_str(settings.log_level));
  logger->set_pattern(json ? R"({"at":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
                           : "%Y-%m-%dT%H:%M:%S.%eZ %-5l %v",
                      spdlog::pattern_time_type::utc);
  set_log_sink([logger, json](log_level level, const std::string& room, const std::string& about,
                              const std::string& words) {
    if (!logger->should_log(level_of(level)))
      return;
    if (json)
      logger->log(level_of(level), R"("room":{},"about":{},"words":{})", json_quoted(room),
                  json_quoted(about), json_quoted(words));
    else
      logger->log(level_of(level), "{}{}{}: {}", room, about.empty() ? "" : " ", about,
                  json_quoted(words).substr(1, json_quoted(words).size() - 2));
  });
}

} // namespace unpod
