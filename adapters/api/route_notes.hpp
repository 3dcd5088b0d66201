// What the documentation says about each route. The table of routes stays the truth:
// a test fails when a route has no line here, or a line no route.
//
//   {"GET v1/pipes/{id}", "Pipes", "One pipe", "", "", "200 Pipe", ""}
#pragma once

#include <string_view>
#include <vector>

namespace unpod {

/// One route. Words are parted by blanks.
struct route_note {
  const char* route;   // method and pattern, as in the table of routes
  const char* tag;     // the heading it stands under: one of tag_notes()
  const char* summary; // one line, without a full stop
  const char* query;   // arguments it knows: names in query_notes()
  const char* takes;   // schema of the body it needs, "?BackupCreate" that it may have; empty: none
  /// What it answers when all is well: "200 Pipe", "200 [Pipe]" (a list), "200 Pipe|Call" (one
  /// of them), "204" (nothing), "200 =Health" (without the envelope), "200 audio/wav"; several
  /// parted by commas.
  const char* gives;
  const char* refuses; // statuses of its own; 400, 401, 403, 404 of an id, 422 go without saying
};

/// An argument of a query. What stands after a dot in its name tells it from others of
/// that name: `status.result` is the `status` of results.
struct query_note {
  const char* name;
  const char* says;
  const char* schema; // JSON Schema
};

struct tag_note {
  const char* name;
  const char* says;
};

const std::vector<route_note>& route_notes();
const std::vector<query_note>& query_notes();
const std::vector<tag_note>& tag_notes();

/// Null when there is none.
const route_note* find_note(std::string_view method, std::string_view pattern);

} // namespace unpod
