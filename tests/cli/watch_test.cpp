// Actors, calls, nodes and machines as the command line shows them, and what chaos asks for.
#define BOOST_TEST_MODULE watch
#include <boost/test/unit_test.hpp>

#include "cli/actor_view.hpp"
#include "cli/doctor.hpp"
#include "cli/program.hpp"
#include "cli/story_view.hpp"

#include <cstdlib>
#include <deque>
#include <sstream>

using namespace unpod;

namespace {

/// A terminal before a node that gives these answers, one after the other.
struct terminal {
  terminal() {
    ::setenv("UNPOD_API_KEY", "sk_secret", 1);
    ::unsetenv("UNPOD_BASE_URL");
  }

  int type(std::vector<std::string> arguments) {
    cli::workshop workshop;
    workshop.columns = 100;
    workshop.ask = [this](const node_question& question) {
      std::string body, why;
      compose_body(question, body, why);
      asked.push_back(question.method + " " + question.path + (body.empty() ? "" : " " + body));
      const auto data = answers.empty() ? std::string{"{}"} : answers.front();
      if (answers.size() > 1)
        answers.pop_front();
      return read_reply({200, R"({"message":"ok","data":)" + data + "}", {}});
    };
    workshop.follow = [this](const node_question& question, const auto& see) {
      std::string body, why;
      compose_body(question, body, why);
      asked.push_back(question.method + " " + question.path + (body.empty() ? "" : " " + body));
      see(plain_value{}); // a sign of life
      for (const auto& event : events)
        see(event);
      return read_reply({200, {}, {}});
    };
    workshop.pause = [this](seconds) { return --pauses > 0; };
    out.str("");
    err.str("");
    asked.clear();
    return cli::run(std::move(arguments), workshop, out, err);
  }

  std::deque<std::string> answers;
  std::vector<plain_value> events;
  std::vector<std::string> asked;
  int pauses = 0;
  std::ostringstream out, err;
};

constexpr auto one_call = R"([{"id":"42","kind":"call","subject":"SCL_1","level":2,"age_s":5,
  "mailbox":0,"handled":3,"per_s":0,"p50_us":10,"p99_us":2000,"bytes":2048,"restarts":0}])";

plain_value value_of(const std::string& data) {
  return read_reply({200, R"({"message":"ok","data":)" + data + "}", {}}).data;
}

} // namespace

