// Tools that a project wrote down: how they are given, kept and shown, and what may stand in one
// (SDK 0.5.0 `client.tools`). The SDK takes these members and no others. Pure.
#pragma once

#include "adapters/json/json.hpp"
#include "messages/records.hpp"

#include <string>

namespace unpod {

/// bytes. 64: of a name that a model calls.
inline constexpr std::size_t tool_name_bytes_max = 64;
/// arguments. 32: of one tool.
inline constexpr std::size_t tool_args_max = 32;
/// tools. 200: of one project; a list of them is one answer.
inline constexpr std::size_t project_tools_max = 200;
/// s. 30: the longest wait for a tool's answer; 10 unless it says.
inline constexpr double tool_timeout_max_s = 30;
inline constexpr double tool_timeout_s = 10;

/// May a model call a tool by this name? Letters, digits, '_' and '-', a letter or '_' first.
bool is_tool_name(const std::string& name);

/// Is it one that calls have without being asked, and nobody writes down?
bool is_built_in_tool(const std::string& name);

/// The body of `PUT custom-tools/{id}` into a tool, in place of all that it had but its agents;
/// masked secrets keep what they stand for, unless the tool asks another host now.
bool read_tool(const json::value& body, tool_record& into, std::string& why);

/// One tool as it is shown: nine members. What is a secret by its name is masked.
std::string tool_json(const tool_record& tool);

/// What an agent may be given on this node.
std::string tool_catalogue_json();

} // namespace unpod
