// Calls as the API finds them: one by its id, many by pages; and the link to a call's
// recording.
#pragma once

#include "adapters/api/desk.hpp"

#include <functional>
#include <optional>
#include <string>

namespace unpod {

/// rows. 10,000: calls looked at for one page; a filter that matches few of them gets a
/// short page and a cursor to go on from.
inline constexpr std::size_t calls_looked_at_max = 10'000;
/// bytes. 16 MB: one page; transcripts make it long.
inline constexpr std::size_t page_bytes_max = 16 * 1024 * 1024;

/// The call that the path names; when there is none in the caller's project, 404 is
/// answered here.
std::optional<call_record> call_of(const api_desk& desk, const api_visit& visit);

using call_filter = std::function<bool(const call_record&)>;
using call_shape = std::function<std::string(const call_record&)>;

/// Answers with a page of the caller's project's calls that `wanted` keeps, newest first.
/// Reads much: only within `read_apart`.
void answer_page(const api_desk& desk, const api_visit& visit, const call_filter& wanted,
                 const call_shape& shape);

/// Is this argument absent, or this value?
bool matches(const query_arguments& query, std::string_view name, const std::string& value);

/// The signed link to the call's recording, absolute; empty when there is none (yet).
std::string recording_url_of(const api_desk& desk, const api_visit& visit, const call_record& call);

} // namespace unpod
