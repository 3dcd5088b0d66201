// Telephone numbers one by one: made, shown, attached and moved (contract §1.10). The
// telephony surface's many at a time are in telephony_routes.cpp.
#include "adapters/api/attachments.hpp"
#include "adapters/api/desk.hpp"
#include "adapters/api/number_bodies.hpp"
#include "adapters/api/number_ids.hpp"
#include "adapters/api/number_shapes.hpp"
#include "adapters/api/number_wiring.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/shapes.hpp"

#include "messages/json_line.hpp"

namespace unpod {

namespace {

http_response no_number(const std::string& id) {
  return error_answer(404, "there is no number '" + id + "' in this project");
}

/// The caller's number that the path names; answered 404 here when there is none.
std::optional<number_record> number_of(const api_desk& desk, const api_visit& visit) {
  auto number = own_number(desk, visit.caller.project, visit.part("id"));
  if (!number)
    visit.answer(no_number(visit.part("id")));
  return number;
}

http_response shown(int status, const number_record& number, const number_book& book) {
  return ok_answer(status, number_json(view_of(number, book)));
}

// -- reading -----------------------------------------------------------------------

bool asked_for(const query_arguments& query, const number_view& view) {
  const auto matches = [&](const char* name, const std::string& value) {
    const auto wanted = query.find(name);
    return !wanted || wanted->empty() || *wanted == value;
  };
  return matches("status", number_status(view)) && matches("status_filter", number_status(view))
         && matches("country", view.number->country)
         && matches("trunk_type", number_trunk_type(view));
}

/// One path, two lists: `include_assigned` asks for the telephony surface's (contract §1.16).
void list_numbers(const api_desk& desk, const api_visit& visit) {
  const auto book = number_book_of(desk, visit.caller.project);
  const auto telephony = visit.query.find("include_assigned");
  const bool free_only = telephony && *telephony != "true" && *telephony != "1";
  const auto page = number_page_of(desk, visit, [&](const number_record& number) {
    const auto view = view_of(number, book);
    return asked_for(visit.query, view) && !(free_only && view.pipe);
  });
  if (page)
    visit.answer(page_answer(json_list(page->rows,
                                       [&](const number_record& number) {
                                         const auto view = view_of(number, book);
                                         return telephony ? telephony_number_json(view)
                                                          : number_json(view);
                                       }),
                             page->next_cursor));
}

void get_number(const api_desk& desk, const api_visit& visit) {
  if (const auto number = number_of(desk, visit))
    visit.answer(shown(200, *number, number_book_of(desk, visit.caller.project)));
}

/// Nothing to fetch from: numbers come in through this API until trunks are dialled.
void sync_numbers(const api_desk& desk, const api_visit& visit) {
  const auto known = all_of<number_record>(desk, table::numbers, visit.caller.project).size();
  visit.answer(ok_answer(200, json_line{}.whole("synced", known).whole("new", 0).str(),
                         "no carrier is connected to this node yet: its numbers are those made "
                         "with POST /v1/numbers"));
}

// -- making ------------------------------------------------------------------------

/// May this number be made? Numbers are unique on the node.
bool is_free(const api_desk& desk, const api_visit& visit, const std::string& number) {
  if (!find<number_record>(*desk->reader, table::numbers, number))
    return true;
  visit.answer(coded_answer(409, "number_in_use", number + " is on this node already"));
  return false;
}

/// The number's trunks and what shall answer it; what is wrong is answered here.
std::optional<attach_point> wire(const api_visit& visit, const number_book& book,
                                 const number_record& before, number_record& number,
                                 const attach_target& target) {
  attach_trouble trouble;
  if (wire_trunks(book, before, number, trouble))
    if (const auto point = point_of(book, target, trouble))
      return point;
  visit.answer(error_answer(trouble.status, trouble.words));
  return std::nullopt;
}

void create_number(const api_desk& desk, const api_visit& visit) {
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  number_record number;
  attach_target target;
  std::string why;
  if (!read_number(*body, number, target, why))
    return visit.answer(error_answer(422, why));
  const auto book = number_book_of(desk, visit.caller.project);
  const auto point = wire(visit, book, {}, number, target);
  if (!point || !is_free(desk, visit, number.number))
    return;
  number.project = visit.caller.project;
  number.created = wall_now();
  attach(number, *point, number.created);
  write_then(desk, visit, attach_changes(desk, number, std::nullopt, *point),
             shown(201, number, book), create_number);
}

void delete_number(const api_desk& desk, const api_visit& visit) {
  if (const auto number = number_of(desk, visit))
    write_then(desk, visit, {{store_change::what::erase, *number, *number}}, empty_answer(),
               delete_number);
}

// -- attaching ---------------------------------------------------------------------

/// What a request that binds a number finds there before it.
enum class expects { free, attached, either };

/// Writes the number with what answers it from now on; refusals are answered here.
void bind_number(const api_desk& desk, const api_visit& visit, const number_book& book,
                 const std::optional<number_record>& before, number_record number,
                 const attach_target& target, expects wanted, api_action again) {
  const auto* held_by = before ? book.pipe_of(*before) : nullptr;
  if (before && number.status == "disabled")
    return visit.answer(coded_answer(409, "number_disabled",
                                     number.number + " is disabled; set its status to available"));
  if (wanted == expects::attached && !held_by)
    return visit.answer(coded_answer(409, "not_attached",
                                     number.number
                                       + " is attached to nothing; attach it "
                                         "with POST"));
  const auto point = wire(visit, book, before.value_or(number_record{}), number, target);
  if (!point)
    return;
  if (wanted == expects::free && held_by && held_by->id != point->pipe->id)
    return visit.answer(coded_answer(409, "number_already_assigned",
                                     number.number + " is attached to " + holder_of(*held_by)
                                       + "; detach it first, or move it with PUT"));
  attach(number, *point, wall_now());
  write_then(desk, visit, attach_changes(desk, number, before, *point), shown(200, number, book),
             again);
}

number_record new_number(const api_visit& visit, const std::string& e164) {
  number_record number;
  number.number = e164;
  number.project = visit.caller.project;
  number.created = wall_now();
  return number;
}

/// The number that an attach request means: the body's E.164 before the path's id, which
/// may be another system's (contract §1.6). One that is not there yet is made by `POST`.
void attach_or_move(const api_desk& desk, const api_visit& visit, expects wanted,
                    api_action again) {
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  number_record number;
  attach_target target;
  std::string why;
  if (!read_attach(*body, number, target, why))
    return visit.answer(error_answer(422, why));
  const auto in_path = own_number(desk, visit.caller.project, visit.part("id"));
  if (in_path && !target.number.empty() && target.number != in_path->number)
    return visit.answer(
      error_answer(422, "number is " + target.number + ", but the path names " + in_path->number));
  const auto before = in_path ? in_path : own_number(desk, visit.caller.project, target.number);
  if (!before && (target.number.empty() || wanted == expects::attached))
    return visit.answer(no_number(visit.part("id")));
  if (!before && !is_free(desk, visit, target.number))
    return;
  number = before ? *before : new_number(visit, target.number);
  read_attach(*body, number, target, why); // once more: the wiring goes into the record itself
  bind_number(desk, visit, number_book_of(desk, visit.caller.project), before, number, target,
              wanted, again);
}

void attach_number(const api_desk& desk, const api_visit& visit) {
  attach_or_move(desk, visit, expects::free, attach_number);
}

void move_number(const api_desk& desk, const api_visit& visit) {
  attach_or_move(desk, visit, expects::attached, move_number);
}

/// Answers the number as it is then; one that was free already stays so.
void detach_number(const api_desk& desk, const api_visit& visit) {
  const auto before = number_of(desk, visit);
  if (!before)
    return;
  auto number = *before;
  detach(number, wall_now());
  write_then(desk, visit, {{store_change::what::put, number, *before}},
             shown(200, number, number_book_of(desk, visit.caller.project)), detach_number);
}

/// `agent_id` or `pipe_id` moves the number, be it attached or free; null frees it.
void update_number(const api_desk& desk, const api_visit& visit) {
  const auto before = number_of(desk, visit);
  if (!before)
    return;
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  auto number = *before;
  attach_target target;
  std::string why;
  if (!read_number_patch(*body, number, target, why))
    return visit.answer(error_answer(422, why));
  const auto book = number_book_of(desk, visit.caller.project);
  if (!target.pipe.empty() || !target.agent.empty())
    return bind_number(desk, visit, book, before, number, target, expects::either, update_number);
  if (!wire(visit, book, *before, number, target))
    return;
  if (target.named)
    detach(number, wall_now());
  else
    settle(number, wall_now());
  write_then(desk, visit, {{store_change::what::put, number, *before}}, shown(200, number, book),
             update_number);
}

} // namespace

std::vector<api_route> number_routes() {
  return {
    {"GET", path_pattern{"v1/numbers"}, access::read, list_numbers},
    {"POST", path_pattern{"v1/numbers"}, access::admin, create_number},
    {"POST", path_pattern{"v1/numbers/sync"}, access::admin, sync_numbers},
    {"GET", path_pattern{"v1/numbers/{id}"}, access::read, get_number},
    {"PATCH", path_pattern{"v1/numbers/{id}"}, access::admin, update_number},
    {"DELETE", path_pattern{"v1/numbers/{id}"}, access::admin, delete_number},
    {"POST", path_pattern{"v1/numbers/{id}/attach"}, access::admin, attach_number},
    {"PUT", path_pattern{"v1/numbers/{id}/attach"}, access::admin, move_number},
    {"DELETE", path_pattern{"v1/numbers/{id}/attach"}, access::admin, detach_number},
    {"GET", path_pattern{"telephony/numbers"}, access::read, list_numbers},
    {"DELETE", path_pattern{"telephony/numbers/{id}"}, access::admin, delete_number},
    {"POST", path_pattern{"telephony/numbers/{id}/attach-numbers"}, access::admin, attach_number},
  };
}

} // namespace unpod
