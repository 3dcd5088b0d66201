#include "adapters/api/paging.hpp"

#include "adapters/api/answers.hpp"
#include "messages/json_line.hpp"

#include <charconv>

namespace unpod {

std::optional<page_wish> read_page(const query_arguments& query, std::string& why) {
  page_wish wish;
  if (const auto limit = query.find("limit")) {
    const auto [end, error] =
      std::from_chars(limit->data(), limit->data() + limit->size(), wish.limit);
    if (error != std::errc{} || end != limit->data() + limit->size() || wish.limit == 0
        || wish.limit > page_rows_max) {
      why = "limit must be a whole number from 1 to " + std::to_string(page_rows_max);
      return std::nullopt;
    }
  }
  wish.cursor = query.find("cursor").value_or("");
  if (wish.cursor.size() > cursor_bytes_max || wish.cursor.find('/') != std::string::npos) {
    why = "cursor is none of ours: take next_cursor of the page before";
    return std::nullopt;
  }
  return wish;
}

http_response page_answer(std::string_view rows_json, std::string_view next_cursor) {
  http_response response;
  response.body = json_line{}
                    .whole("status_code", 200)
                    .text("message", "ok")
                    .raw("data", rows_json)
                    .raw("next_cursor", json_or_null(next_cursor))
                    .str();
  return response;
}

} // namespace unpod
