// The rows that agents are made of: pipes with a brain, one for each voice.
#pragma once

#include "adapters/api/desk.hpp"

#include <string>
#include <vector>

namespace unpod {

/// Every pipe of the project, oldest first.
std::vector<pipe_record> pipes_of(const api_desk& desk, const std::string& project);

/// The rows of one agent: its default voice first, then the oldest. Empty: no such agent.
std::vector<pipe_record> rows_of(const api_desk& desk, const std::string& project,
                                 const std::string& agent);

/// The same for each agent of the project.
std::vector<std::vector<pipe_record>> agents_of(const api_desk& desk, const std::string& project);

/// Goes with whatever adds a voice, and is taken before the agent's rows are read: the second of
/// two who do it at once begins anew, and sees the other's.
store_change mark_of(const api_desk& desk, const std::string& project, const agent_id& agent);

/// The rows of the agent that the path names; when there are none, 404 is answered here.
std::vector<pipe_record> agent_of(const api_desk& desk, const api_visit& visit);

/// What bodies are checked with.
body_rules rules_of(const api_desk& desk);

} // namespace unpod
