#include "adapters/llm/analysis.hpp"

#include "adapters/json/json.hpp"

#include <algorithm>

namespace unpod {

namespace {

/// bytes of a summary that are kept.
constexpr std::size_t summary_bytes_max = 16 * 1024;

std::string said_in(const call_record& call, std::size_t bytes_max) {
  std::string all;
  for (const auto& turn : call.transcript)
    all += (turn.role == "agent" ? "Agent: " : "Caller: ") + turn.content
           + (turn.interrupted ? " (interrupted)\n" : "\n");
  if (all.size() <= bytes_max)
    return all;
  auto from = all.size() - bytes_max;
  while (from < all.size() && all[from] != '\n')
    ++from;
  return "(earlier words are left out)" + all.substr(from);
}

/// What is wanted of each member of the answer.
std::string wanted(const analytics_block& block) {
  std::string text = R"(Answer with one JSON object and nothing else. Its members:
"summary": text. )";
  text += block.summary_description.empty() ? "What happened in the call, in two sentences."
                                            : block.summary_description;
  if (block.success_enabled) {
    text += "\n\"success\": ";
    text += block.success_type == "enum" ? "one of " + block.success_choices_json + ", or null. "
                                         : "true, false or null. ";
    text += block.success_description.empty() ? "Did the call achieve what it was for?"
                                              : block.success_description;
  }
  text += "\n\"data\": an object with a member for each of these fields, null where the call does "
          "not say: "
          + (block.fields_json.empty() ? "[]" : block.fields_json);
  return text;
}

bool is_one_of(const json::value* choices, const json::value& value) {
  if (!choices || !choices->IsArray() || !value.IsString())
    return false;
  const auto all = choices->GetArray();
  return std::any_of(all.begin(), all.end(), [&](const auto& one) { return one == value; });
}

bool is_of(const std::string& type, const json::value& field, const json::value& value) {
  if (type == "int")
    return value.IsInt64() || value.IsUint64();
  if (type == "float")
    return value.IsNumber();
  if (type == "bool")
    return value.IsBool();
  if (type == "enum")
    return is_one_of(json::member(field, "choices"), value);
  if (type != "list[str]")
    return value.IsString();
  if (!value.IsArray())
    return false;
  const auto all = value.GetArray();
  return std::all_of(all.begin(), all.end(), [](const auto& one) { return one.IsString(); });
}

std::string data_of(const analytics_block& block, const json::value* data, std::size_t depth) {
  json::writer out;
  out.object();
  std::string why;
  const auto fields = json::parse(block.fields_json, depth, why);
  if (fields && fields->IsArray())
    for (const auto& field : fields->GetArray()) {
      const auto name = json::text(field, "name").value_or("");
      const auto* value = data ? json::member(*data, name.c_str()) : nullptr;
      out.key(name);
      value&& is_of(json::text(field, "type").value_or("str"), field, *value)
        ? out.raw(json::dump(*value))
        : out.null();
    }
  return out.end().str();
}

std::string success_of(const analytics_block& block, const json::value& answer, std::size_t depth) {
  const auto* success = json::member(answer, "success");
  if (!block.success_enabled || !success)
    return "null";
  std::string why;
  const auto choices = json::parse(block.success_choices_json, depth, why);
  const bool good =
    block.success_type == "enum" ? choices && is_one_of(&*choices, *success) : success->IsBool();
  return good ? json::dump(*success) : "null";
}

} // namespace

std::string why_skipped(const analytics_block& block, const call_record& call) {
  if (call.transcript.empty())
    return "the call has no transcript";
  std::string why;
  const auto condition = json::parse(block.condition_json, 32, why);
  const std::int64_t least = condition ? json::whole(*condition, "min_turns").value_or(0) : 0;
  const auto turns = std::count_if(call.transcript.begin(), call.transcript.end(),
                                   [](const turn_record& turn) { return turn.role == "user"; });
  if (turns < least)
    return "the call has " + std::to_string(turns) + " turns of its caller, fewer than min_turns "
           + std::to_string(least);
  return {};
}

outgoing_request ask_about(const analytics_block& block, const call_record& call,
                           const llm_settings& model, const analyst_limits& bounds) {
  outgoing_request request;
  request.url = model.url;
  request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}};
  if (!model.key.empty())
    request.headers.emplace_back("Authorization", "Bearer " + model.key.reveal());
  request.timeout = request.first_byte = request.quiet = bounds.run_wait;
  request.answer_max = bounds.answer_bytes_max;
  json::writer body;
  body.object();
  const auto& name = block.model.empty() ? model.model : block.model;
  if (!name.empty())
    body.field("model", name);
  body.key("messages").array();
  body.object().field("role", "system").field("content", block.prompt + "\n\n" + wanted(block));
  body.end().object().field("role", "user");
  body.field("content", "The call:\n" + said_in(call, bounds.transcript_bytes_max)).end().end();
  request.body = body.field("stream", false).end().str();
  return request;
}

bool read_analysis(const analytics_block& block, const std::string& answer,
                   std::size_t json_depth_max, analytics_result& into, std::string& why) {
  // Models like to wrap what they were asked for in words or in a fence.
  const auto from = answer.find('{');
  const auto to = answer.rfind('}');
  if (from == std::string::npos || to == std::string::npos || to < from) {
    why = "the model's answer holds no JSON object";
    return false;
  }
  std::string mistake;
  const auto read =
    json::parse(std::string_view{answer}.substr(from, to - from + 1), json_depth_max, mistake);
  const auto summary = read ? json::text(*read, "summary") : std::nullopt;
  if (!summary) {
    why = read ? "the model's answer has no summary" : "the model's answer is " + mistake;
    return false;
  }
  into.summary = summary->substr(0, summary_bytes_max);
  while (!into.summary.empty() && into.summary.size() == summary_bytes_max
         && (static_cast<unsigned char>(into.summary.back()) & 0x80) != 0)
    into.summary.pop_back(); // half a character
  into.success_json = success_of(block, *read, json_depth_max);
  into.data_json = data_of(block, json::member(*read, "data"), json_depth_max);
  return true;
}

} // namespace unpod
