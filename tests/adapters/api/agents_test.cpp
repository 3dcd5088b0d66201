// Agents over the API: changed as a group, their voices come and go, and no secret of a
// brain is ever shown.
#define BOOST_TEST_MODULE agents
#include <boost/test/unit_test.hpp>

#include "messages/brain.hpp"
#include "tests/adapters/api/api_fixture.hpp"

using namespace fixtures;

namespace {

struct agents_fixture : api_fixture {
  agents_fixture() : api_fixture(three_voices) {
    make("a", R"({"type":"runner"})");
  }

  static void three_voices(api_setup& setup) {
    std::vector<voice_profile> voices;
    for (const auto* name : {"Nova", "Echo", "Riya"}) {
      voice_profile voice;
      voice.name = name;
      voice.id = "VP_" + std::to_string(voices.size() + 1);
      voices.push_back(voice);
    }
    setup.profiles = std::make_shared<const std::vector<voice_profile>>(voices);
  }

  void make(const std::string& agent, const std::string& brain) {
    data(call("POST", "/v1/agents", R"({"agent_id":")" + agent + R"(","brain":)" + brain + "}"),
         201);
  }

  json::document agent(const std::string& id = "a") {
    return data(call("GET", "/v1/agents/" + id), 200);
  }

  /// "VP_1*,VP_2": the voices in order, the default with a star.
  std::string voices(const std::string& id = "a") {
    std::string all;
    const auto shown = agent(id);
    for (const auto& voice : json::member(shown, "voices")->GetArray())
      all += (all.empty() ? "" : ",") + *json::text(voice, "voice_profile_id")
             + (*json::flag(voice, "is_default") ? "*" : "");
    return all;
  }

  void add_voice(const std::string& profile) {
    data(call("POST", "/v1/agents/a/voices", R"({"voice_profile":")" + profile + "\"}"), 201);
  }

  /// What the store has of the agent's brain.
  std::string kept_brain(const std::string& id) {
    for (const auto& row : list<pipe_record>(*stored.records, table::pipes, {}))
      if (row.agent.str() == id)
        return row.brain_json;
    return {};
  }

  std::string mistake(const std::string& method, const std::string& target, const std::string& body,
                      int status = 422) {
    return detail(call(method, target, body), status);
  }
};

bool begins(const std::string& text, const std::string& beginning) {
  BOOST_TEST_INFO(text);
  return text.rfind(beginning, 0) == 0;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(agents_tests, agents_fixture)

BOOST_AUTO_TEST_CASE(a_change_reaches_every_voice_in_one_write) {
  add_voice("Echo");
  stored.changes.clear();
  const auto body =
    R"({"name":"Bakery","greeting":"Hello.","brain":{"type":"prompt","ref":"Sell bread."},
    "brain_execution":"embedded","llm_model":"openai/gpt","background_sound_enabled":false})";
  for (const auto* method : {"PUT", "PATCH"}) {
    const auto shown = data(call(method, "/v1/agents/a", body), 200);
    BOOST_TEST(*json::text(shown, "name") == "Bakery");
    BOOST_TEST(*json::text(shown, "brain_execution") == "embedded");
    BOOST_TEST(*json::text(shown, "llm_model") == "openai/gpt");
    BOOST_TEST(!*json::flag(shown, "background_sound_enabled"));
    for (const auto& voice : json::member(shown, "voices")->GetArray()) {
      BOOST_TEST(*json::text(voice, "greeting") == "Hello.");
      BOOST_TEST(*json::text(*json::member(voice, "brain"), "ref") == "Sell bread.");
    }
  }
  BOOST_TEST(stored.changes.size() == 6u); // two rows and an audit line, twice
  BOOST_TEST(voices() == "VP_1*,VP_2");
  data(call("PUT", "/v1/agents/a", R"({"domain":"banking"})"), 200);
  BOOST_TEST(*json::text(agent(), "llm_model") == "openai/gpt"); // what is not named stays
  BOOST_TEST(call("PUT", "/v1/agents/b", "{}").status == 404);
  BOOST_TEST(ask_as("Bearer other", "PUT", "/v1/agents/a", "{}").status == 404);
}

