// A parsed grammar, and the parser that makes it. Private to jsgf.cpp.
#pragma once

#include "adapters/speech/jsgf.hpp"

#include <map>

namespace unpod::jsgf {

struct node {
  enum class kind { word, rule, sequence, choice, optional };

  kind what = kind::sequence;
  std::string text; // of a word or a rule's name
  std::size_t line = 0;
  std::vector<node> parts;
};

struct rule {
  std::size_t line = 0;
  bool is_public = false;
  node body;
};

struct grammar {
  std::map<std::string, rule> rules;
  std::vector<std::string> order; // of the rules' names, as written
  std::size_t words = 0;
};

/// Throws one `grammar_trouble` at the first thing that is not our subset.
grammar parse(std::string_view text, const speech_limits& bounds);

} // namespace unpod::jsgf
