// Which pipe answers which number. A number points at one pipe, or at an agent, whose
// default voice then answers; one whose pipe is gone stands as if it were free. All of it
// as the store has it now; one list of each table a request.
#pragma once

#include "adapters/api/desk.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace unpod {

/// Takes a project's rows one by one, in order, page by page, until `take` has enough and
/// says false. `after`: key of the row before the first. Net threads.
template <class Record, class Take>
void for_each_of(const api_desk& desk, table where, const std::string& project, std::string after,
                 Take take) {
  list_query page;
  page.rows_max = desk->bounds.store.list_rows_max;
  page.project = project;
  page.after = std::move(after);
  for (bool more = true; more;) {
    auto rows = list<Record>(*desk->reader, where, page);
    more = !rows.empty() && rows.size() == page.rows_max;
    if (more)
      page.after = key_of(rows.back());
    for (auto& row : rows)
      if (!take(row))
        return;
  }
}

template <class Record>
std::vector<Record> all_of(const api_desk& desk, table where, const std::string& project) {
  std::vector<Record> all;
  for_each_of<Record>(desk, where, project, "", [&](Record& row) {
    all.push_back(std::move(row));
    return true;
  });
  return all;
}

/// Does this pipe take the number's calls? Pure.
bool answers(const pipe_record& pipe, const number_record& number);

/// The number of each pipe of a project, for showing pipes and agents.
class pipe_numbers {
public:
  explicit pipe_numbers(const std::vector<number_record>& numbers);

  /// The lowest that the pipe answers; null: none. Valid as long as this is.
  const number_record* of(const pipe_record& pipe) const;

private:
  std::map<std::string, number_record> by_pipe_;
  std::map<std::string, number_record> by_agent_;
};

pipe_numbers pipe_numbers_of(const api_desk& desk, const std::string& project);

/// What a project's numbers point at.
class number_book {
public:
  number_book(std::vector<pipe_record> pipes, std::vector<trunk_record> trunks);

  /// Null: nobody answers it. All of these are valid as long as the book is.
  const pipe_record* pipe_of(const number_record& number) const;
  /// Of calls coming in, else going out; null: no trunk carries it.
  const trunk_record* trunk_of(const number_record& number) const;
  const pipe_record* pipe(const std::string& id) const;
  /// The agent's default voice; of an agent without voices its oldest pipe.
  const pipe_record* pipe_of_agent(const std::string& agent) const;
  /// By any spelling of its id, or by its provider's.
  const trunk_record* trunk(const std::string& id) const;

private:
  std::vector<pipe_record> pipes_;
  std::vector<trunk_record> trunks_;
  std::map<std::string, std::size_t> pipe_at_;    // by id
  std::map<std::string, std::size_t> default_at_; // by agent: its default voice
  std::map<std::string, std::size_t> trunk_at_;   // by id
};

number_book number_book_of(const api_desk& desk, const std::string& project);

/// Frees the number: nothing answers it any more; a disabled one stays disabled.
void detach(number_record& number, wall_ms now);

/// Erases pipes, refused with 409 while numbers are attached, unless the request says
/// `detach_numbers=true`: then the numbers are freed in the same write. `what` names
/// them in the refusal: "pipe 'PIPE_…'". `heir`: the agent's default voice from then on,
/// which takes over the agent's numbers; null: none. Called by the request's own action, which
/// is begun anew when a number came meanwhile.
void erase_pipes(const api_desk& desk, const api_visit& visit,
                 const std::vector<pipe_record>& pipes, const std::string& what,
                 const pipe_record* heir = nullptr);

/// "+1…, +2… and 3 more".
std::string names_of(const std::vector<number_record>& numbers);

/// Did the request say `detach_numbers=true`?
bool may_detach(const query_arguments& query);

} // namespace unpod
