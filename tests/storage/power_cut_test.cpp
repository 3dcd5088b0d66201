// Power cuts and failing disks under load: nothing acknowledged is ever lost, and
// a disk that is well again is used again.
#define BOOST_TEST_MODULE power_cut
#include <boost/test/unit_test.hpp>

#include "messages/log.hpp"
#include "storage/reader.hpp"
#include "storage/rocksdb_backend.hpp"
#include "tests/storage/fault_file_system.hpp"
#include "tests/storage/scratch_folder.hpp"
#include "tests/storage/write_load.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

#include <array>
#include <atomic>
#include <thread>

using namespace unpod;
using namespace fixtures;
using namespace std::chrono_literals;
namespace data = boost::unit_test::data;

namespace {

/// Small enough that memtables are written out and tables merged within a round.
rocksdb_bounds tiny() {
  rocksdb_bounds bounds;
  bounds.memtable_bytes = 128 * 1024;
  bounds.memtables_bytes_max = 256 * 1024;
  bounds.log_bytes_max = 256 * 1024;
  bounds.probe_bytes = 4 * 1024;
  bounds.readers_wait = 20ms;
  return bounds;
}

struct fault_fixture {
  scratch_folder folder;
  std::shared_ptr<fault_file_system> files =
    std::make_shared<fault_file_system>(folder.path("attic"), 7);
  std::shared_ptr<rocksdb_backend> disk;
  std::shared_ptr<store_engine> engine;
  store_reader_ptr reader;
  mono_time now{1s};
  std::vector<std::string> lines;

  fault_fixture() {
    set_log_sink([this](auto, auto&, auto&, auto& words) { lines.push_back(words); });
    open();
  }

  ~fault_fixture() {
    set_log_sink({});
  }

  void open() {
    disk = rocksdb_backend::open(folder.path("store"), tiny(), files);
    engine = std::make_shared<store_engine>(disk, store_limits{});
    reader = make_reader(disk, {});
  }

  void close() {
    reader.reset();
    engine.reset();
    disk.reset();
  }

  store_answer write(const std::string& id, const std::string& name) {
    store_answer given;
    engine->post(store_write{{{store_change::what::put, make_pipe(id, name)}}},
                 [&](store_answer answer) { given = std::move(answer); });
    engine->step(now, 0);
    return given;
  }

  std::string read(const std::string& id) const {
    const auto pipe = find<pipe_record>(*reader, table::pipes, id);
    return pipe ? pipe->name : "";
  }

