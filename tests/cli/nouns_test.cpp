// What is asked of a node for what was typed, and how its answers are shown.
#define BOOST_TEST_MODULE nouns
#include <boost/test/unit_test.hpp>

#include "cli/noun.hpp"
#include "cli/program.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace {

using namespace unpod;

/// A terminal before a node that answers what it was told to.
struct terminal {
  int type(std::vector<std::string> arguments) {
    cli::workshop workshop;
    workshop.ask = [this](const node_question& question) {
      asked.push_back(question);
      std::string why;
      node_reply bad;
      bad.what = node_reply::outcome::unasked;
      if (compose_body(question, body, bad.words))
        return read_reply(answer);
      return bad;
    };
    workshop.follow = [this](const node_question& question, const auto& see) {
      asked.push_back(question);
      for (const auto& event : events)
        see(event);
      return read_reply(answer);
    };
    workshop.in = &in;
    out.str("");
    err.str("");
    asked.clear();
    body.clear();
    return cli::run(std::move(arguments), workshop, out, err);
  }

  /// "POST /v1/pipes {…}" of the one question there was.
  std::string question(std::vector<std::string> arguments) {
    BOOST_TEST_INFO(arguments.front());
    if (type(std::move(arguments)) != 0 || asked.size() != 1)
      return "exit with: " + err.str();
    return asked[0].method + " " + asked[0].path + (body.empty() ? "" : " " + body);
  }

  void node_says(int status, std::string data) {
    answer = {status,
              status < 300 ? R"({"status_code":200,"message":"ok","data":)" + data + "}"
                           : R"({"detail":)" + data + "}",
              {}};
  }

  std::vector<node_question> asked;
  std::vector<plain_value> events; // what is followed
  std::string body;
  http_answer answer{200, R"({"data":{},"message":"ok"})", {}};
  std::istringstream in;
  std::ostringstream out, err;
};

/// A shell with a key, in a place with a known time.
struct shell {
  shell() {
    ::unsetenv("UNPOD_BASE_URL");
    ::setenv("UNPOD_API_KEY", "sk_secret", 1);
    ::setenv("TZ", "UTC", 1);
  }
};
BOOST_GLOBAL_FIXTURE(shell);

struct scratch_file {
  explicit scratch_file(const std::string& content) {
    auto pattern = (std::filesystem::temp_directory_path() / "nouns.XXXXXX").string();
    const int handle = ::mkstemp(pattern.data());
    BOOST_REQUIRE(handle >= 0);
    ::close(handle);
    path = pattern;
    std::ofstream{path} << content;
  }

  ~scratch_file() {
    std::filesystem::remove(path);
  }

