// A backup taken under load holds every write that was acknowledged before, each whole;
// and it comes back only where that harms nobody.
#define BOOST_TEST_MODULE backup
#include <boost/test/unit_test.hpp>

#include "storage/backup.hpp"
#include "storage/open_store.hpp"
#include "tests/storage/sample_records.hpp"
#include "tests/storage/scratch_folder.hpp"

#include <array>
#include <atomic>
#include <fstream>
#include <functional>
#include <future>
#include <thread>

using namespace unpod;
using namespace fixtures;

namespace {

/// Keeps a store busy: chains of writes, each of records in three spaces, one after
/// the other was acknowledged.
class busy_store {
public:
  explicit busy_store(const std::string& folder) : running_(open_store(folder, {}, 0)) {
    for (std::size_t chain = 0; chain < chains; ++chain)
      post(chain);
  }
  ~busy_store() {
    stopping_ = true;
    for (auto& over : over_)
      over.get_future().wait();
  }

  /// How far each chain is known to have come.
  std::vector<std::uint64_t> acknowledged() const {
    std::vector<std::uint64_t> all;
    for (const auto& count : acknowledged_)
      all.push_back(count);
    return all;
  }
  void wait_for(std::uint64_t more) const {
    const auto from = acknowledged_[0].load();
    while (acknowledged_[0] < from + more)
      std::this_thread::yield();
  }
  rocksdb_backend& disk() {
    return *running_.disk;
  }

  static constexpr std::size_t chains = 8;

  static std::string id(std::size_t chain, std::uint64_t n) {
    return std::to_string(chain) + "-" + std::to_string(n);
  }

private:
  void post(std::size_t chain) {
    const auto n = acknowledged_[chain] + 1;
    auto call = make_call("c" + id(chain, n), "completed");
    call.instructions = std::string(700, 'x');
    running_.engine->post(
      store_write{
        {{store_change::what::create, make_pipe("p" + id(chain, n), "n")},
         {store_change::what::create, std::move(call)},
         {store_change::what::create, make_token("t" + id(chain, n), 9'000'000'000'000)}}},
      [this, chain](const store_answer& answer) {
        if (answer.why == refusal::none)
          ++acknowledged_[chain];
        else
          stopping_ = true;
        stopping_ ? over_[chain].set_value() : post(chain); // on the store thread
      });
  }

  std::array<std::atomic<std::uint64_t>, chains> acknowledged_{};
  std::array<std::promise<void>, chains> over_;
  std::atomic<bool> stopping_{false};
  running_store running_;
};

/// What of the chains is in this store: all up to a point, each write whole.
void check_chains(const store_reader& reader, const std::vector<std::uint64_t>& at_least) {
  for (std::size_t chain = 0; chain < at_least.size(); ++chain)
    for (std::uint64_t n = 1; n <= at_least[chain] + 20; ++n) {
      const auto id = busy_store::id(chain, n);
      const bool pipe = reader.find(table::pipes, "p" + id).has_value();
      const bool call = reader.find(table::calls, "c" + id).has_value();
      const bool token = reader.find(table::tokens, "t" + id).has_value();
      BOOST_REQUIRE_MESSAGE(pipe == call && call == token, "half a write: " << id);
      BOOST_REQUIRE_MESSAGE(pipe || n > at_least[chain], "lost: " << id);
    }
}

restore_wish wish(const scratch_folder& folder, const std::string& from, const std::string& to,
                  bool replace = false) {
  return {folder.path(from), folder.path(to), replace, 7};
}

void make_store(const std::string& folder, const std::string& pipe) {
  const auto running = open_store(folder, {}, 0);
  std::promise<void> done;
  running.engine->post(store_write{{{store_change::what::create, make_pipe(pipe, "n")}}},
                       [&](const store_answer& answer) {
                         BOOST_TEST((answer.why == refusal::none));
                         done.set_value();
                       });
  done.get_future().wait();
}

bool holds(const std::string& folder, const std::string& pipe) {
  return open_store(folder, {}, 0).reader->find(table::pipes, pipe).has_value();
}

} // namespace

