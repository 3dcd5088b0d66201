// Domain dictionaries (SDK 0.5.0 `client.domain_dictionaries`). They are checked, kept and shown;
// speech on this node does not look into them yet. None is bundled: a domain is there when a
// project has written it down.
#include "adapters/api/attached_agents.hpp"
#include "adapters/api/attachments.hpp"
#include "adapters/api/dictionary_bodies.hpp"
#include "adapters/api/shapes.hpp"

#include "messages/json_line.hpp"

#include <algorithm>

namespace unpod {

namespace {

std::string key_of_domain(const api_visit& visit, const std::string& domain) {
  return visit.caller.project + "/" + domain;
}

std::optional<dictionary_record> stored_dictionary(const api_desk& desk, const api_visit& visit,
                                                   const std::string& domain) {
  return find<dictionary_record>(*desk->reader, table::dictionaries, key_of_domain(visit, domain));
}

std::optional<dictionary_record> dictionary_of(const api_desk& desk, const api_visit& visit) {
  auto dictionary = stored_dictionary(desk, visit, visit.part("domain"));
  if (!dictionary)
    visit.answer(error_answer(404, "there is no dictionary for the domain '" + visit.part("domain")
                                     + "'; PUT makes one"));
  return dictionary;
}

std::vector<dictionary_record> dictionaries_of(const api_desk& desk, const api_visit& visit) {
  return all_of<dictionary_record>(desk, table::dictionaries, visit.caller.project);
}

store_change changed(const std::optional<dictionary_record>& before, dictionary_record after) {
  store_change change{before ? store_change::what::put : store_change::what::create,
                      std::move(after)};
  if (before)
    change.before = *before;
  return change;
}

void show_dictionaries(const api_desk& desk, const api_visit& visit) {
  visit.answer(
    ok_answer(200, json_list(dictionaries_of(desk, visit), [](const dictionary_record& one) {
                return dictionary_json(one, false);
              })));
}

void list_dictionaries(const api_desk& desk, const api_visit& visit) {
  read_apart(desk, visit, show_dictionaries);
}

void get_dictionary(const api_desk& desk, const api_visit& visit) {
  if (const auto dictionary = dictionary_of(desk, visit))
    visit.answer(ok_answer(200, dictionary_json(*dictionary, true)));
}

/// A new one of this name; nothing: the mistake was answered.
std::optional<dictionary_record> fresh(const api_desk& desk, const api_visit& visit,
                                       const std::string& domain) {
  auto mistake = domain_mistake(domain);
  if (mistake.empty() && dictionaries_of(desk, visit).size() >= project_dictionaries_max)
    mistake = "a project has at most " + std::to_string(project_dictionaries_max)
              + " dictionaries: delete one first";
  if (!mistake.empty()) {
    visit.answer(error_answer(422, mistake));
    return std::nullopt;
  }
  dictionary_record dictionary;
  dictionary.id = key_of_domain(visit, domain);
  dictionary.project = visit.caller.project;
  dictionary.name = domain;
  dictionary.created = dictionary.modified = wall_now();
  return dictionary;
}

void put_dictionary(const api_desk& desk, const api_visit& visit) {
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  const auto before = stored_dictionary(desk, visit, visit.part("domain"));
  auto dictionary = before ? before : fresh(desk, visit, visit.part("domain"));
  if (!dictionary)
    return;
  std::string why;
  if (!read_dictionary(*body, *dictionary, why))
    return visit.answer(error_answer(422, why));
  dictionary->modified = wall_now();
  write_then(desk, visit, {changed(before, *dictionary)},
             ok_answer(200, dictionary_json(*dictionary, true)), put_dictionary);
}

/// What was tagged with it is so no more.
void delete_dictionary(const api_desk& desk, const api_visit& visit) {
  const auto dictionary = dictionary_of(desk, visit);
  if (!dictionary)
    return;
  std::vector<store_change> changes{{store_change::what::erase, *dictionary, *dictionary}};
  for (const auto& before : all_of<pipe_record>(desk, table::pipes, visit.caller.project)) {
    auto pipe = before;
    if (!untag(pipe.extra_json, dictionary->name))
      continue;
    pipe.modified = wall_now();
    changes.push_back({store_change::what::put, pipe, before});
  }
  write_then(desk, visit, std::move(changes), empty_answer(), delete_dictionary);
}

/// An agent has one dictionary: it leaves the others in the same write.
void attach_dictionary(const api_desk& desk, const api_visit& visit) {
  auto dictionary = dictionary_of(desk, visit);
  if (!dictionary)
    return;
  const auto agent = known_agent_asked(desk, visit);
  if (agent.empty())
    return;
  std::vector<store_change> changes;
  const auto before = *dictionary;
  if (add_agent_to(dictionary->agents_json, agent)) {
    dictionary->modified = wall_now();
    changes.push_back(changed(before, *dictionary));
  }
  if (agents_in(dictionary->agents_json).size() > attached_agents_max)
    return visit.answer(error_answer(422, "a dictionary is attached to at most "
                                            + std::to_string(attached_agents_max) + " agents"));
  for (const auto& other : dictionaries_of(desk, visit)) {
    auto left = other;
    if (other.id != before.id && remove_agent_from(left.agents_json, agent))
      changes.push_back(changed(other, left));
  }
  const auto answer = ok_answer(200, dictionary_json(*dictionary, true));
  if (changes.empty())
    return visit.answer(answer);
  write_then(desk, visit, std::move(changes), answer, attach_dictionary);
}

void detach_dictionary(const api_desk& desk, const api_visit& visit) {
  auto dictionary = dictionary_of(desk, visit);
  if (!dictionary)
    return;
  const auto agent = agent_asked(desk, visit);
  if (agent.empty())
    return;
  const auto before = *dictionary;
  if (!remove_agent_from(dictionary->agents_json, agent))
    return visit.answer(ok_answer(200, dictionary_json(before, true)));
  dictionary->modified = wall_now();
  write_then(desk, visit, {changed(before, *dictionary)},
             ok_answer(200, dictionary_json(*dictionary, true)), detach_dictionary);
}

/// A new domain with the rows of another, attached to nobody.
void clone_dictionary(const api_desk& desk, const api_visit& visit) {
  const auto source = dictionary_of(desk, visit);
  if (!source)
    return;
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  const auto name = json::text(*body, "new_domain").value_or("");
  if (name.empty())
    return visit.answer(error_answer(422, "new_domain is missing: the name of the copy"));
  if (stored_dictionary(desk, visit, name))
    return visit.answer(error_answer(409, "the domain '" + name + "' has a dictionary already"));
  auto copy = fresh(desk, visit, name);
  if (!copy)
    return;
  copy->body_json = source->body_json;
  write_then(desk, visit, {changed(std::nullopt, *copy)},
             ok_answer(201, dictionary_json(*copy, true)), clone_dictionary);
}

} // namespace

std::vector<api_route> dictionary_routes() {
  const std::string all = "v1/domain-dictionaries", one = all + "/{domain}";
  return {
    {"GET", path_pattern{all}, access::read, list_dictionaries},
    {"GET", path_pattern{one}, access::read, get_dictionary},
    {"PUT", path_pattern{one}, access::admin, put_dictionary},
    {"DELETE", path_pattern{one}, access::admin, delete_dictionary},
    {"POST", path_pattern{one + "/attach"}, access::admin, attach_dictionary},
    {"POST", path_pattern{one + "/detach"}, access::admin, detach_dictionary},
    {"POST", path_pattern{one + "/clone"}, access::admin, clone_dictionary},
  };
}

} // namespace unpod