BOOST_AUTO_TEST_CASE(an_agent_may_be_sent_back_as_it_was_read) {
  add_voice("Echo");
  const auto read = json::dump(agent());
  auto body = agent();
  body.RemoveMember("voices");
  BOOST_TEST(call("PUT", "/v1/agents/a", read).status == 200);
  BOOST_TEST(call("PUT", "/v1/agents/a", json::dump(body)).status == 200);
  BOOST_TEST(*json::text(agent(), "name") == "a");
  BOOST_TEST(voices() == "VP_1*,VP_2");
}

BOOST_AUTO_TEST_CASE(a_mistake_in_a_change_is_named) {
  const std::pair<const char*, const char*> table[] = {
    {R"([])", "the body must be a JSON object"},
    {R"({"agent_id":"b"})", "agent_id cannot be changed"},
    {R"({"voice_profile":"Echo"})", "voice_profile is a voice's own"},
    {R"({"name":null})", "name must not be empty"},
    {R"({"brain":7})", "brain must be an object"},
    {R"({"brain":{"type":"prompt"}})", "brain.ref is missing"},
    {R"({"brain":{"type":"prompt","ref":7}})", "brain.ref must be text"},
    {R"({"brain":{"type":"endpoint","ref":"ftp://x"}})", "brain.ref must be the endpoint's"},
    {R"({"brain":{"type":"runner","model":"x"}})", "brain has no member 'model'"},
    {R"({"brain":{"type":"runner","cfg":7}})", "brain.cfg must be an object"},
    {R"({"brain":{"type":"runner","cfg":{"api_key":7}}})", "brain.cfg.api_key must be text"},
    {R"({"brain":{"type":"runner","cfg":{"headers":[]}}})", "brain.cfg.headers must be an object"},
    {R"({"brain":{"type":"runner","cfg":{"headers":{"a":1}}}})",
     "brain.cfg.headers must have text"},
    {R"({"brain":{"type":"runner","cfg":{"timeout_s":0}}})", "brain.cfg.timeout_s must be"},
    {R"({"brain":{"type":"runner","cfg":{"max_retries":1.5}}})", "brain.cfg.max_retries must be"},
    {R"({"brain_execution":"magic"})", "brain_execution must be one of: bridge embedded"},
    {R"({"background_sound":"disco"})", "background_sound must be one of: office"},
    {R"({"background_sound_enabled":"yes"})", "background_sound_enabled must be true or false"},
    {R"({"background_sound_volume":30})", "background_sound_volume must be a number from 0 to 1"},
    {R"({"noise_cancellation":"x"})", "noise_cancellation must be one of"},
    {R"({"cache_mode":"on"})", "cache_mode must be one of"},
    {R"({"domain":7})", "domain must be text"},
    {R"({"prompt":"x"})", "prompt is a brain's ref here"},
    {R"({"tools":[]})", "tools must be an object"},
    {R"({"max_concurrent":-1})", "max_concurrent must be"},
  };
  for (const auto& [body, words] : table)
    BOOST_TEST(begins(mistake("PUT", "/v1/agents/a", body), words));
  BOOST_TEST(*json::text(agent(), "name") == "a");
}

BOOST_AUTO_TEST_CASE(keys_the_sdk_types_never_break_its_models) {
  data(
    call(
      "PUT", "/v1/agents/a",
      R"({"background_sound_enabled":null,"tools":null,"domain":null,"voices":7,"cache_mode":null})"),
    200);
  const auto shown = agent();
  BOOST_TEST(*json::flag(shown, "background_sound_enabled"));
  BOOST_TEST(!json::member(shown, "tools"));
  BOOST_TEST(json::member(shown, "domain")->IsNull());
  data(call("PUT", "/v1/agents/a", R"({"domain":"banking"})"), 200);
  data(call("PUT", "/v1/agents/a", R"({"domain":""})"), 200);
  BOOST_TEST(json::member(agent(), "domain")->IsNull()); // detached
  BOOST_TEST(json::member(shown, "voices")->IsArray());
  const auto pipe = data(
    call("POST", "/v1/pipes", R"({"name":"p","fillers":null,"background_sound":"city"})"), 201);
  BOOST_TEST(!json::member(pipe, "fillers"));
  BOOST_TEST(*json::text(pipe, "background_sound") == "city");
  BOOST_TEST(begins(mistake("POST", "/v1/pipes", R"({"name":"p","brain":{"type":"runner"}})"),
                    "brain is an agent's"));
}

BOOST_AUTO_TEST_CASE(a_brains_secrets_are_written_and_never_read) {
  const auto brain =
    R"({"type":"endpoint","ref":"https://llm/v1","cfg":{"model":"m","api_key":"hush-1",
    "headers":{"X-Key":"hush-2"}}})";
  make("e", brain);
  for (const auto* target : {"/v1/agents", "/v1/agents/e", "/v1/pipes"}) {
    const auto shown = call("GET", target).body;
    BOOST_TEST(shown.find("hush") == std::string::npos, shown);
    BOOST_TEST(shown.find(R"("api_key":"********")") != std::string::npos, shown);
    BOOST_TEST(shown.find(R"("X-Key":"********")") != std::string::npos, shown);
  }
  // The mask sent back keeps what it stands for.
  data(call("PUT", "/v1/agents/e", json::dump(agent("e"))), 200);
  BOOST_TEST(kept_brain("e").find("hush-1") != std::string::npos);
  BOOST_TEST(kept_brain("e").find("hush-2") != std::string::npos);
  data(call("PUT", "/v1/agents/e", R"({"brain":{"type":"endpoint","ref":"https://llm/v1",
    "cfg":{"model":"n","api_key":"********"}}})"),
       200);
  BOOST_TEST(
    kept_brain("e")
    == R"({"type":"endpoint","ref":"https://llm/v1","cfg":{"model":"n","api_key":"hush-1"}})");
  // A secret does not follow its mask to another address.
  BOOST_TEST(
    begins(mistake("PUT", "/v1/agents/e", R"({"brain":{"type":"endpoint","ref":"https://thief/",
    "cfg":{"api_key":"********"}}})"),
           "brain.cfg.api_key is the mask"));
  BOOST_TEST(
    begins(mistake("PUT", "/v1/agents/e", R"({"brain":{"type":"endpoint","ref":"https://llm/v1",
    "cfg":{"headers":{"X-Key":"********"}}}})"),
           "brain.cfg.headers.X-Key is the mask"));
  for (const auto& change : stored.changes)
    if (const auto* line = std::get_if<audit_record>(&change.record))
      BOOST_TEST((line->action + line->target).find("hush") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_secret_is_masked_wherever_it_stands) {
  const auto brain = [](const std::string& host, const std::string& secret) {
    return R"({"type":"endpoint","ref":"https://me:)" + secret + "@" + host + "/v1?key=" + secret
           + R"(&v=1","cfg":{"query":{"v":"2","access_token":")" + secret
           + R"("},"extra_body":{"top_p":1,"max_tokens":9,"deep":[{"apiKey":")" + secret
           + R"("}]}}})";
  };
  make("e", brain("llm", "hush"));
  for (const auto* target : {"/v1/agents", "/v1/agents/e", "/v1/pipes"})
    BOOST_TEST(call("GET", target).body.find("hush") == std::string::npos, target);
  const auto shown = agent("e");
  const auto* seen = json::member(shown, "brain");
  BOOST_TEST(*json::text(*seen, "ref") == "https://********@llm/v1?key=********&v=1");
  BOOST_TEST(json::dump(*json::member(*seen, "cfg"))
             == R"({"query":{"v":"2","access_token":"********"},)"
                R"("extra_body":{"top_p":1,"max_tokens":9,"deep":[{"apiKey":"********"}]}})");
  const auto kept = kept_brain("e");
  data(call("PUT", "/v1/agents/e", json::dump(shown)), 200);
  BOOST_TEST(kept_brain("e") == kept);
  BOOST_TEST(begins(mistake("PUT", "/v1/agents/e",
                            R"({"brain":{"type":"endpoint","ref":"https://********@thief/v1"}})"),
                    "brain.ref holds the mask"));
  BOOST_TEST(begins(mistake("PUT", "/v1/agents/e",
                            R"({"brain":{"type":"endpoint","ref":"https://thief/",
                            "cfg":{"extra_body":{"deep":[{"apiKey":"********"}]}}}})"),
                    "brain.cfg.extra_body.deep.apiKey is the mask"));
  const auto pipe =
    data(call("POST", "/v1/pipes", R"({"name":"p","agent_endpoint":"wss://u:hush@host/x"})"), 201);
  BOOST_TEST(*json::text(pipe, "agent_endpoint") == "wss://********@host/x");
  const auto id = *json::text(pipe, "pipe_id");
  data(call("PATCH", "/v1/pipes/" + id, json::dump(pipe)), 200);
  BOOST_TEST(find<pipe_record>(*stored.records, table::pipes, id)->agent_endpoint
             == "wss://u:hush@host/x");
}

BOOST_AUTO_TEST_CASE(an_agents_id_is_a_part_of_a_path) {
  for (const auto* bad : {"a/b", " a", "a ", "a\\u0000", "a\\n", ".", "..", "\\u007f"}) {
    const std::string id{bad};
    BOOST_TEST(begins(
      mistake("POST", "/v1/agents", R"({"brain":{"type":"runner"},"agent_id":")" + id + "\"}"),
      "agent_id is a part of a path"));
    BOOST_TEST(begins(mistake("POST", "/v1/pipes", R"({"name":"p","agent_id":")" + id + "\"}"),
                      "agent_id is a part of a path"));
    BOOST_TEST(
      begins(mistake("POST", "/v1/agent/voice", R"({"name":"p","agent_id":")" + id + "\"}"),
             "agent_id is a part of a path"));
  }
  make("b\xC3\xA4"
       "cker & co. (1)",
       R"({"type":"runner"})");
  // A row is its agent's; a pipe of one's own may change sides.
  const auto rows = data(call("GET", "/v1/pipes"), 200);
  BOOST_TEST(begins(
    mistake("PATCH", "/v1/pipes/" + *json::text(rows[0], "pipe_id"), R"({"agent_id":"other"})"),
    "agent_id is the agent's own"));
}

