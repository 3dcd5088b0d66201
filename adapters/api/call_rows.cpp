#include "adapters/api/call_rows.hpp"

#include "adapters/api/paging.hpp"
#include "adapters/api/recording_link.hpp"

#include <algorithm>

namespace unpod {

namespace {

/// rows. 200: read at a time; 20: of a short page, of which not all may be wanted.
constexpr std::size_t rows_at_a_time = 200, rows_at_least = 20;

/// "https://host" as the node's public name says, or as the client itself asked.
std::string origin_of(const api_desk& desk, const http_request& request) {
  auto url = desk->public_url;
  while (!url.empty() && url.back() == '/')
    url.pop_back();
  if (url.rfind("ws", 0) == 0)
    url.replace(0, 2, "http");
  if (!url.empty())
    return url;
  const std::string host{request.header("host")};
  return host.empty() ? "" : (request.secure ? "https://" : "http://") + host;
}

} // namespace

std::optional<call_record> call_of(const api_desk& desk, const api_visit& visit) {
  auto call = find<call_record>(*desk->reader, table::calls, visit.part("id"));
  if (!call || call->project != visit.caller.project) {
    visit.answer(error_answer(404, "there is no call or session '" + visit.part("id") + "'"));
    return std::nullopt;
  }
  return call;
}

void answer_page(const api_desk& desk, const api_visit& visit, const call_filter& wanted,
                 const call_shape& shape) {
  std::string why;
  const auto wish = read_page(visit.query, why);
  if (!wish)
    return visit.answer(error_answer(422, why));
  list_query part;
  // A page of all there are needs no more than its own rows.
  part.rows_max = std::min(std::clamp(wish->limit, rows_at_least, rows_at_a_time),
                           desk->bounds.store.list_rows_max);
  part.newest_first = true;
  part.project = visit.caller.project;
  part.after = wish->cursor;
  std::string rows;
  std::size_t count = 0, looked_at = 0;
  for (;;) {
    const auto some = list<call_record>(*desk->reader, table::calls, part);
    for (const auto& call : some) {
      part.after = call.id.str();
      if (!wanted(call))
        continue;
      rows += (count++ > 0 ? "," : "") + shape(call);
      if (count == wish->limit || rows.size() >= page_bytes_max)
        return visit.answer(page_answer("[" + rows + "]", part.after));
    }
    if (some.empty() || some.size() < part.rows_max)
      return visit.answer(page_answer("[" + rows + "]", {}));
    if ((looked_at += some.size()) >= calls_looked_at_max)
      return visit.answer(page_answer("[" + rows + "]", part.after));
  }
}

bool matches(const query_arguments& query, std::string_view name, const std::string& value) {
  const auto wanted = query.find(name);
  return !wanted || *wanted == value;
}

std::string recording_url_of(const api_desk& desk, const api_visit& visit,
                             const call_record& call) {
  if (call.recording.empty() || call.ended == 0)
    return {};
  const std::chrono::milliseconds life{desk->bounds.node.recording_link_life};
  return origin_of(desk, visit.request())
         + recording_link(desk->link_secret.reveal(), call.recording, wall_now() + life.count());
}

} // namespace unpod
