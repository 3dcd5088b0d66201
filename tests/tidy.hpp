// The rules of the house over a source tree, as findings in words. Reads text,
// not C++: good enough for code that is laid out as ours is.
#pragma once

#include "tests/blank_out.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace tidy {

namespace fs = std::filesystem;
using findings = std::vector<std::string>;
using names = std::set<std::string>;

inline constexpr int file_lines_max = 500;
inline constexpr int function_lines_max = 70;

// Room -> rooms it may include. A room may always include itself.
inline const std::map<std::string, names> may_include{
  {"messages", {}},
  {"actors", {"messages"}},
  {"adapters", {"messages"}},
  {"storage", {"messages"}},
  {"runtime", {"messages", "actors", "adapters", "storage"}},
  {"cli", {"messages", "runtime"}},
  {"bench", {"messages", "actors", "adapters", "storage", "runtime"}},
  {"tests", {"messages", "actors", "adapters", "storage", "runtime", "cli"}},
  {"web", {}},
};

// Folder of adapters/ -> folders of it that it stands on, as CMake links them.
inline const std::map<std::string, names> adapters_may_include{
  {"json", {}},
  {"websocket", {}},
  {"http", {"websocket"}},
  {"media", {"websocket"}},
  {"speech", {"json", "websocket", "media"}},
  {"outgoing", {}},
  {"llm", {"json"}},
  {"runner", {"json", "websocket", "http"}},
  {"client", {"json", "websocket", "http", "media"}},
  {"api", {"json", "http"}},
  {"peers", {"json", "websocket", "http", "media", "speech"}},
  {"loopback", {"json", "media", "peers", "websocket", "speech"}},
  {"zones", {}},
};

// Third-party header -> the only places that may include it. The tests of a
// place may include what the place may.
inline const std::vector<std::pair<std::string, names>> fences{
  {"boost/asio", {"adapters"}},
  {"boost/beast", {"adapters/http"}},
  {"websocketpp/", {"adapters/websocket"}},
  {"curl/", {"adapters/outgoing"}},
  {"rapidjson/", {"adapters/json"}},
  {"opus/", {"adapters/media"}},
  {"opus.h", {"adapters/media"}},
  {"speex/", {"adapters/media"}},
  {"webrtc/", {"adapters/media"}},
  {"pocketsphinx", {"adapters/speech"}},
  {"sphinxbase/", {"adapters/speech"}},
  {"flite", {"adapters/speech"}},
  {"openssl/", {"adapters", "storage"}},
  {"rocksdb/", {"storage"}},
  {"caf/io", {"runtime"}},
  {"caf/openssl", {"runtime"}},
  {"caf/all.hpp", {"tests"}},
  {"spdlog/", {"runtime"}},
  {"toml++/", {"runtime"}},
  {"date/", {"adapters/zones"}},
  {"CLI/", {"cli"}},
};

/// Every file is judged by its path from the root of the tree.
struct source {
  std::string path; // "actors/call.hpp"
  std::string text;

  std::string room() const {
    return path.substr(0, path.find('/'));
  }

  /// The second step of the path, when it is a folder: "media" of adapters/media/vad.hpp.
  std::string folder() const {
    const auto from = room().size() + 1, to = path.find('/', from);
    return to == std::string::npos ? "" : path.substr(from, to - from);
  }

  /// The file without its ending: a header and its source are one unit.
  std::string unit() const {
    return path.substr(0, path.rfind('.'));
  }

  bool is_header() const {
    return fs::path{path}.extension() == ".hpp";
  }

  /// Is this file in `place`, or a test of it? "tests" itself is a place too.
  bool stands_in(const std::string& place) const {
    return path.rfind(place + "/", 0) == 0 || path.rfind("tests/" + place + "/", 0) == 0;
  }
};

// -- includes --------------------------------------------------------------------

inline names included(const source& file, const std::regex& shape) {
  names found;
  for (std::sregex_iterator at{file.text.begin(), file.text.end(), shape}, end; at != end; ++at)
    found.insert((*at)[1]);
  return found;
}

