// Backups of a node: where they may lie, one at a time, and always an answer.
#define BOOST_TEST_MODULE backups
#include <boost/test/unit_test.hpp>

#include "runtime/backups.hpp"
#include "tests/storage/scratch_folder.hpp"

#include <future>

using namespace unpod;

namespace {

struct backups_fixture {
  fixtures::scratch_folder folder;
  std::unique_ptr<backups> subject =
    std::make_unique<backups>(rocksdb_backend::open(folder.path("store")), folder.path("backups"));

  backup_outcome ask(const std::string& name) {
    std::promise<backup_outcome> answer;
    subject->begin(name, [&](const backup_outcome& outcome) { answer.set_value(outcome); });
    return answer.get_future().get();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(backups_tests, backups_fixture)

BOOST_AUTO_TEST_CASE(a_backup_lies_where_it_says) {
  const auto made = ask("monday");
  BOOST_TEST((made.why == refusal::none), made.words);
  BOOST_TEST(made.folder == folder.path("backups/monday"));
  BOOST_TEST(made.bytes > 0u);
  BOOST_TEST(std::filesystem::exists(made.folder + "/CURRENT"));
  const auto rights = std::filesystem::status(made.folder).permissions();
  BOOST_TEST((rights == std::filesystem::perms::owner_all));
  const auto again = ask("monday");
  BOOST_TEST((again.why == refusal::conflict));
  BOOST_TEST((ask("tuesday").why == refusal::none));
  BOOST_TEST((ask("").why == refusal::none)); // by the time
}

BOOST_AUTO_TEST_CASE(a_second_one_meanwhile_is_refused) {
  std::promise<void> first_is_through;
  std::promise<backup_outcome> second;
  subject->begin("first", [&](const backup_outcome&) { first_is_through.set_value(); });
  subject->begin("second", [&](const backup_outcome& outcome) { second.set_value(outcome); });
  const auto outcome = second.get_future().get();
  first_is_through.get_future().wait();
  // The first may have been quicker than this thread.
  BOOST_TEST((outcome.why == refusal::conflict || outcome.why == refusal::none));
}

BOOST_AUTO_TEST_CASE(nothing_outside_is_written) {
  for (const auto* name : {"../x", "/etc/x", "a/b", ".hidden", "..", ".", "a\nb", "/"})
    BOOST_TEST((ask(name).why == refusal::invalid), name);
  BOOST_TEST((ask(std::string(200, 'a')).why == refusal::invalid));
  BOOST_TEST((ask(folder.path("backups/whole")).why == refusal::none)); // right under it
  BOOST_TEST((ask(folder.path("backups/../x")).why == refusal::invalid));
  BOOST_TEST((ask(folder.path("backups")).why == refusal::invalid));
}

BOOST_AUTO_TEST_CASE(an_end_in_mid_backup_waits_for_it) {
  std::promise<backup_outcome> answer;
  subject->begin("last", [&](const backup_outcome& outcome) { answer.set_value(outcome); });
  subject.reset();
  auto future = answer.get_future();
  BOOST_TEST((future.wait_for(std::chrono::seconds{0}) == std::future_status::ready));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(a_name_of_time_sorts_by_it) {
  BOOST_TEST(name_of_time(0) == "1970-01-01T00-00-00.000Z");
  BOOST_TEST(name_of_time(1'700'000'000'007) == "2023-11-14T22-13-20.007Z");
}