  std::string path;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(flags_become_members_of_a_body, terminal) {
  BOOST_TEST(
    question({"pipe", "create", "bakery", "--agent-id", "baker", "--voice", "embedded-en",
              "--recording", "--max-call-duration-s", "60"})
    == R"(POST /v1/pipes {"name":"bakery","agent_id":"baker","voice_profile":"embedded-en",)"
       R"("recording":true,"max_call_duration_s":60})");
  BOOST_TEST(question({"pipe", "update", "PIPE_1", "--no-recording", "--greeting", "a \"b\" \n"})
             == R"(PATCH /v1/pipes/PIPE_1 {"recording":false,"greeting":"a \"b\" \n"})");
  BOOST_TEST(question({"number", "attach", "+14155550101", "--pipe", "PIPE_x"})
             == R"(POST /v1/numbers/+14155550101/attach {"pipe_id":"PIPE_x"})");
  BOOST_TEST(question({"key", "create", "laptop", "--scopes", "runner,read", "--scopes", "call"})
             == R"(POST /v1/api-keys {"name":"laptop","scopes":["runner","read","call"]})");
  BOOST_TEST(question({"trunk", "update", "TK_7", "--domain", "h"})
             == R"(PATCH /v1/trunks/TK_7 {"byo_config":{"sip_domain":"h"}})");
  BOOST_TEST(question({"tool", "set", "stock", "--tool-url", "https://x.y/"})
             == R"(PUT /v1/custom-tools/stock {"url":"https://x.y/"})");
  BOOST_TEST(question({"tool", "attach", "stock", "baker"})
             == R"(POST /v1/tools/stock/attach {"agent_id":"baker"})");
  BOOST_TEST(question({"dictionary", "set", "a b", "--vocabulary", R"([{"key":"rye"}])"})
             == R"(PUT /v1/domain-dictionaries/a%20b {"vocabulary":[{"key":"rye"}]})");
  BOOST_TEST(question({"dictionary", "clone", "a", "b"})
             == R"(POST /v1/domain-dictionaries/a/clone {"new_domain":"b"})");
  BOOST_TEST(question({"block", "list", "--archived"})
             == "GET /v1/analytics-blocks?include_archived=true");
  BOOST_TEST(question({"block", "detach", "ABK_1", "baker"})
             == "DELETE /v1/analytics-blocks/ABK_1/attach/baker");
  BOOST_TEST(question({"result", "list", "--limit", "5", "--skip", "10"})
             == "GET /v1/analytics-results?limit=5&skip=10");
  BOOST_TEST(question({"trunk", "attach", "TK_7", "+1415", "NUM_0099"})
             == R"(POST /telephony/trunks/TK_7/attach-numbers {"number_ids":[1415,99]})");
}

BOOST_FIXTURE_TEST_CASE(a_verb_without_words_still_asks, terminal) {
  BOOST_TEST(question({"number", "attach", "+1"}) == "POST /v1/numbers/+1/attach {}");
  BOOST_TEST(question({"call", "hangup", "SCL_1"}) == "POST /v1/calls/SCL_1/hangup");
  BOOST_TEST(question({"pipe", "delete", "P"}) == "DELETE /v1/pipes/P");
}

BOOST_FIXTURE_TEST_CASE(inner_members_make_their_objects, terminal) {
  BOOST_TEST(question({"agent", "create", "baker"})
             == R"(POST /v1/agents {"agent_id":"baker","brain":{"type":"runner"}})");
  BOOST_TEST(question({"agent", "update", "a", "--brain", "endpoint", "--ref", "https://x/v1",
                       "--model", "m"})
             == R"(PATCH /v1/agents/a {"brain":{"type":"endpoint","ref":"https://x/v1",)"
                R"("cfg":{"model":"m"}}})");
  scratch_file prompt{"Be kind.\nBe brief.\n"};
  BOOST_TEST(question({"agent", "create", "c", "--brain", "prompt", "--prompt-file", prompt.path})
             == R"(POST /v1/agents {"agent_id":"c","brain":{"type":"prompt",)"
                R"("ref":"Be kind.\nBe brief."}})");
}

BOOST_FIXTURE_TEST_CASE(a_body_from_a_file_is_joined_by_flags, terminal) {
  scratch_file file{R"({"name":"other","x":{"y":1}, "brain":{"type":"prompt"}})"};
  BOOST_TEST(question({"pipe", "create", "mine", "--body", file.path})
             == R"(POST /v1/pipes {"name":"mine","x":{"y":1},"brain":{"type":"prompt"}})");
  BOOST_TEST(question({"agent", "create", "a", "--body", file.path})
             == R"(POST /v1/agents {"name":"other","x":{"y":1},"brain":{"type":"prompt"},)"
                R"("agent_id":"a"})"); // a default yields to the file
  in.str(R"({"greeting":"hi"})");
  BOOST_TEST(question({"pipe", "update", "P", "--body", "-"})
             == R"(PATCH /v1/pipes/P {"greeting":"hi"})");
  BOOST_TEST(question({"session", "token", "P", "--metadata", R"({"table": 7})"})
             == R"(POST /v1/sessions/token {"pipe_id":"P","metadata":{"table":7}})");
}

BOOST_FIXTURE_TEST_CASE(bad_bodies_are_mistakes_of_usage, terminal) {
  for (const char* text : {"", "nonsense", "[1]", R"({"a":)", "{} {}"}) {
    in.clear();
    in.str(text);
    BOOST_TEST(type({"pipe", "create", "n", "--body", "-"}) == 2, text);
    BOOST_TEST(err.str().find("the body is ") != std::string::npos, err.str());
  }
  BOOST_TEST(type({"session", "token", "P", "--metadata", "{oops"}) == 2);
  BOOST_TEST(err.str().find("metadata is not JSON at byte 1") != std::string::npos, err.str());
  BOOST_TEST(type({"pipe", "create", "n", "--body", "/nonexistent/x"}) == 2);
  BOOST_TEST(err.str().find("/nonexistent/x cannot be read") != std::string::npos);
  BOOST_TEST(asked.empty());
  in.clear();
  in.str(std::string(1024 * 1024 + 1, ' '));
  BOOST_TEST(type({"pipe", "create", "n", "--body", "-"}) == 2);
  BOOST_TEST(err.str().find("is larger than") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(ids_and_filters_are_encoded, terminal) {
  BOOST_TEST(question({"pipe", "get", "a/b?c#d e%\xC3\xA9"})
             == "GET /v1/pipes/a%2Fb%3Fc%23d%20e%25%C3%A9");
  BOOST_TEST(question({"call", "list", "--status", "active", "--pipe", "a&b=c+d", "--limit", "5"})
             == "GET /v1/calls?call_status=active&pipe_id=a%26b%3Dc%2Bd&limit=5");
  BOOST_TEST(question({"pipe", "delete", "P", "--detach-numbers"})
             == "DELETE /v1/pipes/P?detach_numbers=true");
  BOOST_TEST(type({"pipe", "get", ""}) == 2);
  BOOST_TEST(err.str().find("PIPE is empty") != std::string::npos, err.str());
}

BOOST_FIXTURE_TEST_CASE(every_verb_of_every_noun_asks_one_question, terminal) {
  std::set<std::string> questions;
  for (const auto& what : cli::all_nouns())
    for (const auto& verb : what.verbs) {
      std::vector<std::string> words{what.name, verb.name};
      for (const auto& one : verb.fields)
        if (one.typed.is_place())
          words.push_back(verb.name == "level" ? "room=debug" : "word");
      BOOST_TEST(type(words) == 0, what.name + " " + verb.name + ": " + err.str());
      BOOST_REQUIRE(asked.size() == 1);
      BOOST_TEST(asked[0].path.find('{') == std::string::npos, asked[0].path);
      const auto method = asked[0].method;
      // A question may be asked to show its answer in another way.
      const bool seen = verb.sight != nullptr || verb.name == "show" || verb.name == "stats";
      BOOST_TEST((questions.insert(method + asked[0].path).second || seen), asked[0].path);
      BOOST_TEST(type({what.name, verb.name, "--help"}) == 0);
      BOOST_TEST(out.str().find("Usage: unpod " + what.name + " " + verb.name)
                 != std::string::npos);
    }
}

BOOST_FIXTURE_TEST_CASE(where_and_who_come_from_flags_before_the_environment, terminal) {
  type({"pipe", "list"});
  BOOST_TEST(asked.at(0).url == "http://127.0.0.1:8080");
  BOOST_TEST(asked.at(0).key == "sk_secret");
  ::setenv("UNPOD_BASE_URL", "http://h:1", 1);
  type({"pipe", "list"});
  BOOST_TEST(asked.at(0).url == "http://h:1");
  type({"pipe", "list", "--url", "http://i:2", "--key", "sk_other"});
  BOOST_TEST(asked.at(0).url == "http://i:2");
  BOOST_TEST(asked.at(0).key == "sk_other");
  ::unsetenv("UNPOD_BASE_URL");
  ::unsetenv("UNPOD_API_KEY");
  BOOST_TEST(type({"pipe", "list"}) == 2);
  BOOST_TEST(err.str().find("no API key.\n`unpod start` prints one") != std::string::npos);
  BOOST_TEST(asked.empty());
  ::setenv("UNPOD_API_KEY", "sk_secret", 1);
}

BOOST_FIXTURE_TEST_CASE(a_refusal_says_what_to_do_next, terminal) {
  const auto refused = [this](std::vector<std::string> words, int status, const char* detail,
                              const std::string& next) {
    node_says(status, detail);
    BOOST_TEST(type(std::move(words)) == 1);
    BOOST_TEST(out.str().empty());
    BOOST_TEST(err.str().find(next) != std::string::npos, err.str());
    BOOST_TEST(err.str().find("sk_secret") == std::string::npos);
  };
  refused({"pipe", "get", "x"}, 404, R"("there is no pipe 'x'")",
          "unpod pipe get: there is no pipe 'x'\n`unpod pipe list` shows them.\n");
  refused({"number", "attach", "+1", "--pipe", "x"}, 404, R"("there is no pipe 'x'")",
          "`unpod pipe list`");
  refused({"number", "get", "+1"}, 404, R"("Not Found")", "`unpod number list`");
  refused({"pipe", "create", "x", "--voice", "y"}, 422, R"("voice_profile_not_found: 'y'")",
          "`unpod profile list`");
  refused({"pipe", "create", "x"}, 422, R"("name is missing")", "`unpod pipe create --help`");
  refused({"key", "create", "k", "--space", "x"}, 404, R"("there is no project 'x'")",
          "`unpod space list`");
  refused({"key", "list"}, 401, R"("Not authenticated")", "set UNPOD_API_KEY or give --key");
  refused({"key", "list"}, 403, R"("it needs the scope 'admin'")", "`unpod key whoami`");
  refused({"key", "list"}, 404, R"("there is no /v1/api-keys here")", "program's version");
  refused({"key", "list"}, 409, R"({"code":"busy","message":"in use"})", "key list: in use\n");
  refused({"number", "attach", "+1"}, 409, R"("number_already_assigned: +1 …")", "number move");
  refused({"pipe", "delete", "p"}, 409, R"("has numbers; detach_numbers=true …")",
          "\n--detach-numbers detaches them too.\n");
  refused({"key", "list"}, 503, R"("starting")", "log");
  refused({"pipe", "get", "x"}, 404, R"("\u001b[2J\u0007no")", "unpod pipe get:  [2J no\n");
  answer = {500, "<html>", {}};
  BOOST_TEST(type({"pipe", "list"}) == 1);
  BOOST_TEST(err.str().find("HTTP status 500") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(nobody_there_is_told_apart, terminal) {
  answer = {0, {}, "nobody answers at 127.0.0.1:8080"};
  BOOST_TEST(type({"pipe", "list", "--json"}) == 3);
  BOOST_TEST(err.str().find("nobody answers at 127.0.0.1:8080\n`unpod start` runs a node here")
             != std::string::npos);
  answer = {200, "<html>", {}};
  BOOST_TEST(type({"pipe", "list"}) == 3);
}

BOOST_FIXTURE_TEST_CASE(lists_are_tables, terminal) {
  node_says(200, R"([{"pipe_id":"PIPE_1","name":"bakery","agent_id":"baker","recording":true,)"
                 R"("created":"2020-01-31T12:00:00.000Z","voice_profile_id":"v"},)"
                 R"({"pipe_id":"PIPE_22","name":"\u001b[31mred","agent_id":null,)"
                 R"("recording":false,"created":null,"voice_profile_id":"v"}])");
  BOOST_TEST(type({"pipe", "list"}) == 0);
  BOOST_TEST(out.str()
             == "PIPE     NAME      AGENT  VOICE  REC  CREATED\n"
                "PIPE_1   bakery    baker  v      yes  2020-01-31\n"
                "PIPE_22   [31mred         v\n");
  node_says(200, "[]");
  BOOST_TEST(type({"pipe", "list"}) == 0);
  BOOST_TEST(out.str().find("`unpod pipe create") != std::string::npos);
  BOOST_TEST(type({"pipe", "list", "--json"}) == 0);
  BOOST_TEST(out.str() == "[]\n");
}

BOOST_FIXTURE_TEST_CASE(times_and_numbers_are_left_out_rather_than_cut, terminal) {
  node_says(200, R"([{"call_id":"SCL_0123456789abcdefghijkl","status":"completed",)"
                 R"("started_at":"2020-01-31T12:00:00Z","from_number":"+14155550101",)"
                 R"("to_number":"+14155550102","duration_s":3725.5,"end_reason":"hangup"}])");
  BOOST_TEST(type({"call", "list"}) == 0);
  BOOST_TEST(out.str()
             == "CALL                        STATUS     STARTED     FROM          TO\n"
                "SCL_0123456789abcdefghijkl  completed  2020-01-31  +14155550101  +14155550102\n");
}

BOOST_FIXTURE_TEST_CASE(long_lists_say_how_they_go_on, terminal) {
  answer = {200,
            R"({"status_code":200,"message":"ok","data":[{"call_id":"SCL_1"}],)"
            R"("next_cursor":"abc"})",
            {}};
  for (const bool json : {false, true}) {
    std::vector<std::string> words{"call", "list"};
    if (json)
      words.push_back("--json");
    BOOST_TEST(type(words) == 0);
    BOOST_TEST(err.str().find("--cursor abc") != std::string::npos);
    BOOST_TEST(out.str().find("abc") == std::string::npos);
  }
}

BOOST_FIXTURE_TEST_CASE(one_thing_is_told_whole, terminal) {
  node_says(200, R"({"call_id":"SCL_1","agent_id":null,"started_at":"2026-01-31T12:00:00.000Z",)"
                 R"("data":{"a":[1,2],"b":{"c":"d"}},"tags":["x","y"],"empty":{},"ok":false,)"
                 R"("transcript":[{"role":"user","content":"two loaves",)"
                 R"("timestamp":"2026-01-31T12:00:03.000Z"},)"
                 R"({"role":"agent","content":"Of course","interrupted":true}]})");
  BOOST_TEST(type({"call", "get", "SCL_1"}) == 0);
  BOOST_TEST(out.str()
             == "call_id     SCL_1\n"
                "started_at  2026-01-31 12:00:00\n"
                "data.a      1, 2\n"
                "data.b.c    d\n"
                "tags        x, y\n"
                "ok          no\n"
                "\n"
                "transcript\n"
                "12:00:03  user   two loaves\n"
                "          agent  Of course [interrupted]\n");
  node_says(
    200,
    R"({"x":1,"name":"n","agent_id":"a","voices":[{"agent_id":"a","pipe_id":"PIPE_1","is_default":true}]})");
  BOOST_TEST(type({"agent", "get", "a"}) == 0);
  BOOST_TEST(
    out.str()
    == "agent_id  a\nname      n\nx         1\n\nvoices\nPIPE ID  IS DEFAULT\nPIPE_1   yes\n");
}

BOOST_FIXTURE_TEST_CASE(what_was_done_is_said, terminal) {
  answer = {204, {}, {}};
  BOOST_TEST(type({"pipe", "delete", "PIPE_1"}) == 0);
  BOOST_TEST(out.str() == "Pipe PIPE_1 is deleted.\n");
  BOOST_TEST(type({"pipe", "delete", "PIPE_1", "--json"}) == 0);
  BOOST_TEST(out.str() == "{}\n");
  node_says(200, R"({"call_id":"SCL_1","status":"active{call_id}"})");
  BOOST_TEST(type({"call", "hangup", "SCL_{status}"}) == 0);
  BOOST_TEST(out.str() == "Call SCL_{status} is told to end; its status is active{call_id}.\n");
  answer = {204, {}, {}};
  BOOST_TEST(type({"session", "end", "S"}) == 0);
  BOOST_TEST(out.str() == "Session S is told to end; its state is unknown.\n");
  node_says(201, R"({"key_id":"AK_1","raw_key":"sk_1_x"})");
  BOOST_TEST(type({"key", "create", "k"}) == 0);
  BOOST_TEST(out.str() == "key_id   AK_1\nraw_key  sk_1_x\nKeep the key: it is not shown again.\n");
  BOOST_TEST(type({"key", "create", "k", "--json"}) == 0);
  BOOST_TEST(out.str() == "{\"key_id\":\"AK_1\",\"raw_key\":\"sk_1_x\"}\n");
}

BOOST_FIXTURE_TEST_CASE(mistakes_in_typing_are_told_in_words, terminal) {
  const auto mistake = [this](std::vector<std::string> words, const std::string& said) {
    BOOST_TEST(type(std::move(words)) == 2);
    BOOST_TEST(err.str().find(said) != std::string::npos, err.str());
    BOOST_TEST(asked.empty());
  };
  mistake({"pipe"}, "unpod pipe: say what is to be done: list, get, create, update or delete\n");
  mistake({"pipe", "lst"}, "there is no verb \"lst\"");
  mistake({"pipe", "crete"}, "did you mean `unpod pipe create`?");
  mistake({"pipe", "get"}, "PIPE is required");
  mistake({"pipe", "get", "a", "b"}, "`unpod pipe get --help` shows how.");
  mistake({"pipe", "create", "n", "--max-call-duration-s", "0x10"},
          "not a whole number from 1 to 86400: 0x10");
  mistake({"call", "list", "--status", "dead"}, "--status");
  mistake({"completion", "csh"}, "SHELL");
}

BOOST_FIXTURE_TEST_CASE(a_name_may_be_the_name_of_a_verb, terminal) {
  BOOST_TEST(question({"pipe", "create", "demo"}) == R"(POST /v1/pipes {"name":"demo"})");
  BOOST_TEST(question({"pipe", "get", "list"}) == "GET /v1/pipes/list");
  BOOST_TEST(type({"help", "pipe", "create"}) == 0);
  const auto by_help = out.str();
  BOOST_TEST(type({"pipe", "create", "--help"}) == 0);
  BOOST_TEST(out.str() == by_help);
  BOOST_TEST(type({"help", "pipe", "x"}) == 2);
  BOOST_TEST(err.str().find("there is no `unpod pipe x`") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(events_are_shown_as_they_come, terminal) {
  event_reader reader;
  const std::string stream =
    "retry: 1000\n\nid: 3\nevent: user_turn\ndata: {\"seq\":3,\"at\":\"2026-11-21T16:20:00.125Z\","
    "\"call_id\":\"SCL_1\",\"kind\":\"user_turn\",\"data\":{\"text\":\"two "
    "\\u001b[2Jloaves\",\"turn\":1}}"
    "\n\n: still here\n\n";
  for (const char c : stream) // however it comes
    BOOST_TEST(reader.take(std::string(1, c), events));
  BOOST_REQUIRE(events.size() == 1u);
  BOOST_TEST(question({"call", "events", "SCL_1"}) == "GET /v1/calls/SCL_1/events?follow=false");
  BOOST_TEST(out.str() == "16:20:00.125  user_turn         \"two  [2Jloaves\"  turn=1\n");
  BOOST_TEST(question({"session", "events", "SCL_1", "--follow", "--after", "2", "--json"})
             == "GET /v1/sessions/SCL_1/events?follow=true&after=2");
  BOOST_TEST(out.str().rfind("{\"seq\":3,", 0) == 0u);
  node_says(404, "\"there is no call or session 'SCL_9'\"");
  BOOST_TEST(type({"call", "events", "SCL_9"}) == 1);
  event_reader other;
  BOOST_TEST(!other.take("data: <html>\n\n", events));
}
