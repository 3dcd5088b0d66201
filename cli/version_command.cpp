// `unpod version`.
#include "cli/commands.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <ostream>

namespace unpod::cli {

namespace {

constexpr const char* version = "0.1.0"; // as in CMakeLists.txt: a test compares

} // namespace

action add_version(CLI::App& program, bench at) {
  auto* verb = program.add_subcommand("version", "Print the version");
  const auto json = std::make_shared<bool>(false);
  verb->add_flag("--json", *json, "As JSON");
  return [json, at] {
    if (*json)
      at.out << R"({"name":"unpod","version":")" << version << "\"}\n";
    else
      at.out << "unpod " << version << "\n";
    return exit_well;
  };
}

} // namespace unpod::cli
