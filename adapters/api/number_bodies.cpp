#include "adapters/api/number_bodies.hpp"

#include "adapters/api/member_reader.hpp"
#include "adapters/api/number_ids.hpp"

#include <algorithm>
#include <cctype>

namespace unpod {

namespace {

bool is_object(const json::value& body, std::string& why) {
  if (!body.IsObject())
    why = "the body must be a JSON object";
  return body.IsObject();
}

void read_country(member_reader& members, std::string& into) {
  auto country = into;
  members.text("country", country);
  std::transform(country.begin(), country.end(), country.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const bool letters =
    std::all_of(country.begin(), country.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!country.empty() && (country.size() != 2 || !letters))
    members.fail("country", "must be the two letters of ISO 3166-1, like DE");
  into = country;
}

void read_wiring(member_reader& members, number_record& into) {
  members.text("inbound_trunk_id", into.inbound_trunk);
  members.text("outbound_trunk_id", into.outbound_trunk);
  members.text("bridge_slug", into.bridge_slug);
  members.text("region", into.region);
}

void read_target(member_reader& members, attach_target& into) {
  into.named = members.wanted("pipe_id") || members.wanted("agent_id");
  members.text("pipe_id", into.pipe);
  members.text("agent_id", into.agent);
}

void read_named_number(member_reader& members, attach_target& into) {
  members.text("number", into.number);
  if (!into.number.empty() && !is_e164(into.number))
    members.fail("number", "must be E.164: '+', the country code and the number, digits only");
}

/// What we tell and others may send back: none of it is theirs to set.
void pass_over_ours(member_reader& members) {
  for (const auto* ours : {"id", "number_id", "project_id", "trunk_id", "provider_trunk_id",
                           "trunk_type", "capabilities", "active_call_id", "created", "modified"})
    members.wanted(ours);
}

void keep_rest(member_reader& members, number_record& into) {
  const auto rest = members.rest();
  if (rest != "{}")
    into.extra_json = merged_extra(into.extra_json, rest);
  if (into.extra_json.size() > extra_bytes_max)
    members.fail("the number",
                 "has more than " + std::to_string(extra_bytes_max) + " bytes of other keys");
}

void read_attach_type(member_reader& members, std::string& into) {
  members.text("attach_type", into);
  if (!into.empty() && into != "agent" && into != "pipeline")
    members.fail("attach_type", "must be agent or pipeline");
}

/// An id in any spelling: a whole number or text.
std::optional<std::string> id_text(const json::value& id) {
  if (id.IsString() && id.GetStringLength() <= short_text_bytes_max)
    return std::string{id.GetString(), id.GetStringLength()};
  if (id.IsInt64())
    return std::to_string(id.GetInt64());
  return std::nullopt;
}

void read_ids(member_reader& members, const char* key, const char* what, bool whole_too,
              std::vector<std::string>& into) {
  const auto* list = members.wanted(key);
  if (!list || !list->IsArray() || list->Empty() || list->Size() > numbers_asked_max)
    return members.fail(key, "must be an array of 1 to " + std::to_string(numbers_asked_max) + " "
                               + what);
  for (const auto& one : list->GetArray()) {
    const auto text = id_text(one);
    if (!text || (!whole_too && !one.IsString()))
      return members.fail(key, std::string{"must be an array of "} + what);
    into.push_back(*text);
  }
}

} // namespace

bool read_number(const json::value& body, number_record& into, attach_target& target,
                 std::string& why) {
  if (!is_object(body, why))
    return false;
  member_reader members{body, why};
  read_named_number(members, target);
  if (target.number.empty())
    members.fail("number", "is missing");
  into.number = target.number;
  read_country(members, into.country);
  read_wiring(members, into);
  read_target(members, target);
  pass_over_ours(members);
  members.wanted("status");
  keep_rest(members, into);
  return why.empty();
}

bool read_number_patch(const json::value& body, number_record& into, attach_target& target,
                       std::string& why) {
  if (!is_object(body, why))
    return false;
  member_reader members{body, why};
  read_named_number(members, target);
  if (!target.number.empty() && target.number != into.number)
    members.fail("number", "can't be changed; make another number");
  std::string status;
  members.text("status", status);
  if (!status.empty() && status != "available" && status != "assigned" && status != "disabled")
    members.fail("status", "must be disabled, or available to take calls again");
  if (!status.empty())
    into.status = status;
  read_country(members, into.country);
  read_wiring(members, into);
  read_target(members, target);
  std::string type;
  read_attach_type(members, type);
  pass_over_ours(members);
  keep_rest(members, into);
  return why.empty();
}

bool read_attach(const json::value& body, number_record& into, attach_target& target,
                 std::string& why) {
  if (!is_object(body, why))
    return false;
  member_reader members{body, why};
  read_named_number(members, target);
  read_target(members, target);
  if (target.pipe.empty() && target.agent.empty())
    members.fail("agent_id", "is missing: say which agent_id or pipe_id takes the calls");
  std::string type;
  read_attach_type(members, type);
  read_wiring(members, into);
  return why.empty();
}

bool read_numbers_attach(const json::value& body, numbers_wish& into, std::string& why) {
  if (!is_object(body, why))
    return false;
  member_reader members{body, why};
  read_ids(members, "numbers", "E.164 texts", false, into.numbers);
  read_target(members, into.target);
  std::string type;
  read_attach_type(members, type);
  if (type == "pipeline" && into.target.pipe.empty() && into.target.agent.empty())
    members.fail("pipe_id", "is missing: attach_type pipeline needs it");
  members.text("bridge_slug", into.wiring.bridge_slug);
  members.text("region", into.wiring.region);
  return why.empty();
}

bool read_numbers_detach(const json::value& body, numbers_wish& into, std::string& why) {
  if (!is_object(body, why))
    return false;
  member_reader members{body, why};
  read_ids(members, "numbers", "E.164 texts", false, into.numbers);
  return why.empty();
}

bool read_trunk_numbers(const json::value& body, numbers_wish& into, std::string& why) {
  if (!is_object(body, why))
    return false;
  member_reader members{body, why};
  read_ids(members, "number_ids", "number ids", true, into.numbers);
  members.text("bridge_slug", into.wiring.bridge_slug);
  members.text("region", into.wiring.region);
  return why.empty();
}

} // namespace unpod