BOOST_AUTO_TEST_CASE(a_pipe_keeps_its_name) {
  const auto id = *json::text(data(call("POST", "/v1/pipes", R"({"name":"p"})"), 201), "pipe_id");
  for (const auto* none : {R"({"name":null})", R"({"name":""})"})
    BOOST_TEST(mistake("PATCH", "/v1/pipes/" + id, none) == "name must not be empty");
  data(call("PATCH", "/v1/pipes/" + id, R"({"brain_execution":null})"), 200);
  BOOST_TEST(!json::member(data(call("GET", "/v1/pipes/" + id), 200), "brain_execution"));
}

BOOST_AUTO_TEST_CASE(whoever_adds_a_voice_moves_the_mark_of_the_agent) {
  const auto marks = [&] {
    std::vector<std::int64_t> made;
    for (const auto& change : stored.changes)
      if (const auto* mark = std::get_if<agent_mark>(&change.record)) {
        BOOST_TEST((change.before.has_value() == (mark->made > 1)));
        BOOST_TEST(
          (change.op == (mark->made > 1 ? store_change::what::put : store_change::what::create)));
        made.push_back(mark->made);
      }
    return made;
  };
  stored.changes.clear();
  make("m", R"({"type":"runner"})");
  data(call("POST", "/v1/agents", R"({"agent_id":"m","brain":{"type":"runner"},
    "voice_profile":"Echo"})"),
       201);
  BOOST_TEST(marks() == (std::vector<std::int64_t>{1, 2}));
  BOOST_TEST(call("DELETE", "/v1/agents/m").status == 204);
  make("m", R"({"type":"runner"})");
  BOOST_TEST(marks() == (std::vector<std::int64_t>{1, 2, 3}));
  for (const auto& change : stored.changes)
    if (const auto* line = std::get_if<audit_record>(&change.record))
      BOOST_TEST(line->target.find("agent ") == std::string::npos, line->target);
}

