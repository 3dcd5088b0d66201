// A process that is killed in mid-write loses nothing it acknowledged.
#define BOOST_TEST_MODULE kill
#include <boost/test/unit_test.hpp>

#include "storage/open_store.hpp"
#include "tests/storage/sample_records.hpp"
#include "tests/storage/scratch_folder.hpp"

#include <array>
#include <csignal>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

using namespace unpod;
using namespace fixtures;

namespace {

/// A child that waits for a byte, then writes calls for ever and says each id that
/// was acknowledged. Forked before this process has any thread.
struct victim {
  int go = -1;  // a byte makes it start
  int ids = -1; // it says a number, a line each
  pid_t pid = -1;
};

[[noreturn]] void write_for_ever(const std::string& folder, int round, int go, int ids) {
  char byte = 0;
  if (read(go, &byte, 1) != 1)
    _exit(0); // the parent is gone
  const auto running = open_store(folder, {}, 0);
  std::uint64_t next = 0;
  std::function<void()> post = [&] {
    const auto id = "c" + std::to_string(round) + "-" + std::to_string(++next);
    auto call = make_call(id, "active");
    call.instructions = std::string(500, 'x') + id;
    running.engine->post(store_write{{{store_change::what::create, call}}},
                         [&post, ids, id](const store_answer& answer) {
                           const auto line = id + "\n";
                           if (answer.why != refusal::none
                               || write(ids, line.data(), line.size()) < 0)
                             _exit(1);
                           post(); // on the store thread: one after the other
                         });
  };
  for (int chains = 0; chains < 8; ++chains)
    running.engine->append(make_entry("c-journal", static_cast<std::uint64_t>(chains)), mono_now());
  post();
  for (;;)
    pause();
}

victim fork_victim(const std::string& folder, int round) {
  std::array<int, 2> go{}, ids{};
  BOOST_REQUIRE(pipe(go.data()) == 0);
  BOOST_REQUIRE(pipe(ids.data()) == 0);
  const auto pid = fork();
  BOOST_REQUIRE(pid >= 0);
  if (pid == 0) {
    close(go[1]);
    close(ids[0]);
    write_for_ever(folder, round, go[0], ids[1]);
  }
  close(go[0]);
  close(ids[1]);
  return {go[1], ids[0], pid};
}

/// Starts it, kills it after `count` acknowledgements, and returns all it said.
std::set<std::string> run_and_kill(const victim& child, std::size_t count) {
  BOOST_REQUIRE(write(child.go, "g", 1) == 1);
  std::set<std::string> acknowledged;
  std::string text;
  std::array<char, 4096> buffer{};
  bool killed = false;
  for (;;) {
    const auto size = read(child.ids, buffer.data(), buffer.size());
    if (size <= 0)
      break;
    text.append(buffer.data(), static_cast<std::size_t>(size));
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
      BOOST_TEST(acknowledged.insert(text.substr(0, end)).second);
      text.erase(0, end + 1);
    }
    if (!killed && acknowledged.size() >= count)
      killed = kill(child.pid, SIGKILL) == 0;
  }
  int status = 0;
  BOOST_REQUIRE(waitpid(child.pid, &status, 0) == child.pid);
  BOOST_TEST((WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
  close(child.go);
  close(child.ids);
  return acknowledged;
}

} // namespace

BOOST_AUTO_TEST_CASE(a_killed_process_loses_nothing_it_acknowledged) {
  constexpr int rounds = 6;
  scratch_folder folder;
  const auto path = folder.path("store");
  std::vector<victim> children;
  for (int round = 0; round < rounds; ++round)
    children.push_back(fork_victim(path, round));
  std::set<std::string> all;
  for (int round = 0; round < rounds; ++round) {
    const auto said = run_and_kill(children[round], 40 + 37 * static_cast<std::size_t>(round));
    BOOST_TEST(said.size() >= 40u);
    all.insert(said.begin(), said.end());
    const auto running = open_store(path, {}, 1'000);
    BOOST_TEST(running.repaired.calls_ended >= said.size());
    for (const auto& id : all) {
      const auto call = find<call_record>(*running.reader, table::calls, id);
      BOOST_REQUIRE_MESSAGE(call.has_value(), "lost: " << id);
      BOOST_TEST(call->instructions == std::string(500, 'x') + id);
      BOOST_TEST(call->end_reason == "node_lost");
    }
  }
}
