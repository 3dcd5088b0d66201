// Records as the SDK's models want them (contract §1.5–§1.14), and bodies as they
// come: every mistake named, what is unknown kept.
#define BOOST_TEST_MODULE shapes
#include <boost/test/unit_test.hpp>

#include "adapters/api/agent_bodies.hpp"
#include "adapters/api/answers.hpp"
#include "adapters/api/bodies.hpp"
#include "adapters/api/shapes.hpp"

#include <map>

using namespace unpod;

namespace {

json::document parsed(const std::string& text) {
  std::string why;
  auto document = json::parse(text, 64, why);
  BOOST_REQUIRE_MESSAGE(document, why << " in " << text);
  return std::move(*document);
}

/// What a field of a model takes: contract §1.5's rules as one letter each.
///   s text   s? text or null   i whole   f number   b true/false   o object   a array   t time or
///   null
using model = std::map<std::string, std::string>;

bool takes(const std::string& type, const json::value& value) {
  if (value.IsNull())
    return type.back() == '?' || type == "t";
  switch (type[0]) {
    case 's':
    case 't':
      return value.IsString() && (type[0] != 't' || value.GetStringLength() == 24);
    case 'i':
      return value.IsInt64();
    case 'f':
      return value.IsNumber();
    case 'b':
      return value.IsBool();
    case 'o':
      return value.IsObject();
    default:
      return value.IsArray();
  }
}

/// Every field the model names that is there is of its type; the required are there.
void expect_model(const std::string& text, const model& fields, const std::string& required) {
  const auto shown = parsed(text);
  for (const auto& [name, type] : fields)
    if (const auto* value = json::member(shown, name.c_str()))
      BOOST_TEST(takes(type, *value), name << " in " << text);
  std::size_t begin = 0;
  while (begin < required.size()) {
    const auto end = std::min(required.find(' ', begin), required.size());
    const auto name = required.substr(begin, end - begin);
    BOOST_TEST(json::member(shown, name.c_str()) != nullptr, name << " in " << text);
    begin = end + 1;
  }
}

const model pipe_model{{"pipe_id", "s"},    {"name", "s"},
                       {"project_id", "s"}, {"voice_profile_id", "s?"},
                       {"agent_id", "s?"},  {"agent_endpoint", "s?"},
                       {"recording", "b"},  {"max_call_duration_s", "i"},
                       {"status", "s"},     {"first_speaker", "s?"},
                       {"created", "t"},    {"modified", "t"}};
const model call_model{
  {"call_id", "s"},    {"project_id", "s"},    {"pipe_id", "s?"},   {"agent_id", "s?"},
  {"direction", "s"},  {"from_number", "s?"},  {"to_number", "s?"}, {"session_id", "s?"},
  {"room_name", "s?"}, {"instructions", "s?"}, {"data", "o"},       {"started_at", "t"},
  {"ended_at", "t"},   {"duration_s", "f?"},   {"status", "s"},     {"end_reason", "s?"},
  {"transcript", "a"}, {"created", "t"},       {"modified", "t"}};
const model session_model{{"session_id", "s"},   {"project_id", "s"}, {"room_name", "s?"},
                          {"call_id", "s?"},     {"pipe_id", "s?"},   {"participant_count", "i"},
                          {"participants", "a"}, {"started_at", "t"}, {"ended_at", "t"},
                          {"duration_s", "i?"},  {"status", "s"},     {"end_reason", "s?"},
                          {"transcript", "a"},   {"usage", "o"},      {"created", "t"},
                          {"modified", "t"}};
const model profile_model{
  {"profile_id", "s"},    {"name", "s"},         {"description", "s?"},
  {"gender", "s?"},       {"languages", "a"},    {"language", "s?"},
  {"stt_provider", "s?"}, {"stt_model", "s?"},   {"stt_languages", "a"},
  {"tts_provider", "s?"}, {"tts_model", "s?"},   {"tts_voice", "s?"},
  {"tts_language", "s?"}, {"voice_speed", "f?"}, {"estimated_cost_per_min_usd", "f?"},
  {"latency_ms", "i?"}};
const model agent_model{{"agent_id", "s"},        {"name", "s"},   {"brain", "o"},
                        {"brain_execution", "s"}, {"voices", "a"}, {"voice_profile_id", "s?"},
                        {"is_default", "b"}};

call_record full_call() {
  call_record call;
  call.id = call_id{"SCL_1"};
  call.project = "PRJ_1";
  call.pipe = pipe_id{"PIPE_1"};
  call.agent = agent_id{"agent"};
  call.status = "completed";
  call.end_reason = "caller_hangup";
  call.data_json = R"({"order":7})";
  call.created = call.started = 1'700'000'000'123;
  call.ended = call.modified = call.started + 61'500;
  call.transcript.push_back({"user", "say \"hi\"\n", call.started, 1, false, {}, {}});
  call.transcript.push_back({"agent", "hi", call.ended, 1, true, "[]", R"({"total":1.5})"});
  return call;
}

// -- bodies ----------------------------------------------------------------------------

const std::vector<voice_profile>& profiles() {
  static const auto all = [] {
    voice_profile first, second;
    first.id = "VP_1";
    first.name = "Nova";
    second.id = "VP_2";
    second.name = "Echo";
    return std::vector{first, second};
  }();
  return all;
}

body_rules rules() {
  return {std::make_shared<const std::vector<voice_profile>>(profiles()),
          [](const std::string& grammar) {
            return grammar == "bad" ? std::string{"line 1: no rule"} : std::string{};
          }};
}

/// The words of the mistake in this pipe body; empty when there is none.
std::string mistake_in(const std::string& body, bool partial = false) {
  pipe_record into;
  std::string why;
  const bool good = read_pipe(parsed(body), rules(), partial, into, why);
  BOOST_TEST(good == why.empty());
  return why;
}

std::string agent_mistake_in(const std::string& body) {
  pipe_record into;
  std::string why;
  const bool good = read_agent(parsed(body), rules(), into, why);
  BOOST_TEST(good == why.empty());
  return why;
}

bool begins(const std::string& text, const std::string& beginning) {
  BOOST_TEST_INFO(text);
  return text.rfind(beginning, 0) == 0;
}

} // namespace

