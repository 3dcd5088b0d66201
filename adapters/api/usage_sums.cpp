// See usage_sums.hpp.
#include "adapters/api/usage_sums.hpp"

#include "adapters/api/answers.hpp"
#include "adapters/api/bodies.hpp"
#include "adapters/api/member_reader.hpp"
#include "adapters/api/shapes.hpp"
#include "messages/usage.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <ctime>

namespace unpod {

namespace {

/// What one report may count: names, and how much of each.
constexpr std::size_t counters_max = 32;
constexpr std::int64_t count_max = 1'000'000'000'000;
constexpr std::int64_t seq_max = 999'999'999'999; // digits of a key
constexpr std::size_t name_bytes_max = 64;

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= name_bytes_max
         && std::all_of(text.begin(), text.end(), [](unsigned char c) {
              return c < 0x80 && (std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.');
            });
}

/// `{name: whole number}`, as it was given.
void read_counters(member_reader& members, json_line& into) {
  const auto* given = members.wanted("counters");
  if (!given || !given->IsObject() || given->MemberCount() > counters_max)
    return members.fail("counters", "must be an object of at most " + std::to_string(counters_max)
                                      + " whole numbers");
  for (const auto& one : given->GetObject()) {
    const std::string name{one.name.GetString(), one.name.GetStringLength()};
    const auto count = is_name(name) ? json::whole(*given, name.c_str()) : std::nullopt;
    if (!count || *count < 0 || *count > count_max)
      return members.fail("counters", "must be names with whole numbers from 0 to "
                                        + std::to_string(count_max));
    into.whole(name, *count);
  }
}

void read_providers(member_reader& members, json_line& into) {
  const auto* given = members.wanted("providers");
  if (!given || given->IsNull())
    return;
  if (!given->IsObject() || given->MemberCount() > counters_max)
    return members.fail("providers", "must be an object of texts");
  for (const auto& one : given->GetObject()) {
    const std::string name{one.name.GetString(), one.name.GetStringLength()};
    if (!is_name(name) || !one.value.IsString()
        || one.value.GetStringLength() > short_text_bytes_max)
      return members.fail("providers", "must be an object of short texts");
    into.text(name, {one.value.GetString(), one.value.GetStringLength()});
  }
}

std::string amount(double value) {
  char digits[40];
  const bool whole = std::trunc(value) == value && std::abs(value) < 1e15;
  std::snprintf(digits, sizeof digits, whole ? "%.0f" : "%.3f", value);
  return digits;
}

} // namespace

void usage_sum::add(const usage_record& row) {
  calls_.insert(row.call);
  std::string why;
  const auto body = json::parse(row.body_json, extra_depth_max, why);
  if (!body)
    return;
  if (const auto* counters = json::member(*body, "counters"); counters && counters->IsObject())
    for (const auto& one : counters->GetObject())
      if (one.value.IsNumber())
        counters_[one.name.GetString()] += one.value.GetDouble();
  if (const auto* providers = json::member(*body, "providers"); providers && providers->IsObject())
    for (const auto& one : providers->GetObject())
      if (one.value.IsString())
        providers_[one.name.GetString()].insert(one.value.GetString());
  if (const auto* shares = json::member(*body, "by_provider"); shares && shares->IsObject())
    for (const auto& share : shares->GetObject())
      if (share.value.IsObject())
        for (const auto& one : share.value.GetObject())
          if (one.value.IsNumber())
            shares_[share.name.GetString()][one.name.GetString()] += one.value.GetDouble();
  if (const auto cost = json::number(*body, "cost_usd")) {
    cost_ += *cost;
    has_cost_ = true;
  }
}

std::string usage_sum::str(bool with_providers) const {
  json_line line;
  for (const auto& [name, count] : counters_)
    line.raw(name, amount(count));
  if (!has_cost_)
    line.raw("cost_usd", "null");
  else {
    char digits[40];
    std::snprintf(digits, sizeof digits, "%.6f", cost_);
    line.raw("cost_usd", digits);
  }
  json_line who;
  for (const auto& [name, all] : providers_)
    who.raw(name, json_list(std::vector<std::string>(all.begin(), all.end()), json_quoted));
  json_line shares;
  for (const auto& [name, share] : shares_) {
    json_line counters;
    for (const auto& [counter, count] : share)
      counters.raw(counter, amount(count));
    shares.raw(name, counters.str());
  }
  if (with_providers)
    line.raw("providers", who.str());
  if (with_providers && !shares_.empty())
    line.raw("by_provider", shares.str());
  return line.str();
}

std::string usage_json(const store_reader& reader, const call_id& call) {
  list_query page;
  page.prefix = call.str() + "/";
  usage_sum sum;
  for (std::size_t seen = 0; seen < usage_rows_max;) {
    const auto rows = list<usage_record>(reader, table::usage, page);
    for (const auto& row : rows)
      sum.add(row);
    if (rows.empty())
      break;
    seen += rows.size();
    page.after = key_of(rows.back());
  }
  return sum.calls() == 0 ? "{}" : sum.str(true);
}

bool read_usage(const json::value& body, usage_record& into, std::string& why) {
  if (!body.IsObject()) {
    why = "the body must be an object";
    return false;
  }
  member_reader members{body, why};
  into.source = "sdk";
  members.text("source", into.source, name_bytes_max);
  if (!is_name(into.source) || into.source == own_usage_source)
    members.fail("source", "must be a name of letters, digits, '-', '_' and '.', and not 'node'");
  std::int64_t seq = -1;
  members.whole("seq", 0, seq_max, seq);
  if (seq < 0)
    members.fail("seq", "is missing: which report of this source is it?");
  json_line counters, providers;
  read_counters(members, counters);
  read_providers(members, providers);
  into.seq = static_cast<std::uint64_t>(std::max<std::int64_t>(seq, 0));
  into.body_json =
    json_line{}.raw("counters", counters.str()).raw("providers", providers.str()).str();
  return why.empty();
}

std::optional<wall_ms> time_of(const std::string& text) {
  std::tm utc{};
  const auto* end = strptime(text.c_str(), "%Y-%m-%d", &utc);
  if (!end)
    return std::nullopt;
  if (*end == 'T' || *end == ' ') {
    end = strptime(end + 1, "%H:%M:%S", &utc);
    if (!end)
      return std::nullopt;
    if (*end == '.')
      for (++end; std::isdigit(static_cast<unsigned char>(*end)) != 0; ++end) {
      }
    if (*end == 'Z')
      ++end;
  }
  if (*end != '\0')
    return std::nullopt;
  return static_cast<wall_ms>(timegm(&utc)) * 1'000;
}

} // namespace unpod
