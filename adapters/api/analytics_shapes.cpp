#include "adapters/api/analytics_shapes.hpp"

#include "adapters/api/analytics_bodies.hpp"
#include "adapters/api/answers.hpp"
#include "adapters/api/shapes.hpp"
#include "messages/json_line.hpp"

#include <algorithm>

namespace unpod {

namespace {

/// A column of a table of results.
struct column {
  std::string key; // where a row has its value
  std::string name;
  std::string spec; // the rest of what is known of it, as JSON members
};

/// What every result has, whatever its block asks.
const std::vector<column>& common_columns() {
  static const std::vector<column> all{
    {"result_id", "result_id", R"({"type":"str"})"},
    {"session_id", "session_id", R"({"type":"str"})"},
    {"agent_id", "agent_id", R"({"type":"str"})"},
    {"created", "created", R"({"type":"str"})"},
    {"block_version", "block_version", R"({"type":"int"})"},
    {"status", "status", R"({"type":"enum","choices":["ok","failed","skipped"]})"},
    {"success_evaluation", "success_evaluation", ""},
    {"summary", "summary", R"({"type":"str"})"},
    {"error", "error", R"({"type":"str"})"},
  };
  return all;
}

std::string or_else(const std::string& json, const char* otherwise) {
  return json.empty() ? otherwise : json;
}

/// The success of a block is an answer of yes or no, or one of its choices.
column success_column(const analytics_block& block) {
  if (block.success_type == "enum")
    return {"success_evaluation", "success_evaluation",
            R"({"type":"enum","choices":)" + or_else(block.success_choices_json, "[]") + "}"};
  return {"success_evaluation", "success_evaluation", R"({"type":"bool"})"};
}

bool is_common(const std::string& name) {
  return std::any_of(common_columns().begin(), common_columns().end(),
                     [&](const column& one) { return one.key == name; });
}

std::vector<column> field_columns(const analytics_block& block) {
  std::vector<column> all;
  std::string why;
  const auto fields = json::parse(block.fields_json, 32, why);
  if (!fields || !fields->IsArray())
    return all;
  for (const auto& field : fields->GetArray()) {
    const auto name = json::text(field, "name").value_or("");
    json_line spec;
    for (const auto* member : {"type", "description", "choices"})
      if (const auto* found = json::member(field, member))
        spec.raw(member, json::dump(*found));
    all.push_back({is_common(name) ? "data." + name : name, name, spec.str()});
  }
  return all;
}

std::string column_json(const column& one) {
  return json_line{}.text("key", one.key).text("name", one.name).members_of(one.spec).str();
}

std::string row_json(const analytics_result& result, const std::vector<column>& fields) {
  json_line line;
  line.text("result_id", result.id).text("session_id", result.call.str());
  line.raw("agent_id", json_or_null(result.agent.str()));
  line.raw("created", json_time(result.created)).whole("block_version", result.block_version);
  line.text("status", result.status);
  line.raw("success_evaluation", or_else(result.success_json, "null"));
  line.text("summary", result.summary).raw("error", json_or_null(result.error));
  std::string why;
  const auto data = json::parse(result.data_json, 32, why);
  for (const auto& field : fields) {
    const auto* found = data ? json::member(*data, field.name.c_str()) : nullptr;
    line.raw(field.key, found ? json::dump(*found) : "null");
  }
  return line.str();
}

} // namespace

std::string block_json(const analytics_block& block) {
  json_line line;
  line.text("block_id", block.id).text("name", block.name).text("prompt", block.prompt);
  line.raw("fields", or_else(block.fields_json, "[]"));
  line.raw("summary_description", json_or_null(block.summary_description));
  line.raw("model", json_or_null(block.model));
  line.text("project_id", block.project).raw("org_id", json_or_null(block.org));
  line.flag("success_enabled", block.success_enabled);
  line.raw("success_description", json_or_null(block.success_description));
  line.text("success_type", block.success_type);
  line.raw("success_choices", or_else(block.success_choices_json, "null"));
  line.raw("condition", or_else(block.condition_json, "null"));
  line.raw("template_id", json_or_null(block.template_id));
  line.whole("version", block.version).text("state", block.state);
  line.raw("agent_ids", json_list(agents_of(block), json_quoted));
  line.raw("created", json_time(block.created)).raw("modified", json_time(block.modified));
  return line.str();
}

std::string result_json(const analytics_result& result) {
  json_line line;
  line.text("result_id", result.id).text("block_id", result.block);
  line.raw("name", json_or_null(result.name)).text("session_id", result.call.str());
  line.text("call_id", result.call.str()).raw("agent_id", json_or_null(result.agent.str()));
  line.text("status", result.status).text("summary", result.summary);
  line.raw("success_evaluation", or_else(result.success_json, "null"));
  line.raw("data", or_else(result.data_json, "{}"));
  line.raw("error", json_or_null(result.error)).raw("model", json_or_null(result.model));
  line.raw("latency_ms", result.latency_ms > 0 ? std::to_string(result.latency_ms) : "null");
  line.whole("block_version", result.block_version).raw("created", json_time(result.created));
  return line.str();
}

std::string results_table_json(const analytics_block& block,
                               const std::vector<analytics_result>& results) {
  auto columns = common_columns();
  for (auto& one : columns)
    if (one.key == "success_evaluation")
      one = success_column(block);
  const auto fields = field_columns(block);
  columns.insert(columns.end(), fields.begin(), fields.end());
  return json_line{}
    .raw("columns", json_list(columns, column_json))
    .raw("rows",
         json_list(results, [&](const analytics_result& one) { return row_json(one, fields); }))
    .str();
}

} // namespace unpod
