// The agents that a tool or a dictionary is attached to: a JSON array of ids in the record. Pure,
// but for what asks the store.
#pragma once

#include "adapters/api/desk.hpp"

#include <string>
#include <vector>

namespace unpod {

/// agents. 256: of one tool or dictionary.
inline constexpr std::size_t attached_agents_max = 256;

std::vector<std::string> agents_in(const std::string& agents_json);
std::string agents_as_json(const std::vector<std::string>& agents);

/// False: it was there already, or was not there.
bool add_agent_to(std::string& agents_json, const std::string& agent);
bool remove_agent_from(std::string& agents_json, const std::string& agent);

/// The `agent_id` of the request's body; empty: the mistake was answered here.
std::string agent_asked(const api_desk& desk, const api_visit& visit);
/// The same, when the caller's project has such an agent, or a pipe for it; else 404 was answered.
std::string known_agent_asked(const api_desk& desk, const api_visit& visit);

} // namespace unpod
