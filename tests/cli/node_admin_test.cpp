// `unpod backup` and `unpod restore`: what is asked of the node, and what people read.
#define BOOST_TEST_MODULE node_admin
#include <boost/test/unit_test.hpp>

#include "cli/program.hpp"

#include <cstdlib>
#include <sstream>

namespace {

using namespace unpod;

/// A node that answers as it is told, and a command line in front of it.
struct terminal {
  int type(std::vector<std::string> arguments) {
    cli::workshop workshop;
    workshop.ask = [this](const node_question& question) {
      asked.push_back(question);
      return reply;
    };
    workshop.restore = [this](const restore_wishes& wishes) {
      restored.push_back(wishes);
      return 0;
    };
    out.str("");
    err.str("");
    return cli::run(std::move(arguments), workshop, out, err);
  }

  void answers(int status, const std::string& body) {
    http_answer answer;
    answer.status = status;
    answer.body = body;
    reply = read_reply(answer);
  }

  std::vector<node_question> asked;
  std::vector<restore_wishes> restored;
  node_reply reply;
  std::ostringstream out, err;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(a_backup_is_asked_of_the_node, terminal) {
  ::unsetenv("UNPOD_BASE_URL");
  answers(201, R"({"status_code":201,"message":"ok","data":{"folder":"/d/backups/a","bytes":9}})");
  BOOST_TEST(type({"backup", "--to", "a\"b", "--key", "sk_k"}) == 0);
  BOOST_REQUIRE_EQUAL(asked.size(), 1u);
  BOOST_TEST(asked[0].method == "POST");
  BOOST_TEST(asked[0].path == "/v1/backup");
  BOOST_TEST(asked[0].url == "http://127.0.0.1:8080");
  BOOST_TEST(asked[0].key == "sk_k");
  BOOST_REQUIRE_EQUAL(asked[0].members.size(), 1u);
  BOOST_TEST(asked[0].members[0].json == R"("a\"b")");
  BOOST_TEST(out.str().find("/d/backups/a") != std::string::npos);
  BOOST_TEST(type({"backup", "--json"}) == 0);
  BOOST_TEST(asked[1].members.empty());
  BOOST_TEST(out.str() == "{\"folder\":\"/d/backups/a\",\"bytes\":9}\n");
}

BOOST_FIXTURE_TEST_CASE(a_backup_that_is_refused_says_why, terminal) {
  answers(409, R"({"detail":"a backup is under way; try again when it is done"})");
  BOOST_TEST(type({"backup"}) == 1);
  BOOST_TEST(err.str().find("a backup is under way") != std::string::npos);
  reply = {};
  reply.words = "nobody listens";
  BOOST_TEST(type({"backup"}) == 3);
  BOOST_TEST(err.str().find("`unpod start`") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_restore_is_done_as_typed, terminal) {
  BOOST_TEST(type({"restore", "--from", "b"}) == 0);
  BOOST_TEST(restored[0].from == "b");
  BOOST_TEST(restored[0].data_dir == "unpod-data");
  BOOST_TEST(!restored[0].force);
  BOOST_TEST(type({"restore", "--from", "b", "--data-dir", "d", "--force"}) == 0);
  BOOST_TEST(restored[1].data_dir == "d");
  BOOST_TEST(restored[1].force);
  BOOST_TEST(type({"restore"}) == 2);
  BOOST_TEST(restored.size() == 2u);
}