  /// Lets the time pass after which an ailing disk is tried again.
  void try_again() {
    now += 1s;
    engine->step(now, 0);
  }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_power_cut_loses_nothing_that_was_acknowledged, fault_fixture) {
  std::mt19937_64 random{11};
  write_load load{12};
  int cuts_while_opening = 0;
  for (int round = 0; round < 60; ++round) {
    BOOST_TEST_INFO_SCOPE("round " << round);
    files->cut_after(1 + random() % (random() % 2 == 0 ? 30 : 400));
    while (!files->is_off()) {
      const bool ails = random() % 30 == 0; // and the power may go while it heals
      files->fail_with(ails ? std::array{ENOSPC, EROFS, EIO}[random() % 3] : 0, random() % 2 == 0);
      load.run(engine, now);
      now += ails ? 1'000ms : 1ms;
    }
    files->fail_with(0);
    close();
    files->restore_power();
    if (random() % 4 == 0) { // the power goes once more, while the store is opened
      files->cut_after(1 + random() % 20);
      try {
        open();
      } catch (const std::runtime_error&) {
        ++cuts_while_opening;
      }
      close();
      files->restore_power();
    }
    open();
    load.check(*reader, *engine);
  }
  BOOST_TEST(load.acknowledged() > 2'000u);
  BOOST_TEST(cuts_while_opening > 5);
}

// The test's disk really forgets: what was written without a sync goes.
BOOST_FIXTURE_TEST_CASE(what_no_sync_covered_goes, fault_fixture) {
  const auto path = folder.path("file");
  int whole = 0;
  for (int i = 0; i < 50; ++i) {
    {
      std::unique_ptr<rocksdb::FSWritableFile> file;
      BOOST_REQUIRE(files->NewWritableFile(path, {}, &file, nullptr).ok());
      BOOST_REQUIRE(file->Append("synced", {}, nullptr).ok());
      BOOST_REQUIRE(file->Sync({}, nullptr).ok());
      BOOST_REQUIRE(file->Append(" or not", {}, nullptr).ok());
    }
    std::unique_ptr<rocksdb::FSDirectory> root;
    BOOST_REQUIRE(files->NewDirectory(folder.root.string(), {}, &root, nullptr).ok());
    BOOST_REQUIRE(root->Fsync({}, nullptr).ok());
    files->restore_power();
    std::string left;
    BOOST_REQUIRE(
      rocksdb::ReadFileToString(rocksdb::FileSystem::Default().get(), path, &left).ok());
    BOOST_TEST(left.substr(0, 6) == "synced");
    whole += left == "synced or not";
  }
  BOOST_TEST(whole < 25);
}

BOOST_DATA_TEST_CASE_F(fault_fixture, a_failing_disk_refuses_serves_reads_and_heals,
                       data::make({ENOSPC, EROFS, EIO}) * data::make({false, true}), error,
                       syncs_only) {
  BOOST_REQUIRE((write("p1", "one").why == refusal::none));
  files->fail_with(error, syncs_only);
  const auto expected = error == EIO ? refusal::unavailable : refusal::disk_full;
  for (int i = 0; i < 5; ++i, now += 100ms) {
    const auto answer = write("p2", "two");
    BOOST_TEST((answer.why == expected));
    BOOST_TEST(!answer.words.empty());
    BOOST_TEST(read("p1") == "one");
  }
  try_again();
  BOOST_TEST(!engine->health(now).writable);
  BOOST_TEST(read("p1") == "one");
  BOOST_TEST(lines.size() == 1u);
  files->fail_with(0);
  try_again();
  BOOST_TEST(engine->health(now).writable);
  BOOST_TEST(lines.size() == 2u);
  BOOST_REQUIRE((write("p3", "three").why == refusal::none));
  close();
  files->restore_power();
  open();
  BOOST_TEST(read("p1") == "one");
  BOOST_TEST(read("p3") == "three");
}

BOOST_FIXTURE_TEST_CASE(a_hiccup_of_the_disk_refuses_nobody, fault_fixture) {
  write_load load{13};
  std::mt19937_64 random{14};
  for (int i = 0; i < 20; ++i) {
    files->fail_with(i % 2 == 0 ? EIO : ENOSPC, random() % 2 == 0);
    load.run(engine, now);
    files->fail_with(0);
    try_again();
    BOOST_TEST(engine->health(now).writable);
    for (int j = 0; j < 10; ++j)
      load.run(engine, now);
  }
  close();
  files->restore_power();
  open();
  load.check(*reader, *engine);
}

BOOST_FIXTURE_TEST_CASE(readers_see_every_answered_write_while_it_heals, fault_fixture) {
  BOOST_REQUIRE((write("p1", "one").why == refusal::none));
  std::atomic<bool> over{false};
  std::atomic<int> reads{0}, misses{0};
  std::thread looking{[&] {
    while (!over) {
      misses += read("p1") == "one" ? 0 : 1;
      ++reads;
    }
  }};
  for (int i = 0; i < 10; ++i) {
    files->fail_with(EIO);
    BOOST_TEST((write("p2", "two").why != refusal::none));
    files->fail_with(0);
    try_again();
    BOOST_TEST(engine->health(now).writable);
  }
  over = true;
  looking.join();
  BOOST_TEST(misses == 0);
  BOOST_TEST(reads > 0);
}

BOOST_FIXTURE_TEST_CASE(a_snapshot_that_is_held_puts_healing_off, fault_fixture) {
  BOOST_REQUIRE((write("p1", "one").why == refusal::none));
  auto held = disk->snapshot();
  files->fail_with(EIO);
  BOOST_TEST((write("p2", "two").why == refusal::unavailable));
  files->fail_with(0);
  try_again();
  BOOST_TEST(!engine->health(now).writable);
  BOOST_TEST(held->get(space::config, "pipe/p1").value.has_value());
  held.reset();
  try_again();
  BOOST_TEST(engine->health(now).writable);
}
