// Request bodies into records, with words for every mistake (contract §1.6–§1.8).
// Pure. What the API does not know is kept and shown again, up to a size.
#pragma once

#include "messages/calling_hours.hpp"
#include "messages/profile_catalogue.hpp"
#include "messages/records.hpp"

#include "adapters/json/json.hpp"

#include <functional>
#include <string>
#include <vector>

namespace unpod {

/// bytes. 256: names, ids and numbers.
inline constexpr std::size_t short_text_bytes_max = 256;
/// bytes. 4 KB: greetings and apologies.
inline constexpr std::size_t long_text_bytes_max = 4 * 1024;
/// bytes. 64 KB: unknown keys, a brain's prompt.
inline constexpr std::size_t extra_bytes_max = 64 * 1024;

/// numbers, and as many beginnings of numbers. 200: where a pipe's calls may be transferred to.
inline constexpr std::size_t transfer_targets_max = 200;

/// levels. 64: bodies are bounded as they arrive; what was kept of them is no deeper.
inline constexpr std::size_t extra_depth_max = 64;

struct body_rules {
  profile_list profiles;
  std::function<std::string(const std::string& grammar)> grammar_mistake;
  zone_clock zones = {}; // empty: no zone is checked
};

/// Puts a pipe body's members into the record; false and words naming the field.
/// `partial`: a PATCH; members that are not there stay as they are.
bool read_pipe(const json::value& body, const body_rules& rules, bool partial, pipe_record& into,
               std::string& why);

class member_reader;

/// What pipes and agents share, but their voice; `body` is what `members` reads.
void read_common(const json::value& body, member_reader& members, const body_rules& rules,
                 pipe_record& into);
/// Member `agent_id`, which may be empty. One that is there already is not asked for its looks.
void read_agent_id(member_reader& members, agent_id& into);
/// Members `voice_profile_id` and `voice_profile`: an id or a name; the first profile by default.
void read_profile(member_reader& members, const body_rules& rules, pipe_record& into);
/// Keeps what nobody asked for, to be shown again; on a change each key replaces its old
/// self. An empty `domain` is none.
void keep_rest(const json::value& body, member_reader& members, bool partial, pipe_record& into);

/// A profile by id, else by name without regard to case; null when there is none.
const voice_profile* find_profile(const std::vector<voice_profile>& all, const std::string& wanted);

/// Unknown keys, each once: what was given now replaces what was kept. Both are objects or empty.
std::string merged_extra(const std::string& kept, const std::string& given);

} // namespace unpod