BOOST_AUTO_TEST_CASE(a_secret_named_twice_is_masked_twice) {
  make("e",
       R"({"type":"endpoint","ref":"https://x","cfg":{"api_key":"hush-1","api_key":"hush-2"}})");
  BOOST_TEST(call("GET", "/v1/agents/e").body.find("hush") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_voice_inherits_its_agent) {
  data(call("PUT", "/v1/agents/a", R"({"name":"Bakery","greeting":"Hi.","domain":"banking"})"),
       200);
  const auto made = data(call("POST", "/v1/agents/a/voices", R"({"voice_profile":"eCHO"})"), 201);
  BOOST_TEST(*json::text(made, "voice_profile_id") == "VP_2");
  BOOST_TEST(*json::text(made, "voice_profile_name") == "Echo");
  BOOST_TEST(*json::text(made, "name") == "Bakery");
  BOOST_TEST(*json::text(made, "domain") == "banking");
  BOOST_TEST(*json::text(made, "greeting") == "Hi.");
  BOOST_TEST(!*json::flag(made, "is_default"));
  data(call("POST", "/v1/agents/a/voices", R"({"voice_profile":"VP_3","greeting":"Namaste."})"),
       201);
  BOOST_TEST(voices() == "VP_1*,VP_2,VP_3");
  const auto add = [&](const std::string& body, int status) {
    return mistake("POST", "/v1/agents/a/voices", body, status);
  };
  BOOST_TEST(
    begins(add(R"({"voice_profile":"Echo"})", 409), "agent 'a' has the voice 'VP_2' already"));
  BOOST_TEST(begins(add(R"({"voice_profile":"Bob"})", 422), "voice_profile_not_found: 'Bob'"));
  BOOST_TEST(begins(add(R"({})", 422), "voice_profile is missing"));
  BOOST_TEST(begins(add(R"({"voice_profile":"Nova","name":"x"})", 422), "name is no voice's own"));
  BOOST_TEST(call("POST", "/v1/agents/b/voices", R"({"voice_profile":"Echo"})").status == 404);
}

BOOST_AUTO_TEST_CASE(an_agent_made_again_is_another_voice_with_the_same_brain) {
  const auto again = [&](const std::string& brain) {
    return call("POST", "/v1/agents",
                R"({"agent_id":"a","voice_profile":"Echo","brain":)" + brain + "}");
  };
  BOOST_TEST(
    begins(detail(again(R"({"type":"prompt","ref":"x"})"), 409), "agent 'a' is there already"));
  data(again(R"({"type":"runner"})"), 201);
  BOOST_TEST(voices() == "VP_1*,VP_2");
}

BOOST_AUTO_TEST_CASE(voices_go_but_the_last_and_the_oldest_inherits) {
  add_voice("Echo");
  add_voice("Riya");
  BOOST_TEST(call("DELETE", "/v1/agents/a/voices/VP_9").status == 404);
  BOOST_TEST(call("DELETE", "/v1/agents/a/voices/Nova").status == 204);
  BOOST_TEST(voices() == "VP_2*,VP_3");
  BOOST_TEST(call("DELETE", "/v1/agents/a/voices/VP_3").status == 204);
  const auto answer = detail(call("DELETE", "/v1/agents/a/voices/VP_2"), 409);
  BOOST_TEST(begins(answer, "'VP_2' is the last voice of agent 'a'"));
  BOOST_TEST(voices() == "VP_2*");
}

BOOST_AUTO_TEST_CASE(every_write_of_voices_names_what_it_saw) {
  add_voice("Echo");
  stored.changes.clear();
  add_voice("Riya");
  call("DELETE", "/v1/agents/a/voices/VP_3");
  call("PATCH", "/v1/agents/a/voices/VP_2", R"({"greeting":"Hi."})");
  call("DELETE", "/v1/agents/a/voices/VP_1");
  for (const auto& change : stored.changes) {
    const auto* row = std::get_if<pipe_record>(&change.record);
    BOOST_TEST((!row || change.op == store_change::what::create || change.before));
  }
}

BOOST_AUTO_TEST_CASE(a_voice_with_a_number_of_its_own_stays) {
  add_voice("Echo");
  number_record number;
  number.number = "+14155550101";
  number.project = "PRJ_1";
  number.status = "assigned";
  for (const auto& row : list<pipe_record>(*stored.records, table::pipes, {}))
    if (row.voice_profile == "VP_2")
      number.pipe = row.id;
  stored.records->put(number);
  const auto words = detail(call("DELETE", "/v1/agents/a/voices/VP_2"), 409);
  BOOST_TEST(words.find("+14155550101") != std::string::npos);
  BOOST_TEST(call("DELETE", "/v1/agents/a/voices/VP_2?detach_numbers=true").status == 204);
  BOOST_TEST(find<number_record>(*stored.records, table::numbers, number.number)->pipe.empty());
}

BOOST_AUTO_TEST_CASE(one_voice_is_changed_alone) {
  add_voice("Echo");
  const auto shown = data(
    call("PATCH", "/v1/agents/a/voices/VP_2", R"({"greeting":"Bonjour.","is_default":true})"), 200);
  BOOST_TEST(*json::text(shown, "greeting") == "Bonjour.");
  BOOST_TEST(*json::flag(shown, "is_default"));
  BOOST_TEST(voices() == "VP_2*,VP_1");
  const auto change = [&](const std::string& body) {
    return mistake("PATCH", "/v1/agents/a/voices/VP_2", body);
  };
  BOOST_TEST(begins(change(R"({"is_default":false})"), "is_default cannot be taken away"));
  BOOST_TEST(begins(change(R"({"is_default":1})"), "is_default must be true"));
  BOOST_TEST(begins(change(R"({"brain":{}})"), "brain is no voice's own"));
  BOOST_TEST(begins(change(R"({"greeting":7})"), "greeting must be text"));
  BOOST_TEST(call("PATCH", "/v1/agents/a/voices/VP_3", "{}").status == 404);
}

BOOST_AUTO_TEST_CASE(the_older_call_makes_a_pipe_from_exactly_one_source) {
  const auto make_one = [&](const std::string& body) {
    return call("POST", "/v1/agent/voice", body);
  };
  const auto plain = data(make_one(R"({"name":"x","agent_id":"mine"})"), 201);
  BOOST_TEST(*json::text(plain, "agent_id") == "mine");
  const auto served = data(make_one(R"({"name":"x","agent_endpoint":"wss://x/"})"), 201);
  BOOST_TEST(*json::text(served, "agent_endpoint") == "wss://x/");
  const auto prompt = data(make_one(R"({"name":"My Bakery!","prompt":"Sell bread."})"), 201);
  BOOST_TEST(begins(*json::text(prompt, "agent_id"), "my-bakery-"));
  BOOST_TEST(*json::text(*json::member(prompt, "brain"), "ref") == "Sell bread.");
  BOOST_TEST(call("GET", "/v1/agents/" + *json::text(prompt, "agent_id")).status == 200);
  BOOST_TEST(*json::text(prompt, "prompt") == "Sell bread.");
  const auto playbook = data(make_one(R"({"name":"x","playbook":"steps: []\n"})"), 201);
  BOOST_TEST(*json::text(playbook, "playbook") == "steps: []\n");
  const auto patch =
    call("PATCH", "/v1/pipes/" + *json::text(prompt, "pipe_id"), R"({"prompt":"No."})");
  BOOST_TEST(begins(detail(patch, 422), "prompt is the agent's brain"));
  BOOST_TEST(begins(detail(make_one(R"({"name":"x"})"), 422),
                    "agent_id, agent_endpoint, prompt or playbook is missing"));
  BOOST_TEST(begins(detail(make_one(R"({"name":"x","agent_id":"a","prompt":"b"})"), 422),
                    "agent_id and prompt are given"));
  BOOST_TEST(begins(detail(make_one(R"({"name":"x","prompt":7})"), 422), "prompt must be text"));
  BOOST_TEST(begins(detail(make_one(R"({"prompt":"x"})"), 422), "name is missing"));
}

BOOST_AUTO_TEST_CASE(a_brain_that_cannot_run_is_said_in_words) {
  BOOST_TEST(brain_type_of(R"({"type":"prompt","ref":"x"})") == "prompt");
  BOOST_TEST(brain_type_of("{}") == "");
  BOOST_TEST(missing_brain_words(R"({"type":"runner"})", "a") == "");
  BOOST_TEST(missing_brain_words("", "a") == "");
  BOOST_TEST(begins(missing_brain_words(R"({"type":"playbook","ref":"x"})", "a"),
                    "agent 'a' has a brain of type playbook, which this node cannot run"));
  BOOST_TEST(is_model_brain(R"({"type":"prompt","ref":"x"})"));
  BOOST_TEST(is_model_brain(R"({"type":"endpoint","ref":"https://x"})"));
  BOOST_TEST(!is_model_brain(R"({"type":"runner"})"));
  BOOST_TEST(is_webhook("https://x"));
  BOOST_TEST(!is_webhook("wss://x"));
}

BOOST_AUTO_TEST_SUITE_END()
