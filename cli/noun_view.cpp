#include "cli/noun_view.hpp"

#include "cli/table.hpp"
#include "cli/text.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace unpod::cli {

namespace {

using kind = plain_value::kind;

std::string formatted(wall_ms at, const char* format) {
  const auto seconds = static_cast<std::time_t>(at / 1'000);
  std::tm local{};
  localtime_r(&seconds, &local);
  char text[40];
  return {text, std::strftime(text, sizeof text, format, &local)};
}

/// Digits only.
int whole_of(const std::string& digits) {
  int whole = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), whole);
  return whole;
}

/// "4:07", "1:04:07".
std::string seconds_text(const std::string& number) {
  const auto all = static_cast<long>(std::strtod(number.c_str(), nullptr));
  char text[48];
  if (all >= 3'600)
    std::snprintf(text, sizeof text, "%ld:%02ld:%02ld", all / 3'600, all / 60 % 60, all % 60);
  else
    std::snprintf(text, sizeof text, "%ld:%02ld", all / 60, all % 60);
  return text;
}

bool is_number(shown how) {
  return how == shown::whole || how == shown::seconds || how == shown::count;
}

bool is_scalar(const plain_value& value) {
  return value.is != kind::list && value.is != kind::object;
}

bool says_nothing(const plain_value& value) {
  return value.is == kind::nothing || (value.is == kind::text && value.text.empty())
         || (value.is == kind::list && value.items.empty())
         || (value.is == kind::object && value.members.empty());
}

std::string joined(const plain_value& list) {
  std::string all;
  for (const auto& item : list.items)
    all += (all.empty() ? "" : ", ") + harmless(item.text);
  return all;
}

std::string cell_text(const plain_value* value, shown how, wall_ms now) {
  if (!value || says_nothing(*value))
    return how == shown::count ? "0" : "";
  if (how == shown::count)
    return std::to_string(value->items.size());
  if (how == shown::seconds)
    return seconds_text(value->text);
  if (value->is == kind::yes_no)
    return value->yes() ? "yes" : "";
  if (value->is == kind::list)
    return joined(*value);
  const auto at = value->is == kind::text ? time_of(value->text) : -1;
  return at < 0 ? harmless(value->text) : short_time(at, now);
}

/// Half a time is of no use.
bool has_times(const plain_value& list, const noun_column& column) {
  return std::any_of(list.items.begin(), list.items.end(), [&column](const plain_value& item) {
    const auto* value = item.find(column.member);
    return value && value->is == kind::text && time_of(value->text) >= 0;
  });
}

/// In a list of details there is room for all of it.
std::string detail_text(const plain_value& value) {
  if (value.is == kind::yes_no)
    return value.yes() ? "yes" : "no";
  if (value.is == kind::list)
    return joined(value);
  const auto at = value.is == kind::text ? time_of(value.text) : -1;
  return at < 0 ? harmless(value.text) : formatted(at, "%Y-%m-%d %H:%M:%S");
}

bool is_table(const plain_value& value) {
  return value.is == kind::list && !value.items.empty() && value.items.front().is == kind::object;
}

std::string upper(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
    return c == '_' ? ' ' : static_cast<char>(std::toupper(c));
  });
  return name;
}

bool is_id(const std::string& member) {
  return member.size() > 3 && member.compare(member.size() - 3, 3, "_id") == 0;
}

/// Do all rows say what the object around them says already?
bool repeats(const plain_value& outer, const plain_value& list, const std::string& name) {
  const auto* said = outer.find(name);
  return said && std::all_of(list.items.begin(), list.items.end(), [&](const plain_value& item) {
           const auto* again = item.find(name);
           return again && again->text == said->text;
         });
}

/// An inner list, with the columns that its first row has.
std::string inner_table(const plain_value& outer, const plain_value& list, const viewer& at) {
  std::vector<table_column> columns;
  std::vector<std::string> members;
  for (const auto& [name, value] : list.items.front().members)
    if (is_scalar(value) && !repeats(outer, list, name)) {
      members.push_back(name);
      columns.push_back({upper(name), is_id(name), value.is == kind::number});
    }
  table_rows rows;
  for (const auto& item : list.items) {
    rows.emplace_back();
    for (const auto& name : members)
      rows.back().push_back(cell_text(item.find(name), shown::plain, at.now));
  }
  return columns.empty() ? "" : table_text(std::move(columns), std::move(rows), at.columns);
}

bool is_talk(const plain_value& list) {
  return list.items.front().find("role") && list.items.front().find("content");
}

/// "14:03:05  user   two loaves, please"
std::string talk_text(const plain_value& list, const viewer& at) {
  std::string out;
  for (const auto& turn : list.items) {
    const auto* role = turn.find("role");
    const auto* content = turn.find("content");
    const auto* when = turn.find("timestamp");
    const auto since = when ? time_of(when->text) : -1;
    const auto* cut_off = turn.find("interrupted");
    const auto lead = padded(since < 0 ? "" : formatted(since, "%H:%M:%S"), 10)
                      + padded(role ? harmless(role->text) : "", 7);
    const auto words = (content ? harmless(content->text) : "")
                       + (cut_off && cut_off->yes() ? " [interrupted]" : "");
    out += lead + wrapped(words, at.columns, columns_of(lead)) + "\n";
  }
  return out;
}

