#include "adapters/api/attachments.hpp"

#include "adapters/api/number_ids.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

namespace {

/// numbers. 10: named one by one in a refusal.
constexpr std::size_t numbers_named_max = 10;

bool is_voice(const pipe_record& pipe) {
  return !pipe.brain_json.empty();
}

/// Of several, the one that comes first.
const number_record* lower(const number_record* a, const number_record* b) {
  if (!a || !b)
    return a ? a : b;
  return b->number < a->number ? b : a;
}

const number_record* in(const std::map<std::string, number_record>& all, const std::string& key) {
  const auto found = all.find(key);
  return found == all.end() ? nullptr : &found->second;
}

template <class Rows>
auto row(const Rows& rows, const std::map<std::string, std::size_t>& at, const std::string& key)
  -> decltype(rows.data()) {
  const auto found = at.find(key);
  return found == at.end() ? nullptr : &rows[found->second];
}

template <class Rows, class Wanted>
auto first_of(const Rows& rows, Wanted wanted) -> decltype(rows.data()) {
  const auto found = std::find_if(rows.begin(), rows.end(), wanted);
  return found == rows.end() ? nullptr : &*found;
}

} // namespace

bool answers(const pipe_record& pipe, const number_record& number) {
  if (number.agent.empty())
    return !number.pipe.empty() && number.pipe == pipe.id;
  return is_voice(pipe) && pipe.is_default && pipe.agent == number.agent;
}

// -- numbers of pipes --------------------------------------------------------------

pipe_numbers::pipe_numbers(const std::vector<number_record>& numbers) {
  for (const auto& number : numbers) // in order: the lowest stays
    if (!number.agent.empty())
      by_agent_.emplace(number.agent.str(), number);
    else if (!number.pipe.empty())
      by_pipe_.emplace(number.pipe.str(), number);
}

const number_record* pipe_numbers::of(const pipe_record& pipe) const {
  const auto* own = in(by_pipe_, pipe.id.str());
  return is_voice(pipe) && pipe.is_default ? lower(own, in(by_agent_, pipe.agent.str())) : own;
}

pipe_numbers pipe_numbers_of(const api_desk& desk, const std::string& project) {
  return pipe_numbers{all_of<number_record>(desk, table::numbers, project)};
}

// -- pipes of numbers --------------------------------------------------------------

number_book::number_book(std::vector<pipe_record> pipes, std::vector<trunk_record> trunks)
  : pipes_(std::move(pipes)), trunks_(std::move(trunks)) {
  for (std::size_t at = 0; at < pipes_.size(); ++at) {
    pipe_at_.emplace(pipes_[at].id.str(), at);
    if (is_voice(pipes_[at]) && pipes_[at].is_default)
      default_at_.emplace(pipes_[at].agent.str(), at);
  }
  for (std::size_t at = 0; at < trunks_.size(); ++at)
    trunk_at_.emplace(trunks_[at].id, at);
}

const pipe_record* number_book::pipe_of(const number_record& number) const {
  return number.agent.empty() ? pipe(number.pipe.str())
                              : row(pipes_, default_at_, number.agent.str());
}

const trunk_record* number_book::trunk_of(const number_record& number) const {
  const auto* in = trunk(number.inbound_trunk);
  return in ? in : trunk(number.outbound_trunk);
}

const pipe_record* number_book::pipe(const std::string& id) const {
  return row(pipes_, pipe_at_, id);
}

const pipe_record* number_book::pipe_of_agent(const std::string& agent) const {
  const auto* voice = row(pipes_, default_at_, agent);
  return voice ? voice : first_of(pipes_, [&](const pipe_record& pipe) {
    return !is_voice(pipe) && pipe.agent.str() == agent;
  });
}

const trunk_record* number_book::trunk(const std::string& id) const {
  if (id.empty())
    return nullptr;
  const auto known = trunk_of_id(id);
  const auto* ours = known ? row(trunks_, trunk_at_, *known) : nullptr;
  return ours ? ours : first_of(trunks_, [&](const trunk_record& trunk) {
    return trunk.provider_trunk == id;
  });
}

number_book number_book_of(const api_desk& desk, const std::string& project) {
  return {all_of<pipe_record>(desk, table::pipes, project),
          all_of<trunk_record>(desk, table::trunks, project)};
}

// -- letting go --------------------------------------------------------------------

void detach(number_record& number, wall_ms now) {
  number.pipe = {};
  number.agent = {};
  if (number.status != "disabled")
    number.status = "available";
  number.modified = now;
}

std::string names_of(const std::vector<number_record>& numbers) {
  std::string names;
  const auto named = std::min(numbers.size(), numbers_named_max);
  for (std::size_t i = 0; i < named; ++i)
    names += (i == 0 ? "" : ", ") + numbers[i].number;
  if (numbers.size() > named)
    names += " and " + std::to_string(numbers.size() - named) + " more";
  return names;
}

bool may_detach(const query_arguments& query) {
  const auto said = query.find("detach_numbers");
  return said && (*said == "true" || *said == "1");
}

void erase_pipes(const api_desk& desk, const api_visit& visit,
                 const std::vector<pipe_record>& pipes, const std::string& what,
                 const pipe_record* heir) {
  std::vector<number_record> attached;
  for (auto& number : all_of<number_record>(desk, table::numbers, visit.caller.project))
    if (std::any_of(pipes.begin(), pipes.end(), [&](const pipe_record& pipe) {
          return answers(pipe, number) && (!heir || number.agent.empty());
        }))
      attached.push_back(std::move(number));
  if (!attached.empty() && !may_detach(visit.query))
    return visit.answer(coded_answer(409, "numbers_attached",
                                     what + " answers " + names_of(attached)
                                       + "; detach them first, or add ?detach_numbers=true"));
  std::vector<store_change> changes;
  for (const auto& pipe : pipes)
    changes.push_back({store_change::what::erase, pipe, pipe});
  if (heir) {
    auto first = *heir;
    first.is_default = true;
    first.modified = wall_now();
    changes.push_back({store_change::what::put, first, *heir});
  }
  for (const auto& number : attached) {
    auto freed = number;
    detach(freed, wall_now());
    changes.push_back({store_change::what::put, freed, number});
  }
  write_then(desk, visit, std::move(changes), empty_answer(), visit.route->action);
}

} // namespace unpod