BOOST_AUTO_TEST_CASE(a_backup_under_load_holds_all_that_was_acknowledged) {
  scratch_folder folder;
  std::vector<std::vector<std::uint64_t>> before;
  {
    busy_store store{folder.path("store")};
    for (int round = 0; round < 4; ++round) {
      store.wait_for(30);
      before.push_back(store.acknowledged());
      const auto made = back_up(store.disk(), folder.path("backups/" + std::to_string(round)));
      BOOST_REQUIRE_MESSAGE(made.disk.ok(), made.disk.words);
      BOOST_TEST(made.bytes > 0u);
      store.wait_for(1); // nobody was stopped
    }
  }
  for (std::size_t round = 0; round < before.size(); ++round) {
    std::string why;
    const auto name = std::to_string(round);
    BOOST_REQUIRE_MESSAGE(restore(wish(folder, "backups/" + name, "node" + name + "/store"), why),
                          why);
    check_chains(*open_store(folder.path("node" + name + "/store"), {}, 0).reader, before[round]);
  }
}

BOOST_AUTO_TEST_CASE(a_backup_is_not_written_over) {
  scratch_folder folder;
  make_store(folder.path("store"), "p1");
  const auto disk = rocksdb_backend::open(folder.path("store"));
  BOOST_TEST(back_up(*disk, folder.path("backups/a")).disk.ok());
  BOOST_TEST(!back_up(*disk, folder.path("backups/a")).disk.ok());
  std::filesystem::create_directories(folder.path("backups/b.part")); // of one cut short
  BOOST_TEST(back_up(*disk, folder.path("backups/b")).disk.ok());
  BOOST_TEST(!std::filesystem::exists(folder.path("backups/b.part")));
}

BOOST_AUTO_TEST_CASE(a_restored_store_and_its_backup_are_two) {
  scratch_folder folder;
  make_store(folder.path("store"), "p1");
  BOOST_TEST(back_up(*rocksdb_backend::open(folder.path("store")), folder.path("b")).disk.ok());
  std::string why;
  BOOST_REQUIRE_MESSAGE(restore(wish(folder, "b", "new/store"), why), why);
  make_store(folder.path("new/store"), "p2");
  BOOST_TEST(holds(folder.path("new/store"), "p1"));
  BOOST_REQUIRE_MESSAGE(restore(wish(folder, "b", "newer/store"), why), why);
  BOOST_TEST(!holds(folder.path("newer/store"), "p2"));
}

BOOST_AUTO_TEST_CASE(a_store_that_is_there_is_put_aside_only_when_told) {
  scratch_folder folder;
  make_store(folder.path("old"), "p1");
  BOOST_TEST(back_up(*rocksdb_backend::open(folder.path("old")), folder.path("b")).disk.ok());
  make_store(folder.path("store"), "p2");
  std::string why;
  BOOST_TEST(!restore(wish(folder, "b", "store"), why));
  BOOST_TEST(why.find("--force") != std::string::npos, why);
  BOOST_TEST(holds(folder.path("store"), "p2"));
  BOOST_REQUIRE_MESSAGE(restore(wish(folder, "b", "store", true), why), why);
  BOOST_TEST(holds(folder.path("store"), "p1"));
  BOOST_TEST(!holds(folder.path("store"), "p2"));
  BOOST_TEST(holds(folder.path("store.before-7"), "p2"));
}

BOOST_AUTO_TEST_CASE(a_running_node_keeps_its_store) {
  scratch_folder folder;
  make_store(folder.path("store"), "p1");
  const auto running = rocksdb_backend::open(folder.path("store"));
  BOOST_TEST(back_up(*running, folder.path("b")).disk.ok());
  std::string why;
  for (const bool force : {false, true}) {
    BOOST_TEST(!restore(wish(folder, "b", "store", force), why));
    BOOST_TEST(why.find("a node has") != std::string::npos, why);
  }
  BOOST_TEST(running->commit({{space::config, "x", "y"}}).ok());
}

BOOST_AUTO_TEST_CASE(what_is_no_backup_changes_nothing) {
  scratch_folder folder;
  make_store(folder.path("store"), "p1");
  std::string why;
  BOOST_TEST(!restore(wish(folder, "nowhere", "store", true), why));
  BOOST_TEST(why.find("is no backup") != std::string::npos, why);
  BOOST_TEST(back_up(*rocksdb_backend::open(folder.path("store")), folder.path("b")).disk.ok());
  std::ofstream{folder.path("b/CURRENT")} << "MANIFEST-999999\n";
  BOOST_TEST(!restore(wish(folder, "b", "store", true), why));
  BOOST_TEST(holds(folder.path("store"), "p1"));
}
