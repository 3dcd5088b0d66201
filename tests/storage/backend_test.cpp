// The database and its twin in memory answer alike, whatever is done to them.
#define BOOST_TEST_MODULE backend
#include <boost/test/unit_test.hpp>

#include "storage/memory_backend.hpp"
#include "storage/rocksdb_backend.hpp"
#include "tests/storage/scratch_folder.hpp"

#include <boost/mpl/list.hpp>

#include <random>

#include <sys/stat.h>

using namespace unpod;

namespace {

using rows = std::vector<std::pair<std::string, std::string>>;

rows read(const key_view& view, const scan_range& range, std::size_t count = 1'000) {
  rows seen;
  BOOST_TEST(view.scan(range, [&](auto key, auto value) {
    seen.emplace_back(key, value);
    return seen.size() < count;
  }));
  return seen;
}

struct in_memory {
  memory_backend disk;
};

struct on_disk {
  fixtures::scratch_folder folder;
  std::shared_ptr<rocksdb_backend> owner = rocksdb_backend::open(folder.path("store"));
  rocksdb_backend& disk = *owner;
};

using both = boost::mpl::list<in_memory, on_disk>;

/// Short keys of few letters, the highest byte among them: prefixes meet often.
std::string random_key(std::mt19937_64& random) {
  std::string key;
  for (auto size = random() % 4; size > 0; --size)
    key.push_back("a/b\xff"[random() % 4]);
  return key;
}

} // namespace

BOOST_AUTO_TEST_CASE_TEMPLATE(a_batch_is_seen_whole, Where, both) {
  Where at;
  BOOST_TEST(at.disk.commit({{space::calls, "a", "1"}, {space::config, "a", "2"}}).ok());
  BOOST_TEST(*at.disk.get(space::calls, "a").value == "1");
  BOOST_TEST(*at.disk.get(space::config, "a").value == "2");
  BOOST_TEST(!at.disk.get(space::tokens, "a").value.has_value());
  BOOST_TEST(at.disk.commit({{space::calls, "a", std::nullopt}, {space::calls, "b", ""}}).ok());
  BOOST_TEST(!at.disk.get(space::calls, "a").value.has_value());
  BOOST_TEST(at.disk.get(space::calls, "b").value.has_value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_scan_stays_in_its_prefix_both_ways, Where, both) {
  Where at;
  key_batch batch;
  for (const auto* key : {"c1/1", "c1/2", "c1/3", "c10/1", "c0/9"})
    batch.push_back({space::journal, key, key});
  BOOST_TEST(at.disk.commit(batch).ok());
  const auto keys = [&](const scan_range& range, std::size_t count) {
    std::string all;
    for (const auto& row : read(at.disk, range, count))
      all += row.first + " ";
    return all;
  };
  BOOST_TEST(keys({space::journal, "c1/", "", false}, 9) == "c1/1 c1/2 c1/3 ");
  BOOST_TEST(keys({space::journal, "c1/", "", true}, 2) == "c1/3 c1/2 ");
  BOOST_TEST(keys({space::journal, "c1/", "c1/1", false}, 9) == "c1/2 c1/3 ");
  BOOST_TEST(keys({space::journal, "c1/", "c1/3", true}, 9) == "c1/2 c1/1 ");
  BOOST_TEST(keys({space::journal, "", "", true}, 1) == "c10/1 ");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_snapshot_stands_still, Where, both) {
  Where at;
  at.disk.commit({{space::calls, "a", "1"}});
  const auto before = at.disk.snapshot();
  at.disk.commit({{space::calls, "a", "2"}, {space::calls, "b", "2"}});
  BOOST_TEST(*before->get(space::calls, "a").value == "1");
  BOOST_TEST(read(*before, {space::calls, "", "", false}).size() == 1u);
  BOOST_TEST(read(at.disk, {space::calls, "", "", false}).size() == 2u);
}

BOOST_AUTO_TEST_CASE(the_twins_answer_alike) {
  in_memory memory;
  on_disk real;
  std::mt19937_64 random{3};
  for (int round = 0; round < 300; ++round) {
    key_batch batch;
    for (auto n = random() % 4; n > 0; --n) {
      const auto erased = random() % 3 == 0;
      batch.push_back({static_cast<space>(1 + random() % 2), "k" + random_key(random),
                       erased ? std::nullopt : std::optional{std::to_string(round)}});
    }
    BOOST_REQUIRE(memory.disk.commit(batch).ok());
    BOOST_REQUIRE(real.disk.commit(batch).ok());
    const scan_range range{static_cast<space>(1 + random() % 2),
                           random() % 4 == 0 ? "" : "k" + random_key(random),
                           random() % 2 == 0 ? "" : "k" + random_key(random), random() % 2 == 0};
    const auto count = 1 + random() % 5;
    BOOST_REQUIRE((read(memory.disk, range, count) == read(real.disk, range, count)));
  }
}

BOOST_AUTO_TEST_CASE(what_was_written_is_there_after_opening_again) {
  fixtures::scratch_folder folder;
  rocksdb_backend::open(folder.path("deep/store"))->commit({{space::calls, "a", "1"}});
  const auto again = rocksdb_backend::open(folder.path("deep/store"));
  BOOST_TEST(*again->get(space::calls, "a").value == "1");
  BOOST_TEST(*again->get(space::meta, format_key).value == format_value);
}

BOOST_AUTO_TEST_CASE(the_folder_is_its_owners_alone) {
  on_disk at;
  struct stat status {};
  BOOST_REQUIRE(stat(at.folder.path("store").c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 0777) == 0700u);
}

BOOST_AUTO_TEST_CASE(a_store_in_use_is_refused_with_words) {
  on_disk at;
  BOOST_CHECK_EXCEPTION(rocksdb_backend::open(at.folder.path("store")), std::runtime_error,
                        [](const auto& why) {
                          return std::string{why.what()}.find("can't open") != std::string::npos;
                        });
}

BOOST_AUTO_TEST_CASE(a_store_of_another_format_is_refused_with_words) {
  on_disk at;
  at.disk.commit({{space::meta, format_key, "2"}});
  at.owner.reset();
  BOOST_CHECK_EXCEPTION(
    rocksdb_backend::open(at.folder.path("store")), std::runtime_error,
    [](const auto& why) { return std::string{why.what()}.find("format 2") != std::string::npos; });
}
