// Voice profiles: what is shipped, what a file may say, every mistake with its line,
// and what this node can do with them.
#define BOOST_TEST_MODULE profiles
#include <boost/test/unit_test.hpp>

#include "runtime/profiles.hpp"
#include "tests/storage/scratch_folder.hpp"

#include <fstream>
#include <set>

using namespace unpod;

namespace {

struct ground_fixture {
  std::set<std::string> keys;
  std::string why;

  provider_ground ground(std::vector<std::string> adapters = {"embedded"}) {
    return {std::move(adapters), [this](const std::string& name) { return keys.count(name) > 0; }};
  }
  profile_list parse(const std::string& text, std::vector<std::string> adapters = {"embedded"}) {
    why.clear();
    return parse_profiles(text, "p.toml", ground(std::move(adapters)), why);
  }
  /// Words about a text that must be refused.
  std::string mistake(const std::string& text) {
    BOOST_TEST((parse(text) == nullptr), text);
    return why;
  }
};

const std::string ears = "[[profile.stt]]\nprovider = \"embedded\"\n";
const std::string mouth = "[[profile.tts]]\nprovider = \"embedded\"\nvoice = \"slt\"\n";

std::string profile(const std::string& lines) {
  return "[[profile]]\n" + lines + "\n" + ears + mouth;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(profiles, ground_fixture)

BOOST_AUTO_TEST_CASE(what_is_built_in_is_the_file_of_the_tree) {
  const auto built_in = load_profiles("", ground(), why);
  BOOST_REQUIRE_MESSAGE(built_in, why);
  const auto file = load_profiles(SOURCE_DIR "/runtime/profiles.toml", ground(), why);
  BOOST_REQUIRE_MESSAGE(file, why);
  BOOST_REQUIRE_EQUAL(built_in->size(), file->size());
  for (std::size_t i = 0; i < file->size(); ++i)
    BOOST_TEST((*file)[i].id == (*built_in)[i].id);
}

BOOST_AUTO_TEST_CASE(without_any_key_only_the_embedded_one_can_be_used) {
  const auto all = load_profiles("", ground(), why);
  BOOST_REQUIRE(all && all->size() >= 3);
  const auto& embedded = all->front();
  BOOST_TEST(embedded.id == "VP_embedded_en");
  BOOST_TEST(embedded.name == "embedded-en");
  BOOST_TEST(embedded.available);
  BOOST_TEST(embedded.missing == "");
  BOOST_TEST(embedded.voice == "slt");
  BOOST_TEST(embedded.language == "en");
  std::set<std::string> first_ears, first_voices;
  for (std::size_t i = 1; i < all->size(); ++i) {
    const auto& other = (*all)[i];
    BOOST_TEST(!other.available);
    BOOST_TEST(other.missing.find("DEEPGRAM_API_KEY") != std::string::npos, other.missing);
    BOOST_TEST(other.missing.find("an adapter for deepgram") != std::string::npos, other.missing);
    BOOST_TEST(other.language == "en-US");
    first_ears.insert(other.stt.front());
    first_voices.insert(other.tts.front());
  }
  BOOST_TEST((first_ears == std::set<std::string>{"deepgram"}));
  BOOST_TEST((first_voices == std::set<std::string>{"cartesia", "elevenlabs"}));
}

BOOST_AUTO_TEST_CASE(a_provider_needs_its_adapter_and_its_key) {
  const std::vector<std::string> adapters{"embedded", "deepgram", "cartesia", "elevenlabs"};
  keys = {"DEEPGRAM_API_KEY", "ELEVENLABS_API_KEY"};
  const auto all = load_profiles("", ground(adapters), why);
  BOOST_REQUIRE(all);
  for (const auto& one : *all) {
    BOOST_TEST(one.available, one.name);
    if (one.id == "VP_cartesia_en") { // its second choice takes over, with its own voice
      BOOST_TEST(one.tts.size() == 1u);
      BOOST_TEST(one.tts.front() == "elevenlabs");
      BOOST_TEST(one.tts_model == "eleven_flash_v2_5");
      BOOST_TEST(one.missing == "CARTESIA_API_KEY");
      BOOST_TEST(one.speakers.size() == 2u);
    }
  }
}

BOOST_AUTO_TEST_CASE(those_that_can_be_used_come_first) {
  const auto all = parse("[[profile]]\nname = \"far\"\n[[profile.stt]]\nprovider = \"deepgram\"\n"
                         "[[profile.tts]]\nprovider = \"cartesia\"\n"
                         + profile("name = \"near\""));
  BOOST_REQUIRE_MESSAGE(all, why);
  BOOST_TEST(all->front().name == "near");
  BOOST_TEST(all->back().name == "far");
}

BOOST_AUTO_TEST_CASE(every_key_is_read) {
  const auto all = parse(profile("name = \"Full One\"\ndescription = \"d\"\ngender = \"male\"\n"
                                 "quality = \"high\"\nlanguage = \"de-DE\"\n"
                                 "languages = [\"de-DE\", \"en\"]\nspeed = 1.5\nlatency_ms = 90\n"
                                 "cost_per_min_usd = 0.05"));
  BOOST_REQUIRE_MESSAGE(all, why);
  const auto& one = all->front();
  BOOST_TEST(one.id == "VP_full_one");
  BOOST_TEST(one.gender == "male");
  BOOST_TEST(one.languages.size() == 1u);
  BOOST_TEST(one.speed == 1.5);
  BOOST_TEST(one.latency_ms == 90);
  BOOST_TEST(one.cost_per_min_usd == 0.05);
  const auto bare = parse(profile("name = \"b\"\nspeed = 1"));
  BOOST_REQUIRE_MESSAGE(bare, why);
  BOOST_TEST(bare->front().latency_ms < 0); // not known, and not said to be 0
  BOOST_TEST(bare->front().cost_per_min_usd < 0);
}

BOOST_AUTO_TEST_CASE(a_mistake_is_told_with_file_and_line) {
  BOOST_TEST(mistake("[[profile]]\nname = \n").rfind("p.toml:2: ", 0) == 0u);
  const std::vector<std::pair<std::string, std::string>> wrong{
    {"nme = \"x\"\nname = \"a\"", "p.toml:2: there is no key 'nme' here"},
    {"name = 7", "p.toml:2: name must be text"},
    {"name = \"\"", "p.toml:2: name must be text"},
    {"gender = \"male\"", "p.toml:1: name is missing"},
    {"name = \"a\"\n\nspeed = 9.0", "p.toml:4: speed must be a number from 0.25 to 4"},
    {"name = \"a\"\nspeed = \"fast\"", "p.toml:3: speed must be a number"},
    {"name = \"a\"\nspeed = nan", "p.toml:3: speed must be a number"},
    {"name = \"a\"\nlatency_ms = 1.5", "p.toml:3: latency_ms must be a whole number"},
    {"name = \"a\"\nlatency_ms = -1", "p.toml:3: latency_ms must be a whole number"},
    {"name = \"a\"\ngender = \"f\"", "p.toml:3: gender must be male, female or neutral"},
    {"name = \"a\"\nlanguage = \"en_US\"", "p.toml:3: language must be a tag"},
    {"name = \"a\"\nlanguages = \"en\"", "p.toml:3: languages must be a list"},
    {"name = \"a\"\nid = \"a b\"", "p.toml:3: id may have letters"},
    {"name = \"a\"\nid = \"../x\"", "p.toml:3: id may have letters"},
    {"name = \"" + std::string(300, 'x') + "\"", "p.toml:2: name must be text of 1 to 256"}};
  for (const auto& [lines, words] : wrong)
    BOOST_TEST(mistake(profile(lines)).rfind(words, 0) == 0u, why << "\n  instead of " << words);
}

BOOST_AUTO_TEST_CASE(the_first_mistake_is_the_one_told) {
  BOOST_TEST(mistake(profile("zz = 1\naa = 2\nname = \"a\"")).rfind("p.toml:2: ", 0) == 0u);
}

BOOST_AUTO_TEST_CASE(providers_are_known_and_named_once) {
  const auto with = [&](const std::string& rest) { return "[[profile]]\nname = \"a\"\n" + rest; };
  BOOST_TEST(mistake(with(mouth)).find("stt must be written as [[profile.stt]]")
             != std::string::npos);
  BOOST_TEST(mistake(with(ears)).find("tts must be written") != std::string::npos);
  BOOST_TEST(mistake(with("stt = [\"embedded\"]\n" + mouth)).rfind("p.toml:3: stt must", 0) == 0u);
  BOOST_TEST(mistake(with("stt = []\n" + mouth)).rfind("p.toml:3: stt must", 0) == 0u);
  BOOST_TEST(mistake(with(ears + ears + mouth)).rfind("p.toml:5: provider 'embedded' is named", 0)
             == 0u);
  BOOST_TEST(mistake(with("[[profile.stt]]\nprovider = \"nobody\"\n" + mouth))
                 .rfind("p.toml:4: provider 'nobody' is none", 0)
               == 0u,
             why);
  BOOST_TEST(mistake(with("[[profile.stt]]\nmodel = \"m\"\n" + mouth)).find("provider is missing")
             != std::string::npos);
  BOOST_TEST(mistake(with("[[profile.stt]]\nprovider = \"embedded\"\nvoice = \"v\"\n" + mouth))
                 .rfind("p.toml:5: there is no key 'voice'", 0)
               == 0u,
             why);
}

BOOST_AUTO_TEST_CASE(names_are_taken_once) {
  const auto two = [&](const std::string& a, const std::string& b) {
    return mistake(profile(a) + profile(b));
  };
  BOOST_TEST(two("name = \"Nova\"", "name = \"nova\"\nid = \"VP_2\"")
             == "p.toml:8: 'nova' is taken by the profile of line 1");
  BOOST_TEST(two("name = \"a\"\nid = \"x\"", "name = \"X\"").find("'X' is taken")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_document_of_anything_else_is_a_mistake) {
  for (const auto* text : {"", "profile = 1", "profile = []", "[profile]\nname = \"a\"",
                           "other = 1", "[[profile]]", "\x01", "[[profile]]\nname = \"\xff\"", "[",
                           "[[", "[]", "[\x01]", "a = 1\n  [ [", "[\xc3\xa9]"})
    mistake(text);
  BOOST_TEST(mistake("[[profile]]\n\n [[[x").rfind("p.toml:3: '['", 0) == 0u, why);
  BOOST_TEST(mistake(std::string(5'000, '[')).rfind("p.toml:", 0) == 0u);
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_told) {
  fixtures::scratch_folder folder;
  BOOST_TEST((load_profiles(folder.path("none.toml"), ground(), why) == nullptr));
  BOOST_TEST(why.find("cannot be read") != std::string::npos);
  why.clear();
  std::ofstream{folder.path("big.toml")} << std::string(profiles_bytes_max + 1, '#');
  BOOST_TEST((load_profiles(folder.path("big.toml"), ground(), why) == nullptr));
  BOOST_TEST(why.find("larger than") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(whoever_reads_a_catalogue_keeps_what_it_got) {
  const auto list = [](const std::string& name) {
    voice_profile one;
    one.name = name;
    return std::make_shared<const std::vector<voice_profile>>(std::vector{one});
  };
  const profile_catalogue mine = profile_list{list("old")};
  const auto yours = mine; // one catalogue
  const auto held = yours.get();
  mine.put(list("new"));
  BOOST_TEST(held->front().name == "old");
  BOOST_TEST(yours.get()->front().name == "new");
  BOOST_TEST(profile_catalogue{}.get()->empty());
}
