// The telephony surface's numbers: many at a time, each with its own outcome, so that one
// bad number spoils nothing (contract §1.16).
#include "adapters/api/desk.hpp"
#include "adapters/api/number_wiring.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/shapes.hpp"

#include "messages/json_line.hpp"

namespace unpod {

namespace {

/// What several numbers come to: their changes go down in one write.
struct batch {
  std::vector<store_change> changes;
  std::vector<number_result> results;
};

http_response answer_of(const batch& done, const std::string& agent, const std::string& verb) {
  json_line line;
  if (!agent.empty())
    line.text("agent_id", agent);
  line.raw("numbers", json_list(done.results, number_result_json));
  line.text("message", results_message(done.results, verb));
  return ok_answer(200, line.str());
}

void finish(const api_desk& desk, const api_visit& visit, batch done, http_response answer,
            api_action again) {
  if (done.changes.empty())
    visit.answer(std::move(answer));
  else
    write_then(desk, visit, std::move(done.changes), std::move(answer), again);
}

/// Why this number can't be attached there; empty: it can.
std::string hindrance(const number_record& number, const pipe_record* held_by,
                      const attach_point& point) {
  if (number.status == "disabled")
    return "number_disabled: set its status to available first";
  if (held_by && point.pipe && held_by->id != point.pipe->id)
    return "number_already_assigned: it is attached to " + holder_of(*held_by)
           + "; detach it first";
  return {};
}

void attach_one(const number_book& book, const numbers_wish& wish, const attach_point& point,
                const number_record& before, number_result result, batch& into) {
  const auto* held_by = book.pipe_of(before);
  result.error = hindrance(before, held_by, point);
  const bool good = result.error.empty();
  const auto* answering = good && point.pipe ? &*point.pipe : held_by;
  result.state = answering ? "LINKED" : "NOT_LINKED";
  result.agent = answering ? answering->agent.str() : "";
  into.results.push_back(std::move(result));
  if (!good)
    return;
  auto number = before;
  if (!wish.wiring.bridge_slug.empty())
    number.bridge_slug = wish.wiring.bridge_slug;
  if (!wish.wiring.region.empty())
    number.region = wish.wiring.region;
  attach(number, point, wall_now());
  into.changes.push_back({store_change::what::put, number, before});
}

void attach_numbers(const api_desk& desk, const api_visit& visit) {
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  numbers_wish wish;
  std::string why;
  if (!read_numbers_attach(*body, wish, why))
    return visit.answer(error_answer(422, why));
  const auto book = number_book_of(desk, visit.caller.project);
  attach_trouble trouble;
  const auto point = point_of(book, wish.target, trouble);
  batch done;
  std::set<std::string> seen;
  for (const auto& written : wish.numbers) {
    number_result result;
    result.number = written;
    const auto number = pick_number(desk, visit.caller.project, true, seen, result);
    if (number && point) {
      attach_one(book, wish, *point, *number, std::move(result), done);
      continue;
    }
    if (number)
      result.error = trouble.words;
    done.results.push_back(std::move(result));
  }
  if (point && point->pipe && !done.changes.empty())
    done.changes.push_back(hold(desk, *point->pipe));
  const auto agent = point && point->pipe ? point->pipe->agent.str() : wish.target.agent;
  auto answer = answer_of(done, agent, "attached");
  finish(desk, visit, std::move(done), std::move(answer), attach_numbers);
}

/// Frees numbers and keeps them: the inverse of attaching.
void detach_numbers(const api_desk& desk, const api_visit& visit) {
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  numbers_wish wish;
  std::string why;
  if (!read_numbers_detach(*body, wish, why))
    return visit.answer(error_answer(422, why));
  batch done;
  std::set<std::string> seen;
  for (const auto& written : wish.numbers) {
    number_result result;
    result.number = written;
    if (const auto before = pick_number(desk, visit.caller.project, true, seen, result)) {
      auto number = *before;
      detach(number, wall_now());
      done.changes.push_back({store_change::what::put, number, *before});
    }
    done.results.push_back(std::move(result));
  }
  auto answer = answer_of(done, "", "detached");
  finish(desk, visit, std::move(done), std::move(answer), detach_numbers);
}

void show_overview(const api_desk& desk, const api_visit& visit) {
  const auto book = number_book_of(desk, visit.caller.project);
  const auto all = [](const number_record&) { return true; };
  if (const auto page = number_page_of(desk, visit, all))
    visit.answer(page_answer(
      json_list(page->rows,
                [&](const number_record& number) { return overview_json(view_of(number, book)); }),
      page->next_cursor));
}

} // namespace

std::vector<api_route> telephony_routes() {
  return {
    {"POST", path_pattern{"telephony/numbers/attach"}, access::admin, attach_numbers},
    {"POST", path_pattern{"telephony/numbers/detach"}, access::admin, detach_numbers},
    {"GET", path_pattern{"telephony/overview"}, access::read, show_overview},
  };
}

} // namespace unpod