inline names our_includes(const source& file) {
  static const std::regex ours{R"re((?:^|\n)[ \t]*#[ \t]*include[ \t]*"([^"\n]+)")re"};
  return included(file, ours);
}

inline void check_directions(const source& file, findings& found) {
  const auto room = file.room();
  for (const auto& header : our_includes(file)) {
    const source other{header, {}};
    const auto theirs = other.room();
    if (may_include.count(theirs) && theirs != room && may_include.at(room).count(theirs) == 0)
      found.push_back(file.path + ": " + room + "/ must not include " + theirs + "/");
    if (room == "adapters" && theirs == room && other.folder() != file.folder()
        && adapters_may_include.count(file.folder())
        && adapters_may_include.at(file.folder()).count(other.folder()) == 0)
      found.push_back(file.path + ": adapters/" + file.folder() + " does not stand on adapters/"
                      + other.folder());
  }
}

inline void check_fences(const source& file, findings& found) {
  static const std::regex any{R"re((?:^|\n)[ \t]*#[ \t]*include[ \t]*["<]([^">\n]+))re"};
  for (const auto& header : included(file, any))
    for (const auto& [prefix, places] : fences)
      if (header.rfind(prefix, 0) == 0
          && std::none_of(places.begin(), places.end(),
                          [&](const auto& place) { return file.stands_in(place); }))
        found.push_back(file.path + ": " + header + " belongs in " + *places.begin() + "/");
}

// -- actors ----------------------------------------------------------------------

/// A header that declares an actor's state or behaviour; a pure helper does neither.
inline bool declares_actor(const source& file) {
  return file.is_header() && file.room() == "actors"
         && (file.text.find("self_of<") != std::string::npos
             || file.text.find("::behavior_type") != std::string::npos);
}

/// A large actor's source is cut in pieces: call.cpp, call_speaking.cpp.
inline bool is_piece_of(const source& file, const source& actor) {
  return file.unit() == actor.unit() || file.path.rfind(actor.unit() + "_", 0) == 0;
}

/// In actors/, only the parent that spawns an actor knows its header.
inline void check_parents(const std::vector<source>& tree, findings& found) {
  for (const auto& actor : tree) {
    if (!declares_actor(actor))
      continue;
    names knowers;
    for (const auto& file : tree)
      if (file.room() == "actors" && !is_piece_of(file, actor)
          && our_includes(file).count(actor.path))
        knowers.insert(file.unit());
    if (knowers.size() > 1)
      found.push_back(actor.path + ": known to " + std::to_string(knowers.size())
                      + " others, but an actor has one parent");
  }
}

// -- words -----------------------------------------------------------------------

/// Opens with its line, or is a source that begins with its own header, where the line is.
inline bool opens_well(const source& file) {
  return file.text.rfind("//", 0) == 0
         || file.text.rfind("#include \"" + file.unit() + ".hpp\"", 0) == 0;
}

inline void check_words(const source& file, findings& found) {
  const auto bare = blank_out(file.text);
  const auto has = [](const std::string& text, const std::string& words) {
    return text.find(words) != std::string::npos;
  };
  if (!opens_well(file))
    found.push_back(file.path + ": does not open with what it is");
  if (file.is_header() && !has(file.text, "\n#pragma once\n"))
    found.push_back(file.path + ": header without #pragma once");
  if (has(bare, "CAF_BEGIN_TYPE_ID_BLOCK") && file.path != "messages/type_ids.hpp")
    found.push_back(file.path + ": type ids belong in messages/type_ids.hpp");
  if ((file.room() == "tests" || file.room() == "actors")
      && (has(bare, "sleep_for(") || has(bare, "sleep_until(") || has(bare, "usleep(")))
    found.push_back(file.path + ": sleeps; wait for the thing itself");
  for (const std::string word : {"TO"
                                 "DO",
                                 "FIX"
                                 "ME",
                                 "X"
                                 "XX"})
    if (std::regex_search(file.text, std::regex{"\\b" + word + "\\b"}))
      found.push_back(file.path + ": says " + word);
}

// -- sizes -----------------------------------------------------------------------

/// Does the text before a brace say that a function begins? A macro call on a
/// line of its own says nothing about the brace that comes after it.
inline bool opens_function(const std::string& head) {
  static const std::regex aside{
    R"((^|\n)\s*(#[^\n]*|[A-Z][A-Z0-9_]*\([^\n]*\)\s*(?=\n))|alignas\s*\([^)]*\))"};
  return std::regex_replace(head, aside, "\n").find('(') != std::string::npos;
}

/// Measures each outermost function; a member initialiser `, b_{}` keeps the
/// head alive, so that the body after it is measured too.
inline void check_functions(const source& file, findings& found) {
  const auto code = blank_out(file.text);
  std::string head;
  int line = 1, depth = 0, began_at = 0, function_depth = 0;
  for (std::size_t at = 0; at < code.size(); ++at) {
    const char c = code[at];
    line += c == '\n';
    if (c == '{' && ++depth && function_depth == 0 && opens_function(head)) {
      function_depth = depth;
      began_at = line;
    } else if (c == '}' && depth-- == function_depth) {
      function_depth = 0;
      if (line - began_at + 1 > function_lines_max)
        found.push_back(file.path + ":" + std::to_string(began_at) + ": function of "
                        + std::to_string(line - began_at + 1) + " lines");
    }
    if (c == '}') {
      const auto next = code.find_first_not_of(" \n", at + 1);
      head = next != std::string::npos && (code[next] == ',' || code[next] == '{') ? "(" : "";
    } else if (c == '{' || c == ';') {
      head.clear();
    } else if (function_depth == 0) {
      head += c;
    }
  }
}

inline void check_sizes(const source& file, findings& found) {
  const auto lines = std::count(file.text.begin(), file.text.end(), '\n');
  if (lines > file_lines_max)
    found.push_back(file.path + ": file of " + std::to_string(lines) + " lines");
  check_functions(file, found);
}

// -- the tree --------------------------------------------------------------------

inline std::vector<source> read_tree(const fs::path& root) {
  std::vector<source> tree;
  for (const auto& [room, allowed] : may_include)
    if (fs::exists(root / room))
      for (const auto& entry : fs::recursive_directory_iterator(root / room))
        if (entry.path().extension() == ".hpp" || entry.path().extension() == ".cpp") {
          std::ifstream in{entry.path()};
          tree.push_back({fs::relative(entry.path(), root).generic_string(),
                          {std::istreambuf_iterator<char>{in}, {}}});
        }
  std::sort(tree.begin(), tree.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return tree;
}

inline findings check_tree(const fs::path& root) {
  findings found;
  const auto tree = read_tree(root);
  for (const auto& file : tree) {
    check_directions(file, found);
    check_fences(file, found);
    check_words(file, found);
    check_sizes(file, found);
  }
  check_parents(tree, found);
  return found;
}

} // namespace tidy
