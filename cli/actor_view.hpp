// Actors as lines for people: a tree, a table of the busiest, one alone. Pure.
#pragma once

#include "cli/noun_view.hpp"
#include "cli/table.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace unpod::cli {

/// "250 µs", "12.3 ms", "1.2 s"
std::string short_span(double microseconds);
/// "850 B", "12.3 KB", "1.4 GB"
std::string short_size(double bytes);
/// "12 s", "4:07", "3:04:05", "2 d 03:04"
std::string age_text(double seconds);

/// A member's number; 0 when there is none.
double number_of(const plain_value& object, const char* member);
/// A member's text, harmless; empty when there is none.
std::string text_of(const plain_value& object, const char* member);

/// The columns of actors, and one row each; in a tree names are indented by their level.
std::vector<table_column> actor_columns();
std::vector<std::string> actor_cells(const plain_value& actor);

/// On a narrow terminal fewer columns say more: those that matter least go.
void fit_actors(std::vector<table_column>& columns, table_rows& rows, std::size_t width);

/// What is wrong with it, if anything: "suspended", "3 waiting", "busy 2.1 s", "2 restarts".
std::string actor_trouble(const plain_value& actor);

/// One event of a trace as a line, from whose side it was seen: "0.012 s  <- pipe  hang_up(…)".
std::string trace_text(const plain_value& event, const viewer& at);
/// The same in parts: when, which way, with whom, what.
std::vector<std::string> trace_cells(const plain_value& event);

/// As `unpod actor tree` and `top` print them, and one with its children.
std::string actors_text(const plain_value& rows, const viewer& at);
std::string actor_text(const plain_value& one, const viewer& at);
/// The same without its children.
std::string actor_details(const plain_value& one, const viewer& at);
/// "14:03  transcriber SCL_…: exit kill"
std::string death_words(const plain_value& exit, wall_ms now);

} // namespace unpod::cli
