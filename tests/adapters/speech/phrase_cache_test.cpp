// What is said again and again is kept, within bounds, and survives a restart.
#define BOOST_TEST_MODULE phrase_cache
#include <boost/test/unit_test.hpp>

#include "adapters/speech/phrase_cache.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace unpod;
namespace fs = std::filesystem;

namespace {

struct folder_of_its_own {
  std::string path = make();
  ~folder_of_its_own() {
    fs::remove_all(path);
  }
  static std::string make() {
    auto pattern = (fs::temp_directory_path() / "phrases.XXXXXX").string();
    return mkdtemp(pattern.data());
  }
  std::size_t files() const {
    std::size_t count = 0;
    for (const auto& one : fs::directory_iterator{path})
      count += one.is_regular_file() ? 1 : 0;
    return count;
  }
};

phrase some(std::int16_t first, std::size_t samples = 1'000) {
  phrase made;
  made.pcm.assign(samples, first);
  made.words = {{"Hello", 0, 300'000}, {"there", 300'000, 600'000}};
  return made;
}

std::string key(const std::string& text) {
  return phrase_key("cartesia", {"en", "v", 1.0, "m"}, 16'000, text);
}

constexpr std::size_t plenty = 1 << 20;

} // namespace

BOOST_AUTO_TEST_CASE(only_what_is_said_again_is_wanted) {
  phrase_cache cache{"", plenty};
  BOOST_TEST(!cache.wanted(key("Hi")));
  BOOST_TEST(cache.wanted(key("Hi")));
  BOOST_TEST(!cache.wanted(key("Ho")));
  cache.keep(key("Hi"), some(7));
  BOOST_TEST(!cache.wanted(key("Hi"))); // it is there
  BOOST_REQUIRE(cache.find(key("Hi")));
  BOOST_TEST(cache.find(key("Hi"))->pcm.at(0) == 7);
  BOOST_TEST(cache.find(key("Hi"))->words.at(1).text == "there");
  BOOST_TEST(!cache.find(key("Ho")));
  BOOST_TEST(phrase_key("a", {"en", "v", 1.0, "m"}, 8'000, "Hi")
             != phrase_key("a", {"en", "w", 1.0, "m"}, 8'000, "Hi"));
}

BOOST_AUTO_TEST_CASE(what_was_seen_once_is_forgotten_in_time) {
  phrase_cache cache{"", plenty};
  cache.wanted(key("first"));
  for (std::size_t n = 0; n < phrases_seen_max; ++n)
    cache.wanted(key(std::to_string(n)));
  BOOST_TEST(!cache.wanted(key("first")));
}

BOOST_AUTO_TEST_CASE(the_oldest_go_when_there_is_no_room) {
  phrase_cache cache{"", 10'000}; // three of some 2,600 bytes
  for (const char* text : {"a", "b", "c"})
    cache.keep(key(text), some(1));
  BOOST_TEST(cache.size() == 3u);
  cache.find(key("a"));
  cache.keep(key("d"), some(1));
  BOOST_TEST(cache.bytes() <= 10'000u);
  BOOST_TEST(cache.find(key("a")));
  BOOST_TEST(!cache.find(key("b")));
  cache.keep(key("huge"), some(1, 20'000));
  BOOST_TEST(!cache.find(key("huge")));
  phrase_cache none{"", 0};
  none.keep(key("a"), some(1));
  BOOST_TEST(!none.wanted(key("a")));
  BOOST_TEST(none.size() == 0u);
}

BOOST_AUTO_TEST_CASE(phrases_survive_a_restart) {
  folder_of_its_own folder;
  {
    phrase_cache cache{folder.path, plenty};
    cache.keep(key("Hi"), some(7));
    cache.keep(key("Ho"), some(9));
  } // writes what waits
  BOOST_TEST(folder.files() == 2u);
  {
    phrase_cache cache{folder.path, plenty};
    BOOST_REQUIRE(cache.find(key("Hi")));
    BOOST_TEST((cache.find(key("Hi"))->pcm == some(7).pcm));
    BOOST_TEST(cache.find(key("Hi"))->words.at(1).to == 600'000);
    BOOST_TEST(cache.find(key("Ho")));
  }
  phrase_cache smaller{folder.path, 3'000};
  BOOST_TEST(smaller.size() == 1u);
  BOOST_TEST(folder.files() == 1u);
}

BOOST_AUTO_TEST_CASE(damaged_files_are_no_phrases) {
  folder_of_its_own folder;
  const auto whole = encoded_phrase(key("Hi"), some(7));
  BOOST_TEST(decoded_phrase(whole).first == key("Hi"));
  for (std::size_t size = 0; size < whole.size(); size += 7)
    BOOST_TEST(!decoded_phrase(whole.substr(0, size)).second);
  for (std::size_t at = 0; at < whole.size(); at += 5) {
    auto bad = whole;
    bad[at] = static_cast<char>(bad[at] ^ 0x40);
    BOOST_TEST(!decoded_phrase(bad).second);
  }
  std::ofstream{folder.path + "/0000000000000000.phrase"} << whole; // another's name
  std::ofstream{folder.path + "/1.phrase"} << "nonsense";
  std::ofstream{folder.path + "/2.phrase.part"} << "half";
  phrase_cache cache{folder.path, plenty};
  BOOST_TEST(cache.size() == 0u);
  BOOST_TEST(folder.files() == 0u);
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_written_costs_only_the_restart) {
  phrase_cache cache{"/proc/nowhere", plenty};
  cache.keep(key("Hi"), some(7));
  BOOST_TEST(cache.find(key("Hi")));
}
