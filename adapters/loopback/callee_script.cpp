#include "adapters/loopback/callee_script.hpp"

#include "adapters/json/json.hpp"

#include <utility>

namespace unpod {

namespace {

/// levels. 32: as the API takes bodies.
constexpr std::size_t data_depth_max = 32;

std::optional<end_reason> refusal_by(std::string_view number) {
  static constexpr std::pair<std::string_view, end_reason> endings[] = {
    {"486", end_reason::busy},
    {"480", end_reason::no_answer},
    {"603", end_reason::rejected},
    {"503", end_reason::media_unavailable}};
  for (const auto& [ending, reason] : endings)
    if (number.size() > ending.size() && number.substr(number.size() - ending.size()) == ending)
      return reason;
  return std::nullopt;
}

void read_phrases(const json::value& says, std::vector<std::string>& into) {
  into.clear();
  for (const auto& phrase : says.GetArray())
    if (phrase.IsString() && phrase.GetStringLength() <= callee_phrase_bytes_max
        && into.size() < callee_phrases_max)
      into.emplace_back(phrase.GetString(), phrase.GetStringLength());
}

} // namespace

callee_script callee_script_of(std::string_view number, const std::string& data_json) {
  callee_script script;
  script.refuses = refusal_by(number);
  std::string why;
  const auto data = json::parse(data_json, data_depth_max, why);
  const auto* wish = data && data->IsObject() ? json::member(*data, "loopback") : nullptr;
  if (!wish || !wish->IsObject())
    return script;
  if (const auto ring = json::whole(*wish, "ring_ms"))
    if (*ring >= 0 && *ring <= callee_ring_max.count())
      script.ring = std::chrono::milliseconds{*ring};
  if (const auto* says = json::member(*wish, "says"); says && says->IsArray())
    read_phrases(*says, script.says);
  return script;
}

} // namespace unpod
