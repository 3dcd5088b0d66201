// `unpod version`.
#include "cli/commands.hpp"

#include <ostream>

namespace unpod::cli {

namespace {

constexpr const char* version = "0.1.0"; // as in CMakeLists.txt: a test compares

} // namespace

const char* program_version() {
  return version;
}

command version_command(bench at) {
  command made;
  made.name = "version";
  made.summary = "Print the version";
  made.options = {{"--json", "", "As JSON"}};
  made.act = [at](const typed_words& words) {
    if (words.has("--json"))
      at.out << R"({"name":"unpod","version":")" << version << "\"}\n";
    else
      at.out << "unpod " << version << "\n";
    return exit_well;
  };
  return made;
}

} // namespace unpod::cli