BOOST_AUTO_TEST_CASE(full_and_empty_records_fit_the_sdks_models) {
  pipe_record pipe, empty_pipe;
  pipe.id = pipe_id{"PIPE_1"};
  pipe.name = "a \"desk\"";
  pipe.recording = true;
  pipe.created = pipe.modified = 1'700'000'000'000;
  for (const auto& one : {pipe, empty_pipe})
    expect_model(pipe_json(one), pipe_model, "pipe_id name project_id recording status");
  for (const auto& one : {full_call(), call_record{}}) {
    expect_model(call_json(one, true), call_model, "call_id data transcript status direction");
    expect_model(call_json(one, false), call_model, "call_id data status");
    expect_model(session_json(one), session_model,
                 "session_id participants transcript status usage");
  }
  for (const auto& one : {profiles()[0], voice_profile{}})
    expect_model(profile_json(one), profile_model, "profile_id name languages latency_ms");
  for (const auto& one : {pipe, empty_pipe}) {
    expect_model(agent_voice_json(one, profiles()), agent_model,
                 "agent_id voice_profile_id brain is_default");
    expect_model(agent_json({one, one}, profiles()), agent_model, "agent_id brain voices");
  }
  expect_model(runner_json({}), {{"worker_id", "s"}, {"max_concurrent", "i"}, {"hostname", "s?"}},
               "worker_id max_concurrent active_jobs has_capacity transport");
}

BOOST_AUTO_TEST_CASE(a_list_may_leave_transcripts_out) {
  BOOST_TEST(!json::member(parsed(call_json(full_call(), false)), "transcript"));
}