BOOST_AUTO_TEST_CASE(spans_sizes_and_ages_are_short) {
  BOOST_TEST(cli::short_span(0) == "");
  BOOST_TEST(cli::short_span(250) == "250 µs");
  BOOST_TEST(cli::short_span(12'345) == "12.3 ms");
  BOOST_TEST(cli::short_span(515'000) == "515 ms");
  BOOST_TEST(cli::short_span(1'234'567) == "1.2 s");
  BOOST_TEST(cli::short_size(700) == "700 B");
  BOOST_TEST(cli::short_size(2'048) == "2.0 KB");
  BOOST_TEST(cli::short_size(5e12) == "4.5 TB");
  BOOST_TEST(cli::age_text(-1) == "0 s");
  BOOST_TEST(cli::age_text(247) == "4:07");
  BOOST_TEST(cli::age_text(3'725) == "1:02:05");
  BOOST_TEST(cli::age_text(183'845) == "2 d 03:04");
}

BOOST_FIXTURE_TEST_SUITE(verbs, terminal)

BOOST_AUTO_TEST_CASE(actors_are_asked_for_and_shown) {
  answers = {one_call};
  BOOST_TEST(type({"actor", "tree", "--kind", "call", "--about", "SCL"}) == 0, err.str());
  BOOST_TEST(asked[0] == "GET /v1/actors?view=tree&kind=call&subject=SCL");
  BOOST_TEST(out.str().find("    call") != std::string::npos, out.str());
  BOOST_TEST(type({"top"}) == 0, err.str());
  BOOST_TEST(asked[0] == "GET /v1/actors?view=flat&sort=rate&limit=20");
  BOOST_TEST(type({"actor", "kill", "42"}) == 0);
  BOOST_TEST(asked[0] == "POST /v1/actors/42/kill");
  BOOST_TEST(type({"actor", "suspend", "42", "--seconds", "5"}) == 0);
  BOOST_TEST(asked[0] == R"(POST /v1/actors/42/suspend {"seconds":5})");
}

BOOST_AUTO_TEST_CASE(watching_asks_again_until_it_is_over) {
  answers = {one_call};
  pauses = 3;
  BOOST_TEST(type({"actor", "tree", "--watch", "1", "--json"}) == 0);
  BOOST_TEST(asked.size() == 3u);
  BOOST_TEST(type({"actor", "kill", "42", "--watch", "1"}) == 2);
}

BOOST_AUTO_TEST_CASE(a_room_is_let_say_more) {
  BOOST_TEST(type({"log", "level", "adapters.speech=debug"}) == 0, err.str());
  BOOST_TEST(asked[0] == R"(POST /v1/logs/levels {"room":"adapters.speech","level":"debug"})");
  BOOST_TEST(type({"log", "level", "loud"}) == 2);
  BOOST_TEST(err.str().find("written with a =") != std::string::npos, err.str());
}

BOOST_AUTO_TEST_CASE(runners_are_drained_under_both_names) {
  for (const auto* noun : {"worker", "runner"}) {
    BOOST_TEST(type({noun, "drain", "WRK_1"}) == 0, err.str());
    BOOST_TEST(asked[0] == "POST /v1/runners/WRK_1/drain");
  }
  BOOST_TEST(type({"runner", "--echo"}) == 2); // still the reference runner
}

BOOST_AUTO_TEST_CASE(a_call_is_told_in_a_paragraph_and_event_by_event) {
  answers = {R"({"why":"Call SCL_1 came in.","rows":[{"after_ms":900,"kind":"user_turn",
    "data":{"text":"two loaves","candidates":[{"worker_id":"W1","busy":1}]}}]})"};
  BOOST_TEST(type({"call", "why", "SCL_1"}) == 0);
  BOOST_TEST(out.str() == "Call SCL_1 came in.\n");
  BOOST_TEST(type({"call", "timeline", "SCL_1"}) == 0);
  BOOST_TEST(asked[0] == "GET /v1/calls/SCL_1/timeline");
  BOOST_TEST(out.str().find("text: two loaves, candidates: [worker_id: W1,") != std::string::npos,
             out.str());
}

BOOST_AUTO_TEST_CASE(a_trace_is_printed_as_it_comes) {
  events = {
    value_of(R"json({"what":"message","at":"2026-11-21T14:03:05.000Z","after_ms":12.5,"way":"in",
      "receiver":"42","receiver_name":"call SCL_1","sender":null,"sender_name":null,
      "type":"speech_started","bytes":30,"fields":"(speech_started(160, 2ms))"})json"),
    value_of(R"json({"what":"message","after_ms":1013.0,"way":"out","receiver":"43",
      "receiver_name":"synthesizer SCL_1","sender":"42","sender_name":"call SCL_1",
      "type":"speak_text","bytes":40,"fields":"(speak_text(1, <12 bytes>))"})json"),
    value_of(R"json({"what":"gap","lost":7})json"),
    value_of(R"json({"what":"end","why":"the time is over","messages":2,"lost":7})json")};
  BOOST_TEST(type({"actor", "trace", "42", "--seconds", "30"}) == 0, err.str());
  BOOST_TEST(asked[0] == R"(POST /v1/actors/42/trace {"seconds":30})");
  BOOST_TEST(out.str()
             == "   0.013 s  <- no actor                      (speech_started(160, 2ms))\n"
                "   1.013 s  -> synthesizer                   (speak_text(1, <12 bytes>))\n"
                "7 messages came too fast to be shown\n"
                "the time is over: 2 messages, 7 lost\n");
  BOOST_TEST(type({"actor", "trace", "42", "--words", "--json"}) == 0);
  BOOST_TEST(asked[0] == R"(POST /v1/actors/42/trace {"words":true})");
  BOOST_TEST(out.str().find(R"("way":"out")") != std::string::npos, out.str());
}

BOOST_AUTO_TEST_CASE(words_are_said_into_a_call) {
  answers = {R"({"call_id":"SCL_1","status":"on its way to the voice"})"};
  BOOST_TEST(type({"call", "say", "SCL_1", "One moment, please."}) == 0, err.str());
  BOOST_TEST(asked[0] == R"(POST /v1/calls/SCL_1/say {"text":"One moment, please."})");
  BOOST_TEST(out.str() == "Call SCL_1: it is on its way to the voice.\n");
  BOOST_TEST(type({"call", "say", "SCL_1"}) == 2);
}

/// All that scripts need: each reading verb as JSON, and again every so often.
BOOST_AUTO_TEST_CASE(what_is_read_is_read_as_json_and_again) {
  answers = {"[]"};
  const std::vector<std::vector<std::string>> reads{{"actor", "tree"},
                                                    {"actor", "top"},
                                                    {"actor", "show", "42"},
                                                    {"call", "list"},
                                                    {"call", "show", "SCL_1"},
                                                    {"call", "why", "SCL_1"},
                                                    {"call", "timeline", "SCL_1"},
                                                    {"runner", "list"},
                                                    {"node", "show"},
                                                    {"top"},
                                                    {"log", "tail"}};
  for (auto words : reads) {
    words.insert(words.end(), {"--json", "--watch", "1"});
    pauses = 2;
    BOOST_TEST(type(words) == 0, words[0] << " " << words[1] << ": " << err.str());
    BOOST_TEST(asked.size() == 2u);
    BOOST_TEST(out.str().find("[]") == 0u, out.str());
  }
}

BOOST_AUTO_TEST_CASE(chaos_chooses_a_victim_of_a_kind) {
  answers = {one_call};
  BOOST_TEST(type({"chaos", "kill", "call"}) == 0, err.str());
  BOOST_TEST(asked.size() == 2u);
  BOOST_TEST(asked[0] == "GET /v1/actors?view=flat&kind=call");
  BOOST_TEST(asked[1] == "POST /v1/actors/42/kill");
  BOOST_TEST(out.str() == "kill call SCL_1 (actor 42)\n");
  answers = {"[]"};
  BOOST_TEST(type({"chaos", "kill", "call"}) == 1);
  BOOST_TEST(err.str().find("no actor of the kind 'call' is alive") != std::string::npos,
             err.str());
}

BOOST_AUTO_TEST_CASE(chaos_goes_on_for_as_long_as_it_was_told) {
  answers = {one_call};
  pauses = 100;
  BOOST_TEST(type({"chaos", "slow", "call", "--every", "5", "--seconds", "20"}) == 0);
  BOOST_TEST(asked.size() == 8u);
  BOOST_TEST(asked[1] == R"(POST /v1/actors/42/chaos {"do":"slow","seconds":20,"ms":100})");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_CASE(a_machine_is_judged_and_told_what_helps) {
  cli::machine_facts good{65'536, true, true, 4, 9'000'000'000, true, "data", true};
  for (const auto& one : cli::findings_of(good)) {
    BOOST_TEST((one.is == cli::finding::how::well), one.what);
    BOOST_TEST(one.to_do.empty());
  }
  const cli::machine_facts poor{1'024, false, false, 1, 5, false, "data", false};
  for (const auto& one : cli::findings_of(poor)) {
    BOOST_TEST((one.is != cli::finding::how::well), one.what);
    BOOST_TEST(!one.to_do.empty(), one.what);
  }
}

BOOST_AUTO_TEST_CASE(a_port_is_judged_by_who_has_it) {
  cli::machine_facts machine;
  machine.listen = "127.0.0.1:8080";
  const std::string here = "http://127.0.0.1:8080";
  node_reply away, there;
  there.what = node_reply::outcome::answered;
  using how = cli::finding::how;
  using port = cli::machine_facts::port;
  const auto is = [&](port how_it_is, const std::string& url, const node_reply& node) {
    machine.port_is = how_it_is;
    return cli::port_finding(machine, url, node).is;
  };
  BOOST_TEST((is(port::free, here, away) == how::well));
  BOOST_TEST((is(port::taken, here, there) == how::well));
  BOOST_TEST((is(port::taken, here, away) == how::bad));
  BOOST_TEST((is(port::taken, "http://127.0.0.1:9000", there) == how::watch));
  BOOST_TEST((is(port::refused, here, away) == how::bad));
}

BOOST_AUTO_TEST_CASE(keys_of_providers_are_named_and_not_shown) {
  cli::machine_facts machine;
  machine.provider_keys = {{"DEEPGRAM_API_KEY", false}, {"OPENAI_API_KEY", false}};
  BOOST_TEST(cli::keys_finding(machine).to_do.find("DEEPGRAM_API_KEY, OPENAI_API_KEY")
             != std::string::npos);
  machine.provider_keys[0].second = true;
  BOOST_TEST(cli::keys_finding(machine).what == "provider keys here: DEEPGRAM_API_KEY");
  BOOST_TEST((cli::keys_finding(machine).is == cli::finding::how::well));
}

BOOST_AUTO_TEST_CASE(a_node_is_judged_too) {
  node_reply away;
  BOOST_TEST(cli::findings_of(away, {}).size() == 1u);
  node_reply node;
  node.what = node_reply::outcome::answered;
  node.data = value_of(R"({"status":"ok","uptime_s":5,"store":{"writable":false,"trouble":"full"},
    "limits":[{"name":"limits.calls_max","used":90,"most":100,"percent":90}],"media_ticks":10,
    "media_late_ticks":5,"actors":{"died":2},"seats":{"runners":0},
    "providers":[{"name":"embedded","state":"well"},{"name":"deepgram","state":"open",
      "last_failure":"closed with 1011"}]})");
  node_reply profiles;
  profiles.what = node_reply::outcome::answered;
  profiles.data = value_of(R"([{"available":true},{"available":false,"missing":"X_API_KEY"}])");
  std::string all;
  for (const auto& one : cli::findings_of(node, profiles))
    all += one.what + (one.is == cli::finding::how::bad ? "!" : "") + "; ";
  BOOST_TEST(all
             == "node: ok, up 5 s; store: full!; limits.calls_max: 90 of 100; media: 5 late of 10 "
                "ticks; actors: 2 died of something; runners: none; provider embedded: well; "
                "provider deepgram: open; 1 of 2 voice profiles can be used; ");
}
