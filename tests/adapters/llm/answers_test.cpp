// What brains answer, and how they are asked: streams, JSON, plain words; every mistake
// has words. Pure.
#define BOOST_TEST_MODULE llm_answers
#include <boost/test/unit_test.hpp>

#include "adapters/json/json.hpp"
#include "adapters/llm/brain_answer.hpp"

using namespace unpod;
using kind = brain_plan::kind;

namespace {

std::vector<std::string> events_of(const std::string& text, std::size_t step = SIZE_MAX) {
  sse_reader reader{1'000};
  std::vector<std::string> found;
  const auto take = [&](const sse_event& event) { found.push_back(event.name + "|" + event.data); };
  for (std::size_t at = 0; at < text.size(); at += std::min(step, text.size()))
    BOOST_TEST(reader.read(std::string_view{text}.substr(at, step), take));
  reader.finish(take);
  return found;
}

/// The words of an answer, or "! why".
std::string read_all(kind what, const std::string& type, const std::string& body,
                     std::size_t step = SIZE_MAX) {
  brain_answer answer{what, brain_limits{}, 32};
  answer.begin(type);
  std::string words, why;
  for (std::size_t at = 0; at < body.size(); at += std::min(step, body.size()))
    if (!answer.read(std::string_view{body}.substr(at, step), words, why))
      return "! " + why;
  return answer.finish(words, why) ? words : "! " + why;
}

std::string delta(const std::string& text) {
  return "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + text + "\"}}]}\n\n";
}

bridge_opening opening_with(const std::string& brain) {
  bridge_opening opening;
  opening.call = call_id{"SCL_1"};
  opening.agent = agent_id{"baker"};
  opening.brain_json = brain;
  opening.direction = "inbound";
  opening.user_number = "+14155550101";
  opening.data_json = R"({"order":7})";
  return opening;
}

const llm_settings our_model{"https://model.example/v1/chat/completions", "small", "sk-node"};

brain_plan planned(const bridge_opening& opening, const llm_settings& node = our_model) {
  brain_plan plan;
  std::string why;
  BOOST_REQUIRE_MESSAGE(plan_brain(opening, node, brain_limits{}, 32, plan, why), why);
  return plan;
}

json::document body_of(const outgoing_request& request) {
  std::string why;
  auto body = json::parse(request.body, 32, why);
  BOOST_REQUIRE_MESSAGE(body, request.body);
  return std::move(*body);
}

std::string header(const brain_plan& plan, const std::string& name) {
  for (const auto& [key, value] : plan.headers)
    if (key == name)
      return value;
  return "(none)";
}

/// "role: content" of each message.
std::vector<std::string> messages_of(const outgoing_request& request) {
  const auto body = body_of(request);
  std::vector<std::string> found;
  for (const auto& one : json::member(body, "messages")->GetArray())
    found.push_back(*json::text(one, "role") + ": " + *json::text(one, "content"));
  return found;
}

} // namespace

BOOST_AUTO_TEST_CASE(events_are_read_as_the_standard_says) {
  using list = std::vector<std::string>;
  const list two{"|a\nb", "x|c"};
  const std::string text = ": hi\r\ndata: a\r\ndata:b\r\n\r\nid: 7\nevent: x\ndata: c\n\n\n\n";
  for (const std::size_t step : {1, 2, 3, 7, 100})
    BOOST_TEST(events_of(text, step) == two, boost::test_tools::per_element());
  BOOST_TEST((events_of("data: a\rdata: b\r\r") == list{"|a\nb"}));
  BOOST_TEST((events_of("data: cut off") == list{"|cut off"}));
  BOOST_TEST((events_of("\xEF\xBB\xBF"
                        "data: marked\n\n")
              == list{"|marked"}));
  BOOST_TEST(events_of("event: x\n\nretry: 5\n\n").empty());
  BOOST_TEST((events_of("data\n\n") == list{"|"}));
}

BOOST_AUTO_TEST_CASE(a_line_without_end_is_refused) {
  sse_reader reader{100};
  int events = 0;
  const auto take = [&](const sse_event&) { ++events; };
  BOOST_TEST(!reader.read("data: " + std::string(1'000, 'x'), take));
  BOOST_TEST(!reader.read("\n\ndata: a\n\n", take));
  sse_reader many{100};
  std::string lines;
  for (int i = 0; i < 30; ++i)
    lines += "data: 12345\n";
  BOOST_TEST(!many.read(lines, take));
  BOOST_TEST(events == 0);
}

BOOST_AUTO_TEST_CASE(a_models_stream_is_words) {
  const auto stream = "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\n\n"
                      + delta("Good ") + ": ping\n\n" + delta("caf\\u00e9.")
                      + "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
                        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,"
                        "\"completion_tokens\":3}}\n\ndata: [DONE]\n\nthis is not read";
  for (const std::size_t step : {1, 5, 1'000})
    BOOST_TEST(read_all(kind::chat, "text/event-stream; charset=utf-8", stream, step)
               == "Good caf\xC3\xA9.");
  BOOST_TEST(read_all(kind::chat, "", stream) == "Good caf\xC3\xA9.");
  brain_answer answer{kind::chat, brain_limits{}, 32};
  answer.begin("text/event-stream");
  std::string words, why;
  BOOST_TEST(answer.read(stream, words, why));
  BOOST_TEST(answer.is_done());
  BOOST_REQUIRE(answer.tokens());
  BOOST_TEST(answer.tokens()->prompt == 9);
  BOOST_TEST(answer.tokens()->completion == 3);
}

BOOST_AUTO_TEST_CASE(an_answer_in_one_piece_is_words_too) {
  BOOST_TEST(
    read_all(kind::chat, "application/json", R"({"choices":[{"message":{"content":"Hello."}}]})")
    == "Hello.");
  BOOST_TEST(read_all(kind::webhook, "application/json", R"({"text":"Hello."})") == "Hello.");
  BOOST_TEST(read_all(kind::webhook, "", "  {\"text\":\"Hello.\"}") == "Hello.");
  BOOST_TEST(read_all(kind::webhook, "text/plain", "Hello\x07there\n") == "Hello there ");
  BOOST_TEST(read_all(kind::webhook, "text/html", "Hello.") == "Hello.");
  BOOST_TEST(read_all(kind::webhook, "text/plain", "caf\xC3\xA9", 1) == "caf\xC3\xA9");
  BOOST_TEST(read_all(kind::webhook, "text/event-stream", "data: Hello\n\ndata:  you\n\n")
             == "Hello you");
  BOOST_TEST(read_all(kind::webhook, "application/json", R"({"text":""})") == "");
}

BOOST_AUTO_TEST_CASE(what_is_no_answer_is_refused_with_words) {
  const auto refused = [](kind what, const std::string& type, const std::string& body) {
    const auto got = read_all(what, type, body);
    BOOST_TEST(got.rfind("! ", 0) == 0, body.substr(0, 60) << " gave " << got);
  };
  refused(kind::chat, "application/json", "");
  refused(kind::chat, "application/json", "{");
  refused(kind::chat, "application/json", "[]");
  refused(kind::chat, "application/json", R"({"text":"Hello."})");
  refused(kind::chat, "application/json", std::string(200, '['));
  refused(kind::chat, "application/json", "{\"choices\":[{\"message\":{\"content\":\"\xFF\"}}]}");
  refused(kind::chat, "text/event-stream", "data: hello\n\n");
  refused(kind::chat, "text/event-stream", "data: {\"error\":{\"message\":\"no\"}}\n\n");
  refused(kind::chat, "text/event-stream", "event: error\ndata: {}\n\n");
  refused(kind::chat, "text/event-stream", "data: " + std::string(100'000, 'x'));
  refused(kind::webhook, "application/json", R"({"answer":"Hello."})");
  refused(kind::webhook, "application/json", R"({"text":7})");
  refused(kind::webhook, "text/plain", "caf\xC3");
  refused(kind::webhook, "text/plain", "\xC0\xAF");
  refused(kind::webhook, "text/plain", "\xED\xA0\x80");
  refused(kind::webhook, "text/plain", "\xF5\x80\x80\x80");
}

BOOST_AUTO_TEST_CASE(a_prompt_goes_to_the_nodes_own_model) {
  auto opening = opening_with(R"({"type":"prompt","ref":"You bake."})");
  opening.instructions = "Sell cake.";
  opening.greeting = "Hello, bakery.";
  const auto plan = planned(opening);
  BOOST_TEST(plan.url == our_model.url);
  BOOST_TEST(header(plan, "Authorization") == "Bearer sk-node");
  const auto request = ask_for(plan, opening, brain_limits{},
                               {{true, "Yes?"}, {false, "wait"}, {false, "do you"}}, 3, "bake");
  const auto body = body_of(request);
  BOOST_TEST(*json::text(body, "model") == "small");
  BOOST_TEST(*json::flag(body, "stream"));
  const auto messages = messages_of(request);
  BOOST_TEST(messages.size() == 3U);
  for (const auto* words : {"system: You bake.", "Sell cake.", R"({"order":7})", "Hello, bakery."})
    BOOST_TEST(messages[0].find(words) != std::string::npos, words);
  BOOST_TEST(messages[1] == "assistant: Yes?");
  BOOST_TEST(messages[2] == "user: wait do you bake");
}

BOOST_AUTO_TEST_CASE(a_prompt_without_a_model_says_what_to_set) {
  brain_plan plan;
  std::string why;
  BOOST_TEST(
    !plan_brain(opening_with(R"({"type":"prompt","ref":"x"})"), {}, brain_limits{}, 32, plan, why));
  BOOST_TEST(why.find("llm.url") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_endpoint_is_asked_as_its_configuration_says) {
  const auto opening = opening_with(
    R"({"type":"endpoint","ref":"https://x.example/chat?a=1","cfg":{"model":"big","api_key":"sk-x",)"
    R"("headers":{"X-Org":"o"},"query":{"v":"2 & 3"},"extra_body":{"temperature":0.5,)"
    R"("messages":[],"stream":false,"user":"u"},"timeout_s":3.5,"max_retries":9}})");
  const auto plan = planned(opening);
  BOOST_TEST(plan.url == "https://x.example/chat?a=1&v=2%20%26%203");
  BOOST_TEST(header(plan, "Authorization") == "Bearer sk-x");
  BOOST_TEST(header(plan, "X-Org") == "o");
  BOOST_TEST(plan.retries == brain_limits{}.retries_max);
  BOOST_TEST(plan.timeout.count() <= 3'501);
  BOOST_TEST(plan.first_byte.count() == plan.timeout.count());
  const auto request = ask_for(plan, opening, brain_limits{}, {}, 1, "hello");
  const auto body = body_of(request);
  BOOST_TEST(*json::text(body, "model") == "big");
  BOOST_TEST(*json::number(body, "temperature") == 0.5);
  BOOST_TEST(*json::text(body, "user") == "u");
  BOOST_TEST(*json::flag(body, "stream"));
  BOOST_TEST(messages_of(request).back() == "user: hello");
}

BOOST_AUTO_TEST_CASE(an_endpoints_own_authorisation_goes_before_its_key) {
  const auto plan = planned(
    opening_with(R"({"type":"endpoint","ref":"https://x","cfg":{"api_key":"k",)"
                 R"("headers":{"authorization":"Basic abc"},"extra_body":{"model":"m"}}})"));
  BOOST_TEST(header(plan, "authorization") == "Basic abc");
  BOOST_TEST(header(plan, "Authorization") == "(none)");
}

BOOST_AUTO_TEST_CASE(a_webhook_is_told_what_is_documented) {
  auto opening = opening_with("");
  opening.agent_endpoint = "https://brain.example/hook";
  opening.extra_json = R"({"brain_filler":"Hm.","brain_filler_after_ms":2500})";
  const auto plan = planned(opening, {});
  BOOST_TEST(plan.filler == "Hm.");
  BOOST_TEST(plan.filler_after.count() == 2'500);
  const auto request =
    ask_for(plan, opening, brain_limits{}, {{true, "Yes?"}}, 4, "two \"loaves\"");
  BOOST_TEST(request.url == "https://brain.example/hook");
  const auto body = body_of(request);
  BOOST_TEST(*json::text(body, "text") == "two \"loaves\"");
  const auto* context = json::member(body, "context");
  BOOST_REQUIRE(context);
  BOOST_TEST(*json::text(*context, "call_id") == "SCL_1");
  BOOST_TEST(*json::text(*context, "session_id") == "SCL_1");
  BOOST_TEST(*json::whole(*context, "turn_number") == 4);
  BOOST_TEST(*json::text(*context, "direction") == "inbound");
  BOOST_TEST(*json::text(*context, "user_number") == "+14155550101");
  BOOST_TEST(*json::raw(*context, "data") == R"({"order":7})");
}

BOOST_AUTO_TEST_CASE(a_long_history_is_told_from_its_end) {
  const auto opening = opening_with(R"({"type":"endpoint","ref":"https://x"})");
  std::vector<heard_words> words;
  for (int i = 0; i < 500; ++i)
    words.push_back({i % 2 == 1, "turn " + std::to_string(i)});
  const auto request = ask_for(planned(opening), opening, brain_limits{}, words, 251, "and now");
  const auto messages = messages_of(request);
  BOOST_TEST(messages.size() <= brain_limits{}.history_turns_max + 2);
  BOOST_TEST(messages[messages.size() - 2] == "assistant: turn 499");
  words.assign(100, {true, std::string(10'000, 'x')});
  BOOST_TEST(ask_for(planned(opening), opening, brain_limits{}, words, 1, "y").body.size()
             < 40'000U);
}