/// Which column of a list this member is; past the last when it is none.
std::size_t column_of(const noun& what, const std::string& member) {
  const auto found =
    std::find_if(what.columns.begin(), what.columns.end(),
                 [&member](const noun_column& column) { return column.member == member; });
  return static_cast<std::size_t>(found - what.columns.begin());
}

/// What there is to say about an object.
struct details {
  std::vector<std::pair<std::string, std::string>> lines;
  std::string tables;
};

/// Inner objects are told by the names of their members: "brain.type".
void add_details(const plain_value& object, const std::string& above, const viewer& at,
                 details& into) {
  for (const auto& [member, value] : object.members) {
    const auto name = above + harmless(member);
    if (says_nothing(value))
      continue;
    if (is_table(value))
      into.tables += "\n" + name + "\n"
                     + (is_talk(value) ? talk_text(value, at) : inner_table(object, value, at));
    else if (value.is == kind::object)
      add_details(value, name + ".", at, into);
    else
      into.lines.emplace_back(name, detail_text(value));
  }
}

} // namespace

wall_ms time_of(const std::string& iso) {
  constexpr std::string_view shape = "0000-00-00T00:00:00";
  if (iso.size() <= shape.size())
    return -1;
  const auto rest = iso.substr(shape.size());
  const auto end = rest.front() == '.' ? rest.find_first_not_of("0123456789", 1) : 0;
  if (end == 1 || end == rest.npos || (rest.substr(end) != "Z" && rest.substr(end) != "+00:00"))
    return -1;
  for (std::size_t at = 0; at < shape.size(); ++at)
    if (shape[at] == '0' ? std::isdigit(static_cast<unsigned char>(iso[at])) == 0
                         : iso[at] != shape[at])
      return -1;
  std::tm utc{};
  utc.tm_year = whole_of(iso.substr(0, 4)) - 1'900;
  utc.tm_mon = whole_of(iso.substr(5, 2)) - 1;
  utc.tm_mday = whole_of(iso.substr(8, 2));
  utc.tm_hour = whole_of(iso.substr(11, 2));
  utc.tm_min = whole_of(iso.substr(14, 2));
  utc.tm_sec = whole_of(iso.substr(17, 2));
  const auto fraction = end > 1 ? (rest.substr(1, end - 1) + "00").substr(0, 3) : "0";
  return static_cast<wall_ms>(timegm(&utc)) * 1'000 + whole_of(fraction);
}

std::string short_time(wall_ms at, wall_ms now) {
  if (formatted(at, "%Y-%m-%d") == formatted(now, "%Y-%m-%d"))
    return formatted(at, "%H:%M");
  if (formatted(at, "%Y") == formatted(now, "%Y"))
    return formatted(at, "%b %e %H:%M");
  return formatted(at, "%Y-%m-%d");
}

std::string list_text(const noun& what, const plain_value& list, const viewer& at) {
  if (list.is != kind::list)
    return one_text(what, list, at);
  if (list.items.empty())
    return what.empty + "\n";
  std::vector<table_column> columns;
  for (const auto& column : what.columns)
    columns.push_back({column.title,
                       column.how == shown::id || is_number(column.how) || has_times(list, column),
                       is_number(column.how)});
  table_rows rows;
  for (const auto& item : list.items) {
    rows.emplace_back();
    for (const auto& column : what.columns)
      rows.back().push_back(cell_text(item.find(column.member), column.how, at.now));
  }
  return table_text(std::move(columns), std::move(rows), at.columns);
}

std::string one_text(const noun& what, const plain_value& object, const viewer& at) {
  if (object.is != kind::object)
    return says_nothing(object) ? "" : harmless(object.text) + "\n";
  details all;
  add_details(object, "", at, all);
  std::stable_sort(all.lines.begin(), all.lines.end(), [&what](const auto& a, const auto& b) {
    return column_of(what, a.first) < column_of(what, b.first);
  });
  return details_text(all.lines, at.columns) + all.tables;
}

std::string event_text(const plain_value& event, std::size_t columns) {
  constexpr std::size_t kind_columns = 16;
  const auto text_of = [&event](const char* member) {
    const auto* found = event.find(member);
    return found ? found->text : std::string{};
  };
  const auto at = text_of("at"); // 2026-11-21T16:20:00.125Z
  const auto time = at.size() > 12 ? at.substr(11, at.size() - 12) : at;
  std::string says;
  if (const auto* data = event.find("data"))
    for (const auto& [name, value] : data->members)
      if (!says_nothing(value))
        says += (says.empty() ? "" : "  ")
                + (name == "text" || name == "heard" ? "\"" + value.text + "\""
                                                     : name + "=" + value.text);
  const auto lead = harmless(time) + "  " + padded(harmless(text_of("kind")), kind_columns) + "  ";
  return cut(lead + harmless(says), columns) + "\n";
}

} // namespace unpod::cli