BOOST_AUTO_TEST_CASE(a_call_and_its_session_tell_the_same_story) {
  const auto call = parsed(call_json(full_call(), true));
  const auto session = parsed(session_json(full_call()));
  BOOST_TEST(*json::text(call, "session_id") == *json::text(session, "session_id"));
  BOOST_TEST(*json::text(call, "started_at") == "2023-11-14T22:13:20.123Z");
  BOOST_TEST(*json::number(call, "duration_s") == 61.5);
  BOOST_TEST(*json::whole(session, "duration_s") == 61);
  BOOST_TEST(*json::text(session, "status") == "closed");
  const auto& turns = *json::member(call, "transcript");
  BOOST_REQUIRE_EQUAL(turns.Size(), 2u);
  BOOST_TEST(*json::text(turns[0], "content") == "say \"hi\"\n");
  BOOST_TEST(*json::flag(turns[1], "interrupted"));
  BOOST_TEST(*json::number(*json::member(turns[1], "ledger_ms"), "total") == 1.5);
  auto live = full_call();
  live.ended = 0;
  live.end_reason.clear();
  BOOST_TEST(*json::text(parsed(session_json(live)), "status") == "active");
}

BOOST_AUTO_TEST_CASE(no_secret_is_shown) {
  pipe_record pipe;
  pipe.agent_secret = "hush-1";
  pipe.brain_json =
    R"({"type":"endpoint","ref":"https://x","cfg":{"api_key":"hush-2","headers":{"a":"hush-3"},"model":"m"}})";
  for (const auto& text :
       {pipe_json(pipe), agent_voice_json(pipe, profiles()), agent_json({pipe}, profiles())})
    BOOST_TEST(text.find("hush") == std::string::npos);
  BOOST_TEST(agent_voice_json(pipe, profiles()).find(R"("model":"m")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(answers_have_the_envelope_the_sdk_unwraps) {
  const auto good = ok_answer(201, R"([1])");
  BOOST_TEST(good.status == 201);
  BOOST_TEST(good.body == R"({"status_code":201,"message":"ok","data":[1]})");
  BOOST_TEST(error_answer(404, "no \"x\"").body == R"({"detail":"no \"x\""})");
  BOOST_TEST(empty_answer().status == 204);
  const std::pair<refusal, int> statuses[] = {
    {refusal::not_found, 404}, {refusal::conflict, 409},  {refusal::invalid, 422},
    {refusal::at_limit, 503},  {refusal::no_runner, 503}, {refusal::unauthorised, 401},
    {refusal::draining, 503},  {refusal::disk_full, 507}, {refusal::unavailable, 503}};
  for (const auto& [why, status] : statuses) {
    const auto answer = refusal_answer(make_error(why, "words"));
    BOOST_TEST(answer.status == status);
    BOOST_TEST(answer.body == R"({"detail":"words"})");
    BOOST_TEST(answer.headers.size() == (status == 503 ? 1u : 0u)); // Retry-After
  }
  BOOST_TEST(refusal_answer(caf::sec::request_timeout).status == 503);
}

BOOST_AUTO_TEST_CASE(each_mistake_names_its_field) {
  const std::pair<const char*, const char*> table[] = {
    {R"([])", "the body must be a JSON object"},
    {R"("x")", "the body must be a JSON object"},
    {R"({})", "name is missing"},
    {R"({"name":null})", "name is missing"},
    {R"({"name":7})", "name must be text"},
    {R"({"name":"a","recording":"yes"})", "recording must be true or false"},
    {R"({"name":"a","max_call_duration_s":0})", "max_call_duration_s must be a whole number"},
    {R"({"name":"a","max_call_duration_s":2.5})", "max_call_duration_s must be"},
    {R"({"name":"a","max_call_duration_s":"9"})", "max_call_duration_s must be"},
    {R"({"name":"a","max_concurrent":-1})", "max_concurrent must be"},
    {R"({"name":"a","voice_profile":"Bob"})", "voice_profile_not_found: 'Bob'"},
    {R"({"name":"a","stt_grammar":"bad"})", "stt_grammar: line 1: no rule"},
    {R"({"name":"a","agent_endpoint":"example"})", "agent_endpoint must begin with"},
    {R"({"name":"a","end_of_turn_silence_ms":9999})", "end_of_turn_silence_ms must be"},
  };
  for (const auto& [body, words] : table)
    BOOST_TEST(begins(mistake_in(body), words));
  const auto longer = std::string(short_text_bytes_max + 1, 'x');
  BOOST_TEST(begins(mistake_in(R"({"name":")" + longer + "\"}"), "name is longer than 256 bytes"));
  const auto vast = std::string(extra_bytes_max, 'x');
  BOOST_TEST(begins(mistake_in(R"({"name":"a","x":")" + vast + "\"}"), "the body has more than"));
}

