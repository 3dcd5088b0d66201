// The nouns of a node's API as plain data: what can be done with each, which words a
// person types for it, and how the answer is shown. One engine runs them all.
#pragma once

#include "cli/command.hpp"
#include "runtime/workshop.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace unpod::cli {

/// What a typed word becomes in a request.
enum class becomes : std::uint8_t {
  place,   // a part of the path
  text,    // a JSON string
  whole,   // a JSON number
  yes,     // true
  no,      // false
  words,   // a JSON list of strings: repeated, or parted by commas
  numbers, // a JSON list of the numbers in them: "+1415…" and "NUM_1415…" alike
  file,    // the content of the file of this name ("-": standard input), as a JSON string
  object,  // JSON: of a file, or "{…}" as typed
  pair,    // "ROOM=LEVEL": two JSON strings; the members' names are written alike
  body,    // the content of a file: the JSON object that the other members join
};

struct field {
  option typed;
  becomes kind = becomes::text;
  std::string member; // of the body ("brain.type": in an object); of the query for GET and DELETE
};

/// How a cell is shown, beyond what its type says.
enum class shown : std::uint8_t {
  plain,
  id,      // never cut
  whole,   // a number, under others
  seconds, // "4:07"
  count,   // how many items
};

struct noun_column {
  std::string title;
  std::string member; // "brain.type": in an object
  shown how = shown::plain;
};

enum class answer_is : std::uint8_t {
  list,    // rows
  one,     // an object
  nothing, // no body worth showing
  events,  // one after the other, as they come
};

struct viewer;

/// How an answer is shown that is neither a table nor details.
using noun_sight = std::string (*)(const plain_value& data, const viewer& at);

struct noun_verb {
  std::string name;
  std::string summary;
  std::string method;
  std::string path; // "/v1/pipes/{PIPE}": with the names of places
  std::vector<field> fields;
  answer_is answer = answer_is::one;
  std::string done = {};                 // said when it worked: "Pipe {PIPE} was {status}."
  std::vector<noun_column> columns = {}; // of its list, when it is of something else
  noun_sight sight = nullptr;
};

struct noun {
  std::string name;
  std::string group; // its heading in help
  std::string summary;
  std::vector<noun_column> columns; // of a list
  std::string empty;                // said instead of a list without rows
  std::vector<noun_verb> verbs;
  std::string examples;
};

/// All of them, in the order of help.
const std::vector<noun>& all_nouns();

// The parts of that table.
noun pipe_noun();
noun agent_noun();
noun profile_noun();
noun provider_noun();
noun number_noun();
noun trunk_noun();
noun call_noun();
noun session_noun();
noun recording_noun();
noun worker_noun();
noun tool_noun();
noun dictionary_noun();
noun block_noun();
noun result_noun();
noun key_noun();
noun space_noun();
noun org_noun();
noun audit_noun();
noun webhook_noun();
noun usage_noun();
noun actor_noun();
noun node_noun();
noun log_noun();

// -- how a table is written ------------------------------------------------------

using fields = std::vector<field>;

inline fields operator+(fields a, const fields& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// A word by its place that is a part of the path.
inline field place(const std::string& name, const std::string& help = {}) {
  return {option{name, "", help}.must(), becomes::place, {}};
}

/// A flag whose value is this member; without dashes a word by its place.
inline field text(const std::string& name, const std::string& value, const std::string& help,
                  const std::string& member) {
  return {option{name, value, help}, becomes::text, member};
}

inline field whole(const std::string& name, const std::string& value, const std::string& help,
                   const std::string& member, std::int64_t least, std::int64_t most) {
  return {option{name, value, help}.whole(least, most), becomes::whole, member};
}

inline field any(option typed, becomes kind, const std::string& member) {
  return {std::move(typed), kind, member};
}

/// The same field, but it must be typed.
inline field must(field one) {
  one.typed.required = true;
  return one;
}

/// `--body FILE`, for what has no flag.
inline field body_file() {
  return {option{"--body", "FILE",
                 "JSON object with these and any other members; - reads it from "
                 "the input"},
          becomes::body,
          {}};
}

inline noun_verb verb(const std::string& name, const std::string& summary,
                      const std::string& method, const std::string& path, fields typed,
                      answer_is answer = answer_is::one, const std::string& done = {}) {
  return {name, summary, method, path, std::move(typed), answer, done};
}

/// The same, shown in a way of its own.
inline noun_verb seen_as(noun_sight sight, noun_verb one) {
  one.sight = sight;
  return one;
}

/// A list whose rows are others than the noun's own.
inline noun_verb rows_verb(const std::string& name, const std::string& summary,
                           const std::string& path, fields typed,
                           std::vector<noun_column> columns) {
  return {name, summary, "GET", path, std::move(typed), answer_is::list, {}, std::move(columns)};
}

inline noun_verb list_verb(const std::string& summary, const std::string& path,
                           fields filters = {}) {
  return {"list", summary, "GET", path, std::move(filters), answer_is::list};
}

inline noun_verb get_verb(const std::string& summary, const std::string& path, field which) {
  return {"get", summary, "GET", path, {std::move(which)}};
}

inline noun_verb delete_verb(const std::string& summary, const std::string& path, fields which,
                             const std::string& done) {
  return {"delete", summary, "DELETE", path, std::move(which), answer_is::nothing, done};
}

/// What happens in a call, or has happened.
inline noun_verb events_verb(const std::string& summary, const std::string& path, field which) {
  return {"events",
          summary,
          "GET",
          path,
          {std::move(which),
           any({"--follow", "", "Go on until the call ends"}, becomes::yes, "follow"),
           whole("--after", "N", "Only what came after this event", "after", 0, 999'999'999'999)},
          answer_is::events};
}

/// For what numbers may be attached to.
inline field detach_numbers() {
  return any({"--detach-numbers", "", "Its numbers too lose their way to it"}, becomes::yes,
             "detach_numbers");
}

/// Of lists that come in pages.
inline fields page_fields() {
  constexpr std::int64_t rows_max = 1'000;
  return {whole("--limit", "N", "At most so many", "limit", 1, rows_max),
          text("--cursor", "CURSOR", "Go on where the last list ended", "cursor")};
}

} // namespace unpod::cli
