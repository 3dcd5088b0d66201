// A call's timeline, a node and its log as lines for people. Pure.
#pragma once

#include "cli/noun_view.hpp"

#include <string>

namespace unpod::cli {

/// "   0.90  user_turn      text: two loaves", a line for each event; long ones are wrapped.
std::string timeline_text(const plain_value& timeline, const viewer& at);

/// The paragraph alone.
std::string why_text(const plain_value& timeline, const viewer& at);

/// What a node takes, in the order of what one looks for first.
std::string node_text(const plain_value& node, const viewer& at);

/// "14:03:05 warn  actors.call SCL_…: words"
std::string log_text(const plain_value& lines, const viewer& at);
std::string log_line_text(const plain_value& line);

/// What one event says, without its kind: "turn: 2, text: two loaves".
std::string event_words(const plain_value& data);

} // namespace unpod::cli
