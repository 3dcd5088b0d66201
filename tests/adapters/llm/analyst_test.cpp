// Analytics blocks over ended calls: what a model is asked, what of its answer counts, and
// the ANALYST, which goes on after a restart and gives up on nothing silently.
#define BOOST_TEST_MODULE llm_analyst
#include <boost/test/unit_test.hpp>

#include "adapters/json/json.hpp"
#include "adapters/llm/analyst.hpp"
#include "tests/fixtures/deterministic_system.hpp"
#include "tests/fixtures/fake_store.hpp"

using namespace unpod;

namespace {

analytics_block block_of(const std::string& id) {
  analytics_block block;
  block.id = id;
  block.project = "PRJ_1";
  block.name = "Orders";
  block.prompt = "What was ordered?";
  block.fields_json = R"([{"name":"item","type":"str"},{"name":"count","type":"int"},)"
                      R"({"name":"paid","type":"bool"},{"name":"price","type":"float"},)"
                      R"({"name":"size","type":"enum","choices":["s","l"]},)"
                      R"({"name":"names","type":"list[str]"}])";
  block.agents = "other baker";
  block.version = 3;
  return block;
}

call_record call_of(const std::string& id, int turns) {
  call_record call;
  call.id = call_id{id};
  call.project = "PRJ_1";
  call.agent = agent_id{"baker"};
  call.status = "completed";
  for (int i = 1; i <= turns; ++i) {
    call.transcript.push_back({"user", "two loaves " + std::to_string(i), 1, i, false, {}, {}});
    call.transcript.push_back({"agent", "With pleasure", 2, i, i == 1, {}, {}});
  }
  return call;
}

std::string chat_answer(const std::string& words) {
  json::writer out;
  out.object().key("choices").array().object().key("message").object();
  return out.field("content", words).end().end().end().end().str();
}

/// A way out that keeps what it was asked, and answers when the test says.
struct fake_way_out : outgoing_http {
  struct held : outgoing_exchange {
    void abort() override {
      aborted = true;
    }
    bool aborted = false;
  };
  struct line {
    outgoing_request request;
    std::shared_ptr<outgoing_listener> listener;
    std::shared_ptr<held> exchange;
  };
  std::vector<line> lines;

  std::shared_ptr<outgoing_exchange> send(outgoing_request request,
                                          std::shared_ptr<outgoing_listener> listener) override {
    lines.push_back({std::move(request), std::move(listener), std::make_shared<held>()});
    return lines.back().exchange;
  }
  void answer(std::size_t n, int status, const std::string& body, const std::string& why = {}) {
    if (status != 0) {
      lines[n].listener->began(status, "application/json");
      lines[n].listener->piece(body);
    }
    lines[n].listener->ended({status, why, false, milliseconds{120}});
  }
};

struct analyst_house : fixtures::deterministic_system {
  fixtures::fake_store store_data;
  services house = std::make_shared<service_book>();
  std::shared_ptr<fake_way_out> out = std::make_shared<fake_way_out>();
  llm_settings model{"https://model.example/", "small", "k"};
  int ids = 0;
  store_actor store =
    sys.spawn([this]() -> store_actor::behavior_type { return store_data.behavior(); });
  analyst_actor subject;

  analyst_house() {
    house->put(store);
    run();
  }
  ~analyst_house() {
    house->clear();
    if (subject)
      end(subject, caf::exit_reason::kill);
    end(store, caf::exit_reason::kill);
  }

  /// A call that ended, as the CALL keeps it.
  void ended(const call_record& call) {
    for (const auto& change : analysis_of(*store_data.records, call))
      store_data.records->put(change.record);
    store_data.records->put(call);
  }

  void begin() {
    analyst_setup setup;
    setup.house = house;
    setup.reader = store_data.records;
    setup.outgoing = out;
    setup.model = model;
    setup.new_id = [this](const std::string& prefix) { return prefix + std::to_string(++ids); };
    subject = sys.spawn(analyst, setup);
    run();
    advance(milliseconds{1});
  }

  std::vector<analytics_result> results() {
    return list<analytics_result>(*store_data.records, table::results, {});
  }
  std::size_t waiting() {
    return list<analysis_record>(*store_data.records, table::analyses, {}).size();
  }
};

} // namespace

