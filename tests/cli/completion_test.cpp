// What the shells are given is made from the tree; bash is asked what it would offer.
#define BOOST_TEST_MODULE completion
#include <boost/test/unit_test.hpp>

#include "cli/noun.hpp"
#include "cli/program.hpp"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

namespace {

using namespace unpod;

std::string script_for(const std::string& shell) {
  std::ostringstream out, err;
  BOOST_TEST(cli::run({"completion", shell}, {}, out, err) == 0);
  return out.str();
}

bool has(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

/// A bash that has read the script.
struct bash {
  bash() {
    auto pattern = (std::filesystem::temp_directory_path() / "completion.XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    std::ofstream{folder / "unpod.bash"} << script_for("bash");
  }

  ~bash() {
    std::filesystem::remove_all(folder);
  }

  /// What is offered for the last of these words, parted by blanks.
  std::string offers(const std::string& words) const {
    const auto line = "bash --norc -c 'compopt() { :; }; . " + (folder / "unpod.bash").string()
                      + "; COMP_WORDS=(" + words
                      + "); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); "
                        "_unpod; echo \"${COMPREPLY[*]}\"' 2>&1";
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe{::popen(line.c_str(), "r"), ::pclose};
    std::array<char, 4096> bytes{};
    std::string out;
    while (pipe && ::fgets(bytes.data(), bytes.size(), pipe.get()))
      out += bytes.data();
    return out.substr(0, out.find('\n'));
  }

  std::filesystem::path folder;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(bash_offers_verbs_flags_choices_and_files, bash) {
  BOOST_TEST(offers("unpod pi") == "pipe");
  BOOST_TEST(offers("unpod pipe \"\"") == "list get create update delete --help");
  BOOST_TEST(offers("unpod pipe create list --ag") == "--agent-id --agent-endpoint");
  BOOST_TEST(offers("unpod pipe create n --first-speaker \"\"") == "agent user");
  BOOST_TEST(offers("unpod pipe create n --agent-id \"\"") == "");
  BOOST_TEST(offers("unpod completion \"\"") == "bash zsh fish --help");
  const auto begin = (folder / "unpod.ba").string();
  BOOST_TEST(offers("unpod pipe create n --body " + begin) == begin + "sh");
  BOOST_TEST(has(offers("unpod start --"), "--data-dir"));
  BOOST_TEST(offers("unpod nonsense") == "");
}

BOOST_AUTO_TEST_CASE(every_verb_and_flag_is_in_every_script) {
  const auto by_bash = script_for("bash"), by_zsh = script_for("zsh"), by_fish = script_for("fish");
  for (const auto& what : cli::all_nouns())
    for (const auto& verb : what.verbs) {
      const auto path = "unpod " + what.name + " " + verb.name;
      for (const auto& script : {by_bash, by_zsh})
        BOOST_TEST(has(script, "'" + path + "'"), path);
      BOOST_TEST(has(by_fish, "__unpod_at \"" + path + "\""), path);
      for (const auto& one : verb.fields)
        if (!one.typed.is_place()) {
          BOOST_TEST(has(by_bash, one.typed.name));
          BOOST_TEST(has(by_zsh, "'" + one.typed.name + ":"));
          BOOST_TEST(has(by_fish, "-l " + one.typed.name.substr(2) + " "));
        }
    }
}
