// SIP trunks, one store behind both surfaces (contract §1.11, §1.16), and the numbers that
// they carry. A trunk's password goes in and never comes out.
#include "adapters/api/desk.hpp"
#include "adapters/api/number_ids.hpp"
#include "adapters/api/number_wiring.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/shapes.hpp"

#include "messages/json_line.hpp"

#include <algorithm>
#include <random>

namespace unpod {

namespace {

using trunk_shape = std::string (*)(const trunk_record& trunk);
using trunk_reader = bool (*)(const json::value& body, trunk_record& into, std::string& why);

/// A stranger's guess finds one in 2^48, and then needs a key of its project.
std::string fresh_trunk_id() {
  std::random_device chance;
  return trunk_id_of(std::uniform_int_distribution<std::int64_t>{1, trunk_int_max}(chance));
}

std::optional<trunk_record> trunk_of(const api_desk& desk, const api_visit& visit) {
  const auto id = trunk_of_id(visit.part("id"));
  auto trunk = id ? find<trunk_record>(*desk->reader, table::trunks, *id) : std::nullopt;
  if (!trunk || trunk->project != visit.caller.project) {
    visit.answer(error_answer(404, "there is no trunk '" + visit.part("id") + "' in this project"));
    return std::nullopt;
  }
  return trunk;
}

std::vector<number_record> numbers_of(const api_desk& desk, const trunk_record& trunk) {
  std::vector<number_record> carried;
  for (auto& number : all_of<number_record>(desk, table::numbers, trunk.project))
    if (number.inbound_trunk == trunk.id || number.outbound_trunk == trunk.id)
      carried.push_back(std::move(number));
  return carried;
}

void leave(number_record& number, const trunk_record& trunk) {
  for (auto* way : {&number.inbound_trunk, &number.outbound_trunk})
    if (*way == trunk.id)
      way->clear();
  number.modified = wall_now();
}

// -- trunks ------------------------------------------------------------------------

void list_trunks(const api_desk& desk, const api_visit& visit, trunk_shape shape) {
  std::string why;
  const auto wish = read_page(visit.query, why);
  if (!wish)
    return visit.answer(error_answer(422, why));
  list_query page;
  page.rows_max = std::min(wish->limit, desk->bounds.store.list_rows_max);
  page.after = wish->cursor;
  page.project = visit.caller.project;
  const auto trunks = list<trunk_record>(*desk->reader, table::trunks, page);
  const bool more = !trunks.empty() && trunks.size() == page.rows_max;
  visit.answer(page_answer(json_list(trunks, shape), more ? trunks.back().id : ""));
}

void create_trunk(const api_desk& desk, const api_visit& visit, trunk_reader read,
                  trunk_shape shape) {
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  trunk_record trunk;
  std::string why;
  if (!read(*body, trunk, why))
    return visit.answer(error_answer(422, why));
  trunk.id = fresh_trunk_id();
  trunk.project = visit.caller.project;
  trunk.created = trunk.modified = wall_now();
  write_then(desk, visit, {{store_change::what::create, trunk}}, ok_answer(201, shape(trunk)));
}

void update_trunk(const api_desk& desk, const api_visit& visit, trunk_reader read,
                  trunk_shape shape) {
  const auto before = trunk_of(desk, visit);
  if (!before)
    return;
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  auto trunk = *before;
  std::string why;
  if (!read(*body, trunk, why))
    return visit.answer(error_answer(422, why));
  trunk.modified = wall_now();
  write_then(desk, visit, {{store_change::what::put, trunk, *before}},
             ok_answer(200, shape(trunk)));
}

void get_trunk(const api_desk& desk, const api_visit& visit, trunk_shape shape) {
  if (const auto trunk = trunk_of(desk, visit))
    visit.answer(ok_answer(200, shape(*trunk)));
}

/// Refused while it carries numbers, unless `detach_numbers=true` takes them off in the same write.
void delete_trunk(const api_desk& desk, const api_visit& visit) {
  const auto trunk = trunk_of(desk, visit);
  if (!trunk)
    return;
  const auto carried = numbers_of(desk, *trunk);
  if (!carried.empty() && !may_detach(visit.query))
    return visit.answer(coded_answer(409, "numbers_attached",
                                     "trunk '" + trunk->id + "' carries " + names_of(carried)
                                       + "; detach them first, or add ?detach_numbers=true"));
  std::vector<store_change> changes{{store_change::what::erase, *trunk, *trunk}};
  for (const auto& before : carried) {
    auto number = before;
    leave(number, *trunk);
    changes.push_back({store_change::what::put, number, before});
  }
  write_then(desk, visit, std::move(changes), empty_answer(), delete_trunk);
}

// -- what they carry ---------------------------------------------------------------

/// One number goes on the trunk or off it; `result.error` says why it does not.
using trunk_step = void (*)(const number_book& book, const trunk_record& trunk,
                            const numbers_wish& wish, number_record& number, number_result& result);

/// A trunk that is gone holds nothing.
bool is_elsewhere(const number_book& book, const std::string& way, const trunk_record& trunk) {
  return way != trunk.id && book.trunk(way);
}

void go_on(const number_book& book, const trunk_record& trunk, const numbers_wish& wish,
           number_record& number, number_result& result) {
  if (is_elsewhere(book, number.inbound_trunk, trunk)) {
    result.error = "number_already_assigned: trunk '" + number.inbound_trunk
                   + "' carries it; detach it there first";
    return;
  }
  number.inbound_trunk = trunk.id;
  if (!is_elsewhere(book, number.outbound_trunk, trunk))
    number.outbound_trunk = trunk.id;
  if (!wish.wiring.bridge_slug.empty())
    number.bridge_slug = wish.wiring.bridge_slug;
  if (!wish.wiring.region.empty())
    number.region = wish.wiring.region;
  number.modified = wall_now();
  result.state = "LINKED";
}

void go_off(const number_book& book, const trunk_record& trunk, const numbers_wish&,
            number_record& number, number_result& result) {
  const bool here = number.inbound_trunk == trunk.id || number.outbound_trunk == trunk.id;
  if (!here && is_elsewhere(book, number.inbound_trunk, trunk))
    result.error = "trunk '" + number.inbound_trunk + "' carries it, not this one";
  else
    leave(number, trunk);
}

/// What a request to carry numbers, or to carry them no longer, comes to.
struct carrying {
  std::vector<store_change> changes;
  std::vector<number_result> results;
  std::map<std::string, number_record> carried; // by the trunk, afterwards
  bool first = false;                           // it carried none before
};

carrying step_through(const api_desk& desk, const trunk_record& trunk, const numbers_wish& wish,
                      trunk_step step) {
  carrying done;
  const auto book = number_book_of(desk, trunk.project);
  for (auto& number : numbers_of(desk, trunk))
    done.carried[number.number] = std::move(number);
  done.first = done.carried.empty();
  std::set<std::string> seen;
  for (const auto& written : wish.numbers) {
    number_result result;
    result.number = written;
    if (const auto before = pick_number(desk, trunk.project, false, seen, result)) {
      auto number = *before;
      step(book, trunk, wish, number, result);
      const auto* pipe = book.pipe_of(number);
      result.agent = pipe ? pipe->agent.str() : "";
      if (result.error.empty()) {
        done.changes.push_back({store_change::what::put, number, *before});
        done.carried[number.number] = std::move(number);
      }
    }
    done.results.push_back(std::move(result));
  }
  return done;
}

json_line told(const trunk_record& trunk, const carrying& done, const std::string& verb) {
  json_line line;
  line.whole("trunk_id", trunk_int_of(trunk.id));
  line.raw("numbers", json_list(done.results, number_result_json));
  line.text("message", results_message(done.results, verb));
  return line;
}

/// The numbers whose calls come in by this trunk.
std::vector<number_record> dids_of(const trunk_record& trunk, const carrying& done) {
  std::vector<number_record> dids;
  for (const auto& [key, number] : done.carried)
    if (number.inbound_trunk == trunk.id)
      dids.push_back(number);
  return dids;
}

/// The trunk as it rides along with its numbers: it must be there still when they change,
/// and its first number touches it, so that whoever erases it, having seen none, is refused.
store_change hold(const trunk_record& trunk, bool first) {
  auto held = trunk;
  if (first)
    held.modified = std::max(wall_now(), trunk.modified + 1);
  return {store_change::what::put, held, trunk};
}

void carry(const api_desk& desk, const api_visit& visit, bool on, api_action again) {
  const auto trunk = trunk_of(desk, visit);
  if (!trunk)
    return;
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  numbers_wish wish;
  std::string why;
  if (!read_trunk_numbers(*body, wish, why))
    return visit.answer(error_answer(422, why));
  auto done = step_through(desk, *trunk, wish, on ? go_on : go_off);
  auto line = told(*trunk, done, on ? "attached" : "detached");
  if (on)
    line.raw("origin_endpoint", origin_json(*trunk, dids_of(*trunk, done), wish.wiring.region));
  if (done.changes.empty())
    return visit.answer(ok_answer(200, line.str()));
  done.changes.push_back(hold(*trunk, on && done.first));
  write_then(desk, visit, std::move(done.changes), ok_answer(200, line.str()), again);
}

void attach_to_trunk(const api_desk& desk, const api_visit& visit) {
  carry(desk, visit, true, attach_to_trunk);
}

void detach_from_trunk(const api_desk& desk, const api_visit& visit) {
  carry(desk, visit, false, detach_from_trunk);
}

// -- the two surfaces --------------------------------------------------------------

void list_managed(const api_desk& desk, const api_visit& visit) {
  list_trunks(desk, visit, trunk_json);
}

void list_telephony(const api_desk& desk, const api_visit& visit) {
  list_trunks(desk, visit, telephony_trunk_json);
}

void create_managed(const api_desk& desk, const api_visit& visit) {
  create_trunk(desk, visit, read_trunk, trunk_json);
}

void create_telephony(const api_desk& desk, const api_visit& visit) {
  create_trunk(desk, visit, read_sip_trunk, telephony_trunk_json);
}

void update_managed(const api_desk& desk, const api_visit& visit) {
  update_trunk(desk, visit, read_trunk, trunk_json);
}

void update_telephony(const api_desk& desk, const api_visit& visit) {
  update_trunk(desk, visit, read_sip_trunk, telephony_trunk_json);
}

void get_managed(const api_desk& desk, const api_visit& visit) {
  get_trunk(desk, visit, trunk_json);
}

void get_telephony(const api_desk& desk, const api_visit& visit) {
  get_trunk(desk, visit, telephony_trunk_json);
}

} // namespace

std::vector<api_route> trunk_routes() {
  return {
    {"GET", path_pattern{"v1/trunks"}, access::read, list_managed},
    {"POST", path_pattern{"v1/trunks"}, access::admin, create_managed},
    {"GET", path_pattern{"v1/trunks/{id}"}, access::read, get_managed},
    {"PATCH", path_pattern{"v1/trunks/{id}"}, access::admin, update_managed},
    {"DELETE", path_pattern{"v1/trunks/{id}"}, access::admin, delete_trunk},
    {"GET", path_pattern{"telephony/trunks"}, access::read, list_telephony},
    {"POST", path_pattern{"telephony/trunks"}, access::admin, create_telephony},
    {"GET", path_pattern{"telephony/trunks/{id}"}, access::read, get_telephony},
    {"PATCH", path_pattern{"telephony/trunks/{id}"}, access::admin, update_telephony},
    {"DELETE", path_pattern{"telephony/trunks/{id}"}, access::admin, delete_trunk},
    {"POST", path_pattern{"telephony/trunks/{id}/attach-numbers"}, access::admin, attach_to_trunk},
    {"POST", path_pattern{"telephony/trunks/{id}/detach-numbers"}, access::admin,
     detach_from_trunk},
  };
}

} // namespace unpod