BOOST_AUTO_TEST_CASE(a_body_becomes_a_pipe) {
  pipe_record pipe;
  std::string why;
  const auto body = parsed(R"({"name":"desk","voice_profile":"eCHO","agent_id":"a",
    "recording":{"format":"wav"},"max_call_duration_s":60.0,"max_concurrent":3,"greeting":"Hi.",
    "pipe_id":"PIPE_mine","status":"odd","fillers":{"x":[1]},"number_id":null})");
  BOOST_TEST(read_pipe(body, rules(), false, pipe, why), why);
  BOOST_TEST(pipe.voice_profile == "VP_2");
  BOOST_TEST(pipe.recording);
  BOOST_TEST(pipe.max_call_duration_s == 60);
  BOOST_TEST(pipe.id.str().empty()); // ours to give
  BOOST_TEST(pipe.status == "active");
  const auto shown = parsed(pipe_json(pipe));
  BOOST_TEST(json::dump(*json::member(shown, "fillers")) == R"({"x":[1]})");
  BOOST_TEST(json::member(shown, "number_id")->IsNull());
  BOOST_TEST(*json::text(shown, "greeting") == "Hi.");
  pipe_record plain;
  BOOST_TEST(read_pipe(parsed(R"({"name":"a"})"), rules(), false, plain, why), why);
  BOOST_TEST(plain.voice_profile == "VP_1"); // the first one there is
}

BOOST_AUTO_TEST_CASE(a_patch_changes_what_it_names_and_grows_nothing) {
  pipe_record pipe;
  std::string why;
  read_pipe(parsed(R"({"name":"desk","greeting":"Hi.","x":1,"y":2})"), rules(), false, pipe, why);
  for (int i = 0; i < 50; ++i)
    BOOST_TEST(read_pipe(parsed(R"({"recording":true,"x":)" + std::to_string(i) + "}"), rules(),
                         true, pipe, why),
               why);
  BOOST_TEST(pipe.name == "desk");
  BOOST_TEST(pipe.greeting == "Hi.");
  BOOST_TEST(pipe.recording);
  BOOST_TEST(pipe.extra_json == R"({"y":2,"x":49})");
  read_pipe(parsed(R"({"greeting":null})"), rules(), true, pipe, why);
  BOOST_TEST(pipe.greeting.empty());
  for (int i = 0; i < 9 && why.empty(); ++i) // many keys, one after the other
    read_pipe(parsed("{\"k" + std::to_string(i) + "\":\"" + std::string(9'000, 'x') + "\"}"),
              rules(), true, pipe, why);
  BOOST_TEST(begins(why, "the pipe has more than"));
}

BOOST_AUTO_TEST_CASE(an_agent_needs_a_name_and_a_brain) {
  const std::pair<const char*, const char*> table[] = {
    {R"(7)", "the body must be a JSON object"},
    {R"({"brain":{"type":"runner"}})", "agent_id is missing"},
    {R"({"agent_id":"a"})", "brain must be an object"},
    {R"({"agent_id":"a","brain":"runner"})", "brain must be an object"},
    {R"({"agent_id":"a","brain":{"type":"magic"}})", "brain must be an object"},
    {R"({"agent_id":"a","brain":{"type":"runner"},"voice_profile":"Bob"})",
     "voice_profile_not_found"},
  };
  for (const auto& [body, words] : table)
    BOOST_TEST(begins(agent_mistake_in(body), words));
  pipe_record row;
  std::string why;
  BOOST_TEST(read_agent(parsed(R"({"agent_id":"a","brain":{"type":"runner","ref":"other"}})"),
                        rules(), row, why),
             why);
  BOOST_TEST(row.runner_agent.str() == "other");
  BOOST_TEST(row.name == "a");
}