BOOST_AUTO_TEST_CASE(a_model_is_asked_for_what_the_block_wants) {
  auto block = block_of("ABK_1");
  block.success_description = "Was it sold?";
  const auto request = ask_about(block, call_of("SCL_1", 2), {"https://m/", "small", "k"}, {});
  std::string why;
  const auto body = json::parse(request.body, 32, why);
  BOOST_REQUIRE(body);
  BOOST_TEST(*json::text(*body, "model") == "small");
  BOOST_TEST(!*json::flag(*body, "stream"));
  for (const auto* words : {"What was ordered?", "Was it sold?", "count", "Caller: two loaves 2",
                            "Agent: With pleasure (interrupted)"})
    BOOST_TEST(request.body.find(words) != std::string::npos, words);
  analyst_limits small;
  small.transcript_bytes_max = 60;
  const auto cut = ask_about(block, call_of("SCL_1", 20), {"https://m/", "", ""}, small);
  BOOST_TEST(cut.body.find("two loaves 20") != std::string::npos);
  BOOST_TEST(cut.body.find("two loaves 1\\n") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_of_its_type_counts_and_nothing_else) {
  analytics_result result;
  std::string why;
  BOOST_TEST(read_analysis(block_of("ABK_1"),
                           "Sure!\n```json\n{\"summary\":\"Sold.\",\"success\":true,\"data\":"
                           "{\"item\":\"loaf\",\"count\":2,\"paid\":\"yes\",\"price\":1.5,"
                           "\"size\":\"xl\",\"names\":[\"a\",\"b\"],\"extra\":1}}\n```",
                           32, result, why));
  BOOST_TEST(result.summary == "Sold.");
  BOOST_TEST(result.success_json == "true");
  BOOST_TEST(
    result.data_json
    == R"({"item":"loaf","count":2,"paid":null,"price":1.5,"size":null,"names":["a","b"]})");
  auto graded = block_of("ABK_2");
  graded.success_type = "enum";
  graded.success_choices_json = R"(["good","bad"])";
  BOOST_TEST(read_analysis(graded, R"({"summary":"x","success":"good"})", 32, result, why));
  BOOST_TEST(result.success_json == R"("good")");
  BOOST_TEST(
    read_analysis(graded, R"({"summary":"x","success":"great","data":7})", 32, result, why));
  BOOST_TEST(result.success_json == "null");
  for (const auto* bad : {"", "no", "{}", "{\"summary\":7}", "} {", "{\"summary\":\"x\""}) {
    why.clear();
    BOOST_TEST(!read_analysis(graded, bad, 32, result, why), bad);
    BOOST_TEST(!why.empty());
  }
}

BOOST_AUTO_TEST_CASE(a_block_may_skip_a_call) {
  auto block = block_of("ABK_1");
  BOOST_TEST(why_skipped(block, call_of("SCL_1", 0)) == "the call has no transcript");
  BOOST_TEST(why_skipped(block, call_of("SCL_1", 1)) == "");
  block.condition_json = R"({"min_turns":4})";
  BOOST_TEST(!why_skipped(block, call_of("SCL_1", 3)).empty());
  BOOST_TEST(why_skipped(block, call_of("SCL_1", 4)) == "");
}

BOOST_FIXTURE_TEST_CASE(an_ended_call_is_analysed, analyst_house) {
  store_data.records->put(block_of("ABK_1"));
  auto archived = block_of("ABK_2");
  archived.state = "archived";
  store_data.records->put(archived);
  auto others = block_of("ABK_3");
  others.agents = "other";
  store_data.records->put(others);
  begin();
  ended(call_of("SCL_1", 1));
  tell(subject, analyse_call{call_id{"SCL_1"}});
  advance(milliseconds{200});
  BOOST_REQUIRE(out->lines.size() == 1U);
  out->answer(0, 200, chat_answer(R"({"summary":"Sold.","success":true,"data":{"count":2}})"));
  run();
  BOOST_REQUIRE(results().size() == 1U);
  const auto result = results()[0];
  BOOST_TEST(result.status == "ok");
  BOOST_TEST(result.block == "ABK_1");
  BOOST_TEST(result.block_version == 3);
  BOOST_TEST(result.call.str() == "SCL_1");
  BOOST_TEST(result.summary == "Sold.");
  BOOST_TEST(result.model == "small");
  BOOST_TEST(result.latency_ms == 120);
  BOOST_TEST(waiting() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_call_without_blocks_waits_for_nobody, analyst_house) {
  ended(call_of("SCL_1", 1));
  BOOST_TEST(waiting() == 0U);
}

BOOST_FIXTURE_TEST_CASE(without_a_model_or_words_it_says_so, analyst_house) {
  model = {};
  store_data.records->put(block_of("ABK_1"));
  ended(call_of("SCL_1", 1));
  ended(call_of("SCL_2", 0));
  begin();
  advance(milliseconds{1});
  BOOST_REQUIRE(results().size() == 2U);
  for (const auto& one : results())
    if (one.call.str() == "SCL_1") {
      BOOST_TEST(one.status == "failed");
      BOOST_TEST(one.error.find("llm.url") != std::string::npos);
    } else {
      BOOST_TEST(one.status == "skipped");
    }
  BOOST_TEST(out->lines.empty());
  BOOST_TEST(waiting() == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_failing_model_is_asked_again_once, analyst_house) {
  store_data.records->put(block_of("ABK_1"));
  ended(call_of("SCL_1", 1));
  begin();
  out->answer(0, 0, "", "it broke");
  run();
  BOOST_REQUIRE(out->lines.size() == 2U);
  out->answer(1, 200, chat_answer("I cannot do that."));
  run();
  BOOST_REQUIRE(results().size() == 1U);
  BOOST_TEST(results()[0].status == "failed");
  BOOST_TEST(results()[0].error == "the model's answer holds no JSON object");
}

BOOST_FIXTURE_TEST_CASE(what_waits_outlives_a_restart_and_a_full_disk, analyst_house) {
  store_data.records->put(block_of("ABK_1"));
  for (int i = 0; i < 5; ++i)
    ended(call_of("SCL_" + std::to_string(i), 1));
  begin();
  BOOST_TEST(out->lines.size() == analyst_limits{}.at_once_max);
  end(subject, caf::exit_reason::kill);
  BOOST_TEST(out->lines[0].exchange->aborted);
  out->lines.clear();
  begin();
  BOOST_TEST(out->lines.size() == analyst_limits{}.at_once_max);
  store_data.refuses = refusal::disk_full;
  const auto good = chat_answer(R"({"summary":"Sold."})");
  for (std::size_t n = 0; n < out->lines.size(); ++n)
    out->answer(n, 200, good), run();
  BOOST_TEST(results().empty());
  BOOST_TEST(waiting() == 5U);
  store_data.refuses = refusal::none;
  out->lines.clear();
  std::size_t answered = 0;
  for (int looks = 0; looks < 20 && waiting() > 0; ++looks) {
    advance(analyst_limits{}.look_every);
    for (; answered < out->lines.size(); ++answered) {
      out->answer(answered, 200, good);
      run();
    }
  }
  BOOST_TEST(results().size() == 5U);
  BOOST_TEST(waiting() == 0U);
}
