#include "adapters/api/number_wiring.hpp"

#include "adapters/api/number_ids.hpp"
#include "adapters/api/paging.hpp"

#include <algorithm>

namespace unpod {

namespace {

bool wire_trunk(const number_book& book, const char* field, const std::string& before,
                std::string& trunk, attach_trouble& trouble) {
  if (trunk.empty() || trunk == before)
    return true;
  const auto* known = book.trunk(trunk);
  if (known)
    trunk = known->id;
  else
    trouble = {422, std::string{field} + ": there is no trunk '" + trunk
                      + "'; make it with POST /v1/trunks"};
  return known != nullptr;
}

} // namespace

std::optional<number_record> own_number(const api_desk& desk, const std::string& project,
                                        const std::string& id) {
  const auto key = number_of_id(id);
  auto number = key ? find<number_record>(*desk->reader, table::numbers, *key) : std::nullopt;
  if (number && number->project != project)
    number.reset();
  return number;
}

/// A cursor is the id of the last number: '+' would be a space in a query.
std::optional<number_page> number_page_of(const api_desk& desk, const api_visit& visit,
                                          const std::function<bool(const number_record&)>& wanted) {
  std::string why;
  const auto wish = read_page(visit.query, why);
  const auto after = wish ? number_of_id(wish->cursor) : std::nullopt;
  if (!wish || (!wish->cursor.empty() && !after)) {
    visit.answer(error_answer(422, wish ? "cursor is none of ours: take next_cursor of the page "
                                          "before"
                                        : why));
    return std::nullopt;
  }
  number_page page;
  const auto rows_max = std::min(wish->limit, desk->bounds.store.list_rows_max);
  for_each_of<number_record>(desk, table::numbers, visit.caller.project, after.value_or(""),
                             [&](number_record& number) {
                               if (wanted(number))
                                 page.rows.push_back(std::move(number));
                               return page.rows.size() < rows_max;
                             });
  if (!page.rows.empty() && page.rows.size() == rows_max)
    page.next_cursor = number_id_of(page.rows.back().number);
  return page;
}

number_view view_of(const number_record& number, const number_book& book) {
  return {&number, book.pipe_of(number), book.trunk_of(number)};
}

std::optional<attach_point> point_of(const number_book& book, const attach_target& target,
                                     attach_trouble& trouble) {
  if (target.pipe.empty() && target.agent.empty())
    return attach_point{};
  if (target.pipe.empty()) {
    if (const auto* pipe = book.pipe_of_agent(target.agent))
      return attach_point{*pipe, pipe->brain_json.empty() ? agent_id{} : pipe->agent};
    trouble = {404, "there is no agent '" + target.agent + "'"};
    return std::nullopt;
  }
  const auto* pipe = book.pipe(target.pipe);
  if (pipe && (target.agent.empty() || pipe->agent.str() == target.agent))
    return attach_point{*pipe, {}};
  if (pipe)
    trouble = {422, "agent_id: pipe '" + target.pipe + "' is not of agent '" + target.agent
                      + "'; name only one of them"};
  else
    trouble = {404, "there is no pipe '" + target.pipe + "'"};
  return std::nullopt;
}

bool wire_trunks(const number_book& book, const number_record& before, number_record& number,
                 attach_trouble& trouble) {
  return wire_trunk(book, "inbound_trunk_id", before.inbound_trunk, number.inbound_trunk, trouble)
         && wire_trunk(book, "outbound_trunk_id", before.outbound_trunk, number.outbound_trunk,
                       trouble);
}

void attach(number_record& number, const attach_point& point, wall_ms now) {
  if (point.pipe) {
    number.pipe = point.pipe->id;
    number.agent = point.agent;
  }
  settle(number, now);
}

void settle(number_record& number, wall_ms now) {
  if (number.status != "disabled")
    number.status = number.pipe.empty() ? "available" : "assigned";
  number.modified = now;
}

store_change hold(const api_desk& desk, const pipe_record& pipe) {
  auto held = pipe;
  if (!pipe_numbers_of(desk, pipe.project).of(pipe))
    held.modified = std::max(wall_now(), pipe.modified + 1);
  return {store_change::what::put, held, pipe};
}

std::vector<store_change> attach_changes(const api_desk& desk, const number_record& number,
                                         const std::optional<number_record>& before,
                                         const attach_point& point) {
  std::vector<store_change> changes;
  if (before)
    changes.push_back({store_change::what::put, number, *before});
  else
    changes.push_back({store_change::what::create, number});
  if (point.pipe)
    changes.push_back(hold(desk, *point.pipe));
  return changes;
}

std::optional<number_record> pick_number(const api_desk& desk, const std::string& project,
                                         bool e164_only, std::set<std::string>& seen,
                                         number_result& result) {
  const auto written = result.number;
  result.state = "ERROR";
  if (e164_only && !is_e164(written)) {
    result.error = "must be E.164: '+', the country code and the number, digits only";
    return std::nullopt;
  }
  auto number = own_number(desk, project, written);
  if (!number)
    result.error = "there is no number '" + written
                   + "' in this project; make it with POST "
                     "/v1/numbers";
  else if (!seen.insert(number->number).second)
    result.error = "is named twice";
  else
    result.state = "NOT_LINKED";
  if (!result.error.empty())
    return std::nullopt;
  result.number = number->number;
  return number;
}

std::string holder_of(const pipe_record& pipe) {
  return pipe.agent.empty() ? "pipe '" + pipe.id.str() + "'"
                            : "agent '" + pipe.agent.str() + "' (pipe '" + pipe.id.str() + "')";
}

} // namespace unpod
