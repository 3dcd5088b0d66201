#include "adapters/llm/brain_answer.hpp"

#include "adapters/json/json.hpp"

#include <algorithm>
#include <cctype>

namespace unpod {

namespace {

bool fail(std::string& why, std::string words) {
  why = std::move(words);
  return false;
}

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// Of `choices[0]`: what was added (`delta`) or all of it (`message`); null says nothing.
std::optional<std::string> content_of(const json::value& answer) {
  const auto* choices = json::member(answer, "choices");
  if (!choices || !choices->IsArray())
    return std::nullopt;
  if (choices->Empty())
    return std::string{};
  const auto& first = (*choices)[0];
  for (const auto* key : {"delta", "message"})
    if (const auto* said = json::member(first, key))
      return json::text(*said, "content").value_or("");
  return json::text(first, "text").value_or("");
}

std::optional<brain_tokens> tokens_of(const json::value& answer) {
  const auto* usage = json::member(answer, "usage");
  if (!usage || !usage->IsObject())
    return std::nullopt;
  const auto count = [](const json::value& object, const char* key) {
    return std::clamp<std::int64_t>(json::whole(object, key).value_or(0), 0, 100'000'000);
  };
  brain_tokens tokens{count(*usage, "prompt_tokens"), count(*usage, "completion_tokens"), 0};
  if (const auto* details = json::member(*usage, "prompt_tokens_details"))
    tokens.cached = count(*details, "cached_tokens");
  return tokens;
}

} // namespace

brain_answer::brain_answer(brain_plan::kind what, const brain_limits& bounds,
                           std::size_t json_depth_max)
  : what_(what), json_depth_max_(json_depth_max), events_(bounds.line_bytes_max) {}

void brain_answer::begin(const std::string& content_type) {
  std::string type;
  for (const char c : content_type.substr(0, content_type.find(';')))
    type += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (type.find("event-stream") != std::string::npos)
    form_ = form::stream;
  else if (type.find("json") != std::string::npos)
    form_ = form::json;
  else if (type == "text/plain" && what_ == brain_plan::kind::webhook)
    form_ = form::plain;
}

/// Nobody said what it is.
void brain_answer::guess(char first) {
  if (first == '{')
    form_ = form::json;
  else
    form_ = what_ == brain_plan::kind::chat ? form::stream : form::plain;
}

bool brain_answer::read(std::string_view bytes, std::string& words, std::string& why) {
  if (form_ == form::unknown) {
    const auto first = std::find_if_not(bytes.begin(), bytes.end(), is_blank);
    if (first == bytes.end())
      return true;
    guess(*first);
  }
  if (form_ == form::plain)
    return take(bytes, words, why);
  if (form_ == form::json) {
    whole_ += bytes; // bounded by the exchange
    return true;
  }
  bool good = true;
  const auto each = [&](const sse_event& event) {
    good = good && (done_ || read_event(event, words, why));
  };
  if (!events_.read(bytes, each))
    return fail(why, "an event of its stream is too long");
  return good;
}

bool brain_answer::finish(std::string& words, std::string& why) {
  if (form_ == form::json)
    return read_object(whole_, words, why);
  if (form_ == form::plain)
    return bytes_.finish() || fail(why, "its answer ends in the middle of a character");
  bool good = true;
  events_.finish(
    [&](const sse_event& event) { good = good && (done_ || read_event(event, words, why)); });
  return good;
}

bool brain_answer::read_event(const sse_event& event, std::string& words, std::string& why) {
  if (event.data == "[DONE]") {
    done_ = true;
    return true;
  }
  if (event.name == "error")
    return fail(why, "it reports an error");
  const bool object = !event.data.empty() && event.data.front() == '{';
  if (what_ == brain_plan::kind::webhook && !object)
    return take(event.data, words, why);
  return read_object(event.data, words, why);
}

bool brain_answer::read_object(std::string_view text, std::string& words, std::string& why) {
  std::string mistake;
  const auto answer = json::parse(text, json_depth_max_, mistake);
  if (!answer)
    return fail(why, "its answer is " + mistake);
  if (!answer->IsObject())
    return fail(why, "its answer is no JSON object");
  if (const auto* error = json::member(*answer, "error"); error && !error->IsNull())
    return fail(why, "it reports an error");
  if (const auto tokens = tokens_of(*answer))
    tokens_ = tokens;
  const auto said =
    what_ == brain_plan::kind::webhook ? json::text(*answer, "text") : std::optional<std::string>{};
  const auto content = said ? said : content_of(*answer);
  if (content)
    return take(*content, words, why);
  if (what_ == brain_plan::kind::chat && tokens_)
    return true; // the last event of a stream, with its usage alone
  return fail(why, what_ == brain_plan::kind::webhook ? "its answer has no text"
                                                      : "its answer has no choices");
}

bool brain_answer::take(std::string_view text, std::string& words, std::string& why) {
  return bytes_.read(text, words) || fail(why, "its answer is no UTF-8");
}

} // namespace unpod
