// The tree keeps the rules, and the rules catch what they are there to catch.
#define BOOST_TEST_MODULE tidy
#include <boost/test/unit_test.hpp>

#include "tests/tidy.hpp"

#include <cstdlib>

namespace {

namespace fs = std::filesystem;

/// A source tree of its own, gone with the test.
struct planted_tree {
  fs::path root = make_root();

  ~planted_tree() {
    fs::remove_all(root);
  }

  static fs::path make_root() {
    auto pattern = (fs::temp_directory_path() / "tidy.XXXXXX").string();
    return mkdtemp(pattern.data());
  }

  /// Plants a file that opens as every file does.
  void plant(const std::string& path, const std::string& text) {
    fs::create_directories((root / path).parent_path());
    const auto once = fs::path{path}.extension() == ".hpp" ? "// A.\n#pragma once\n" : "// A.\n";
    std::ofstream{root / path} << once << text;
  }

  std::string only_finding(const std::string& path, const std::string& text) {
    plant(path, text);
    const auto found = only_finding();
    fs::remove(root / path);
    return found;
  }

  std::string only_finding() const {
    const auto found = tidy::check_tree(root);
    return found.size() == 1 ? found[0] : std::to_string(found.size()) + " findings";
  }
};

std::string lines(int count) {
  std::string text;
  while (count-- > 0)
    text += "  step();\n";
  return text;
}

bool says(const std::string& finding, const std::string& words) {
  BOOST_TEST_INFO(finding);
  return finding.find(words) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_CASE(this_tree_keeps_the_rules) {
  for (const auto& finding : tidy::check_tree(SOURCE_DIR))
    BOOST_ERROR(finding);
}

BOOST_FIXTURE_TEST_CASE(an_include_upwards_or_sideways_is_found, planted_tree) {
  BOOST_TEST(says(only_finding("messages/a.hpp", "#include \"actors/b.hpp\"\n"),
                  "messages/ must not include actors/"));
  BOOST_TEST(says(only_finding("actors/a.cpp", "#include \"storage/b.hpp\"\n"),
                  "actors/ must not include storage/"));
  BOOST_TEST(says(only_finding("runtime/a.cpp", "#include \"tests/b.hpp\"\n"),
                  "runtime/ must not include tests/"));
  BOOST_TEST(says(only_finding("cli/a.cpp", "#include \"adapters/b.hpp\"\n"),
                  "cli/ must not include adapters/"));
  BOOST_TEST(says(only_finding("cli/a.cpp", "#include \"runtime/b.hpp\"\n"), "0 findings"));
}

BOOST_FIXTURE_TEST_CASE(an_include_across_adapters_is_found, planted_tree) {
  BOOST_TEST(says(only_finding("adapters/media/a.cpp", "#include \"adapters/http/b.hpp\"\n"),
                  "adapters/media does not stand on adapters/http"));
  BOOST_TEST(says(only_finding("adapters/client/a.cpp", "#include \"adapters/media/b.hpp\"\n"),
                  "0 findings"));
}

BOOST_FIXTURE_TEST_CASE(a_fence_holds, planted_tree) {
  BOOST_TEST(says(only_finding("actors/a.cpp", "#include <caf/io/all.hpp>\n"), "runtime/"));
  BOOST_TEST(says(only_finding("actors/a.cpp", "#include <caf/all.hpp>\n"), "tests/"));
  BOOST_TEST(says(only_finding("runtime/a.cpp", "#include <boost/beast.hpp>\n"), "adapters/http/"));
  BOOST_TEST(says(only_finding("adapters/media/a.cpp", "#include <rocksdb/db.h>\n"), "storage/"));
  BOOST_TEST(says(only_finding("storage/a.cpp", "#include <rocksdb/db.h>\n"), "0 findings"));
  BOOST_TEST(says(only_finding("storage/a.cpp", "#include <openssl/sha.h>\n"), "0 findings"));
  BOOST_TEST(says(only_finding("tests/storage/a.cpp", "#include <rocksdb/db.h>\n"), "0 findings"));
  BOOST_TEST(says(only_finding("tests/actors/a.cpp", "#include <rocksdb/db.h>\n"), "storage/"));
  BOOST_TEST(says(only_finding("tests/actors/a.cpp", "#include <caf/all.hpp>\n"), "0 findings"));
}

BOOST_FIXTURE_TEST_CASE(only_the_parent_knows_an_actor, planted_tree) {
  plant("actors/child.hpp", "using self = self_of<child_state, child_actor>;\n");
  plant("actors/child.cpp", "#include \"actors/child.hpp\"\n");
  plant("actors/child_habits.cpp", "#include \"actors/child.hpp\"\n");
  plant("actors/parent.hpp", "#include \"actors/child.hpp\"\n");
  plant("actors/parent.cpp", "#include \"actors/child.hpp\"\n");
  plant("tests/actors/child_test.cpp", "#include \"actors/child.hpp\"\n");
  BOOST_TEST(says(only_finding(), "0 findings"));
  plant("actors/other.cpp", "#include \"actors/child.hpp\"\n");
  BOOST_TEST(says(only_finding(), "actors/child.hpp: known to 2 others"));
  plant("actors/child.hpp", "struct helper {};\n");
  BOOST_TEST(says(only_finding(), "0 findings"));
}

BOOST_FIXTURE_TEST_CASE(words_that_do_not_belong_are_found, planted_tree) {
  BOOST_TEST(says(only_finding("cli/a.cpp", "// TO"
                                            "DO: later\n"),
                  "says TO"
                  "DO"));
  BOOST_TEST(
    says(only_finding("actors/a.hpp", "CAF_BEGIN_TYPE_ID_BLOCK(a, 1)\n"), "messages/type_ids.hpp"));
  BOOST_TEST(
    says(only_finding("messages/type_ids.hpp", "CAF_BEGIN_TYPE_ID_BLOCK(a, 1)\n"), "0 findings"));
  BOOST_TEST(says(only_finding("tests/a.cpp", "std::this_thread::sleep_for(1s);\n"), "sleeps"));
  BOOST_TEST(says(only_finding("tests/a.cpp", "// never sleep_for(1s)\n"), "0 findings"));
}

BOOST_FIXTURE_TEST_CASE(a_file_says_what_it_is, planted_tree) {
  plant("cli/a.cpp", "");
  std::ofstream{root / "cli/a.cpp"} << "int a;\n";
  BOOST_TEST(says(only_finding(), "does not open with what it is"));
  std::ofstream{root / "cli/a.cpp"} << "#include \"cli/a.hpp\"\nint a;\n";
  BOOST_TEST(says(only_finding(), "0 findings"));
  std::ofstream{root / "cli/a.hpp"} << "// A.\nint a;\n";
  BOOST_TEST(says(only_finding(), "without #pragma once"));
}

BOOST_FIXTURE_TEST_CASE(a_long_file_is_found, planted_tree) {
  const std::string blank(500, '\n');
  BOOST_TEST(says(only_finding("cli/a.cpp", blank.substr(0, 499)), "0 findings"));
  BOOST_TEST(says(only_finding("cli/a.cpp", blank), "file of 501 lines"));
}

BOOST_FIXTURE_TEST_CASE(a_long_function_is_found_wherever_it_hides, planted_tree) {
  const auto in_class = "struct s {\n void f() const {\n if (x) { y(); }\n";
  const auto noise = "const char* s = \"}\"; // }\nchar c = '{'; int n = 1'000;\n";
  const auto init = "s::s() : a_{1}, b_{2}\n{\n";
  BOOST_TEST(says(only_finding("cli/a.cpp", "void f() {\n" + lines(68) + "}\n"), "0 findings"));
  BOOST_TEST(says(only_finding("cli/a.cpp", "void f() {\n" + lines(69) + "}\n"), "71 lines"));
  BOOST_TEST(says(only_finding("cli/a.cpp", in_class + lines(68) + "}\n};\n"), "71 lines"));
  BOOST_TEST(says(only_finding("cli/a.cpp", noise + ("void f() {\n" + lines(69)) + "}\n"),
                  "a.cpp:4: function of 71 lines"));
  BOOST_TEST(says(only_finding("cli/a.cpp", init + lines(69) + "}\n"), "71 lines"));
  BOOST_TEST(says(only_finding("cli/a.cpp", "MACRO(x)\n\nnamespace n {\n" + lines(90) + "}\n"),
                  "0 findings"));
  BOOST_TEST(says(only_finding("cli/a.cpp", "struct s {\n" + lines(90) + "};\n"), "0 findings"));
}
