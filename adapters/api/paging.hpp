// Lists by pages: `?limit=` and `?cursor=`, and the answer that says where to go on. Pure.
#pragma once

#include "adapters/http/exchange.hpp"
#include "adapters/http/route_path.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace unpod {

/// rows. 1,000: of one page; also what a request without `limit` gets, since the SDK
/// asks for no second one.
inline constexpr std::size_t page_rows_max = 1'000;
/// bytes. 256: a cursor is the key of a row.
inline constexpr std::size_t cursor_bytes_max = 256;

struct page_wish {
  std::size_t limit = page_rows_max;
  std::string cursor; // key of the last row seen; empty: from the start
};

/// Nothing, and words that name the argument, when it is no wish (answer 422).
std::optional<page_wish> read_page(const query_arguments& query, std::string& why);

/// The envelope with `next_cursor` beside `data`: a string, or null on the last page.
http_response page_answer(std::string_view rows_json, std::string_view next_cursor);

} // namespace unpod
