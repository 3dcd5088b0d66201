// Analytics blocks over the API: every mistake in one named, versions, archive, agents,
// whose they are; and results as rows and as a table (contract §1.15).
#define BOOST_TEST_MODULE analytics
#include <boost/test/unit_test.hpp>

#include "adapters/api/analytics_bodies.hpp"
#include "adapters/api/analytics_shapes.hpp"
#include "adapters/api/analytics_templates.hpp"
#include "tests/adapters/api/api_fixture.hpp"

using namespace fixtures;

namespace {

const std::string blocks = "/api/v2/platform/speech/v1/analytics-blocks";
const std::string results = "/api/v2/platform/speech/v1/analytics-results";

json::document parsed(const std::string& text) {
  std::string why;
  auto document = json::parse(text, 64, why);
  BOOST_REQUIRE_MESSAGE(document, why << " in " << text);
  return std::move(*document);
}

/// What is wrong with a new block of this body; empty: nothing.
std::string mistake_in(const std::string& body, block_body kind = block_body::fresh) {
  analytics_block block;
  std::string why;
  const bool read = read_block(parsed(body), kind, block, why);
  BOOST_TEST(read == why.empty());
  return why;
}

std::string with_fields(const std::string& fields) {
  return R"({"name":"n","prompt":"p","fields":)" + fields + "}";
}

struct block_fixture : api_fixture {
  std::string new_block(const std::string& more = "") {
    const auto made =
      data(call("POST", blocks, R"({"name":"Lead","prompt":"Is it one?")" + more + "}"), 201);
    return *json::text(made, "block_id");
  }

  json::document block(const std::string& id) {
    return data(call("GET", blocks + "/" + id), 200);
  }

  analytics_result add_result(const std::string& id, const std::string& of, const std::string& data,
                              const std::string& project = "PRJ_1") {
    analytics_result result;
    result.id = id;
    result.project = project;
    result.block = of;
    result.name = "Lead";
    result.call = call_id{"SCL_1"};
    result.agent = agent_id{"a"};
    result.summary = "said hello";
    result.success_json = "true";
    result.data_json = data;
    result.latency_ms = 900;
    result.created = 1'700'000'000'000;
    stored.records->put(result);
    return result;
  }
};

} // namespace

BOOST_AUTO_TEST_CASE(a_mistake_in_a_block_is_named) {
  const std::vector<std::pair<std::string, std::string>> wrong{
    {"[]", "the body must be a JSON object"},
    {"{}", "name is missing"},
    {R"({"name":"n"})", "prompt is missing"},
    {R"({"name":7,"prompt":"p"})", "name must be text"},
    {R"({"name":"n","prompt":")" + std::string(17'000, 'x') + "\"}",
     "prompt is longer than 16384 bytes"},
    {R"({"name":"n","prompt":"p","model":[]})", "model must be text"},
    {R"({"name":"n","prompt":"p","success_enabled":"yes"})",
     "success_enabled must be true or false"},
    {R"({"name":"n","prompt":"p","success_type":"scale"})", "success_type must be bool or enum"},
    {R"({"name":"n","prompt":"p","success_type":"enum"})",
     "success_choices is missing: the success_type enum needs them"},
    {R"({"name":"n","prompt":"p","success_type":"bool","success_choices":["a"]})",
     "success_choices is only for the success_type enum"},
    {R"({"name":"n","prompt":"p","success_choices":[]})",
     "success_choices must be a list of 1 to 64 texts"},
    {R"({"name":"n","prompt":"p","success_type":"enum","success_choices":["a","a"]})",
     "success_choices names 'a' twice"},
    {R"({"name":"n","prompt":"p","condition":[]})",
     "condition must be an object, for instance {\"min_turns\": 4}"},
    {R"({"name":"n","prompt":"p","condition":{"mood":"good"}})", "condition knows min_turns alone"},
    {R"({"name":"n","prompt":"p","condition":{"min_turns":-1}})",
     "condition.min_turns must be a whole number from 0 to 10000"},
  };
  for (const auto& [body, words] : wrong)
    BOOST_TEST(mistake_in(body) == words);
}

BOOST_AUTO_TEST_CASE(a_mistake_in_a_field_spec_says_which) {
  const std::vector<std::pair<std::string, std::string>> wrong{
    {"{}", "fields must be a list of at most 64 field specs"},
    {"[7]", "fields[0] must be an object {name, type, description?, choices?}"},
    {"[{}]", "fields[0].name is missing"},
    {R"([{"name":"a"},{"name":"a"}])", "fields[1].name 'a' is there twice"},
    {R"([{"name":"a.b"}])", "fields[0].name must not hold dots or control characters"},
    {R"([{"name":"a","type":"date"}])",
     "fields[0].type must be one of str, int, float, bool, list[str] and enum"},
    {R"([{"name":"a","type":7}])", "fields[0].type must be text"},
    {R"([{"name":"a"},{"name":"b","type":"enum"}])",
     "fields[1].choices is missing: an enum needs its choices"},
    {R"([{"name":"a","type":"int","choices":["x"]}])",
     "fields[0].choices is only for the type enum"},
    {R"([{"name":"a","type":"enum","choices":[]}])",
     "fields[0].choices must be a list of 1 to 64 texts"},
    {R"([{"name":"a","type":"enum","choices":[1]}])",
     "fields[0].choices must hold texts of 1 to 256 bytes"},
    {R"([{"name":"a","description":7}])", "fields[0].description must be text"},
  };
  for (const auto& [fields, words] : wrong)
    BOOST_TEST(mistake_in(with_fields(fields)) == words);
  std::string many;
  for (int at = 0; at < 65; ++at)
    many += (at == 0 ? "" : ",") + (R"({"name":"f)" + std::to_string(at)) + "\"}";
  BOOST_TEST(mistake_in(with_fields("[" + many + "]"))
             == "fields must be a list of at most 64 field specs");
  for (const auto* type : {"str", "int", "float", "bool", "list[str]"})
    BOOST_TEST(mistake_in(with_fields(R"([{"name":"बजट","type":")" + std::string{type} + "\"}]"))
               == "");
}

BOOST_AUTO_TEST_CASE(a_field_spec_is_kept_with_its_type_and_what_is_unknown) {
  analytics_block block;
  std::string why;
  BOOST_TEST(read_block(parsed(with_fields(R"([{"unit":"EUR","name":"a","choices":null}])")),
                        block_body::fresh, block, why));
  BOOST_TEST(block.fields_json == R"([{"name":"a","type":"str","unit":"EUR"}])");
}

BOOST_AUTO_TEST_CASE(every_template_is_a_block_that_may_be_posted) {
  for (const auto& one : block_templates()) {
    BOOST_TEST(mistake_in(one.body) == "", one.id);
    BOOST_TEST(find_template(one.id) == &one);
    const auto shown = parsed(template_json(one));
    BOOST_TEST(*json::text(shown, "template_id") == one.id);
    BOOST_TEST(!json::text(shown, "name")->empty());
  }
  BOOST_TEST(!find_template(""));
}

BOOST_AUTO_TEST_CASE(agents_of_a_block_are_a_set) {
  analytics_block block;
  BOOST_TEST(agents_of(block).empty());
  BOOST_TEST(add_agent(block, "a"));
  BOOST_TEST(add_agent(block, "ab"));
  BOOST_TEST(!add_agent(block, "a"));
  BOOST_TEST(block.agents == "a ab");
  BOOST_TEST(remove_agent(block, "a"));
  BOOST_TEST(!remove_agent(block, "a"));
  BOOST_TEST(block.agents == "ab");
}

BOOST_FIXTURE_TEST_SUITE(analytics_tests, block_fixture)

BOOST_AUTO_TEST_CASE(a_block_is_made_with_defaults_and_shown) {
  const auto id = new_block();
  BOOST_TEST(id.rfind("ABK_", 0) == 0u);
  const auto shown = block(id);
  BOOST_TEST(*json::text(shown, "project_id") == "PRJ_1");
  BOOST_TEST(*json::text(shown, "org_id") == "ORG_1");
  BOOST_TEST(*json::text(shown, "success_type") == "bool");
  BOOST_TEST(*json::flag(shown, "success_enabled"));
  BOOST_TEST(*json::whole(shown, "version") == 1);
  BOOST_TEST(*json::text(shown, "state") == "active");
  for (const auto* nothing : {"summary_description", "model", "success_description",
                              "success_choices", "condition", "template_id"})
    BOOST_TEST(json::member(shown, nothing)->IsNull(), nothing);
  for (const auto* list : {"fields", "agent_ids"})
    BOOST_TEST(json::member(shown, list)->Empty(), list);
  BOOST_TEST(json::text(shown, "created")->size() == 24u);
  BOOST_TEST(call("GET", blocks + "/ABK_no").status == 404);
}

BOOST_AUTO_TEST_CASE(a_template_is_overridden_by_what_is_not_empty) {
  const auto target = blocks + "?from_template=satisfaction";
  const auto kept = data(call("POST", target, R"({"name":"Ours","prompt":"","fields":[]})"), 201);
  BOOST_TEST(*json::text(kept, "name") == "Ours");
  BOOST_TEST(*json::text(kept, "template_id") == "satisfaction");
  BOOST_TEST(!json::text(kept, "prompt")->empty());
  BOOST_TEST(json::member(kept, "fields")->Size() == 5u);
  const auto own = data(call("POST", target, R"({"fields":[{"name":"x"}],"condition":null})"), 201);
  BOOST_TEST(json::member(own, "fields")->Size() == 1u);
  BOOST_TEST(json::member(own, "condition")->IsNull());
  BOOST_TEST(detail(call("POST", blocks + "?from_template=no", "{}"), 422).rfind("from_template", 0)
             == 0u);
  BOOST_TEST(data(call("GET", blocks + "/templates"), 200).Size() == block_templates().size());
}

BOOST_AUTO_TEST_CASE(a_change_makes_a_version_and_no_change_makes_none) {
  const auto id = new_block(R"(,"fields":[{"name":"a"}],"model":"m")");
  const auto patch = [&](const std::string& body) {
    return call("PATCH", blocks + "/" + id, body);
  };
  const auto changed = data(patch(R"({"prompt":"And now?","model":null})"), 200);
  BOOST_TEST(*json::whole(changed, "version") == 2);
  BOOST_TEST(*json::text(changed, "prompt") == "And now?");
  BOOST_TEST(json::member(changed, "model")->IsNull());
  BOOST_TEST(json::member(changed, "fields")->Size() == 1u);
  BOOST_TEST(*json::whole(data(patch(R"({"prompt":"And now?"})"), 200), "version") == 2);
  BOOST_TEST(*json::whole(data(patch("{}"), 200), "version") == 2);
  BOOST_TEST(json::member(data(patch(R"({"fields":[]})"), 200), "fields")->Empty());
  BOOST_TEST(detail(patch(R"({"name":""})"), 422) == "name is missing");
  const auto enumerated = data(patch(R"({"success_choices":["x"]})"), 200);
  BOOST_TEST(*json::text(enumerated, "success_type") == "enum");
  BOOST_TEST(json::member(enumerated, "success_choices")->Size() == 1u);
  BOOST_TEST(
    json::member(data(patch(R"({"success_type":"bool"})"), 200), "success_choices")->IsNull());
  BOOST_TEST(*json::whole(block(id), "version") == 5);
}

BOOST_AUTO_TEST_CASE(a_deleted_block_is_archived_and_stays_readable) {
  new_pipe();
  const auto id = new_block(), other = new_block();
  call("POST", blocks + "/" + id + "/attach", R"({"agent_id":"a"})");
  for (int again = 0; again < 2; ++again)
    BOOST_TEST(call("DELETE", blocks + "/" + id).status == 204);
  BOOST_TEST(*json::text(block(id), "state") == "archived");
  BOOST_TEST(json::member(block(id), "agent_ids")->Empty());
  BOOST_TEST(data(call("GET", blocks), 200).Size() == 1u);
  BOOST_TEST(data(call("GET", blocks + "?include_archived=true"), 200).Size() == 2u);
  BOOST_TEST(call("GET", blocks + "?include_archived=maybe").status == 422);
  BOOST_TEST(call("PATCH", blocks + "/" + id, R"({"name":"x"})").status == 409);
  BOOST_TEST(call("POST", blocks + "/" + id + "/attach", R"({"agent_id":"a"})").status == 409);
  BOOST_TEST(call("GET", blocks + "/" + id + "/results").status == 200);
}

BOOST_AUTO_TEST_CASE(a_block_is_attached_and_detached_any_number_of_times) {
  new_pipe();
  const auto attach = blocks + "/" + new_block() + "/attach";
  for (int again = 0; again < 2; ++again) {
    const auto shown = data(call("POST", attach, R"({"agent_id":"a"})"), 200);
    BOOST_TEST(json::member(shown, "agent_ids")->Size() == 1u);
    BOOST_TEST(*json::whole(shown, "version") == 1);
  }
  BOOST_TEST(detail(call("POST", attach, "{}"), 422).rfind("agent_id is missing", 0) == 0u);
  BOOST_TEST(detail(call("POST", attach, R"({"agent_id":"a b"})"), 422)
             == "agent_id must not hold blanks");
  BOOST_TEST(detail(call("POST", attach, R"({"agent_id":"nobody"})"), 404)
               .rfind("agent_id: there is no agent", 0)
             == 0u);
  for (int again = 0; again < 2; ++again)
    BOOST_TEST(json::member(data(call("DELETE", attach + "/a"), 200), "agent_ids")->Empty());
}

BOOST_AUTO_TEST_CASE(another_project_sees_nothing_of_a_block) {
  new_pipe();
  const auto id = new_block();
  add_call("SCL_1", "completed");
  add_result("ANR_1", id, "{}");
  const auto other = [&](const std::string& method, const std::string& target) {
    return ask_as("Bearer other", method, target, R"({"agent_id":"a"})");
  };
  for (const auto& [method, target] : std::vector<std::pair<std::string, std::string>>{
         {"GET", blocks + "/" + id},
         {"PATCH", blocks + "/" + id},
         {"DELETE", blocks + "/" + id},
         {"POST", blocks + "/" + id + "/attach"},
         {"DELETE", blocks + "/" + id + "/attach/a"},
         {"GET", blocks + "/" + id + "/results"},
         {"GET", results + "?format=flat&block_id=" + id},
         {"GET", "/v1/sessions/SCL_1/analytics"},
         {"GET", "/v1/calls/SCL_1/analytics"}})
    BOOST_TEST(other(method, target).status == 404, method << " " << target);
  for (const auto& target : {blocks, results, results + "?block_id=" + id})
    BOOST_TEST(data(other("GET", target), 200).Empty(), target);
  BOOST_TEST(*json::text(block(id), "state") == "active");
}

BOOST_AUTO_TEST_CASE(results_are_listed_newest_first_by_what_is_asked) {
  const auto id = new_block();
  add_call("SCL_1", "completed");
  for (int at = 1; at <= 5; ++at)
    add_result("ANR_" + std::to_string(at), at == 3 ? "ABK_other" : id, "{}");
  const auto all = data(call("GET", results), 200);
  BOOST_REQUIRE_EQUAL(all.Size(), 5u);
  BOOST_TEST(*json::text(all[0], "result_id") == "ANR_5");
  const auto page = data(call("GET", blocks + "/" + id + "/results?limit=2&skip=1"), 200);
  BOOST_REQUIRE_EQUAL(page.Size(), 2u);
  BOOST_TEST(*json::text(page[0], "result_id") == "ANR_4");
  BOOST_TEST(*json::text(page[1], "result_id") == "ANR_2");
  for (const auto& [query, rows] :
       std::vector<std::pair<std::string, unsigned>>{{"?agent_id=a", 5},
                                                     {"?agent_id=b", 0},
                                                     {"?status=ok", 5},
                                                     {"?status=failed", 0},
                                                     {"?block_id=ABK_other", 1},
                                                     {"?skip=5", 0}})
    BOOST_TEST(data(call("GET", results + query), 200).Size() == rows, query);
  for (const auto* path : {"/v1/sessions/SCL_1/analytics", "/speech/v1/calls/SCL_1/analytics"})
    BOOST_TEST(data(call("GET", path), 200).Size() == 5u);
  BOOST_TEST(call("GET", "/v1/calls/SCL_2/analytics").status == 404);
  for (const auto* wrong : {"?limit=0", "?limit=1001", "?limit=x", "?limit=", "?skip=-1",
                            "?skip=99999999999999999999", "?status=good", "?format=csv"})
    BOOST_TEST(call("GET", results + wrong).status == 422, wrong);
}

BOOST_AUTO_TEST_CASE(a_table_has_a_column_for_every_field_filled_or_not) {
  const auto id = new_block(R"(,"fields":[{"name":"budget","type":"int"},{"name":"status"}])");
  add_result("ANR_1", id, R"({"budget":7,"status":"keen"})");
  add_result("ANR_2", id, "{}");
  const auto table =
    data(call("GET", results + "?format=flat&limit=100&skip=0&block_id=" + id), 200);
  const auto& columns = *json::member(table, "columns");
  const auto& rows = *json::member(table, "rows");
  BOOST_REQUIRE_EQUAL(columns.Size(), 11u);
  BOOST_TEST(*json::text(columns[9], "key") == "budget");
  BOOST_TEST(*json::text(columns[9], "type") == "int");
  BOOST_TEST(*json::text(columns[10], "key") == "data.status");
  BOOST_TEST(*json::text(columns[10], "name") == "status");
  BOOST_REQUIRE_EQUAL(rows.Size(), 2u);
  for (const auto& column : columns.GetArray())
    BOOST_TEST(rows[0].HasMember(json::text(column, "key")->c_str()));
  BOOST_TEST(json::member(rows[0], "budget")->IsNull());
  BOOST_TEST(*json::whole(rows[1], "budget") == 7);
  BOOST_TEST(*json::text(rows[1], "data.status") == "keen");
  BOOST_TEST(*json::text(rows[1], "status") == "ok");
  const auto of_all = data(call("GET", results + "?format=flat"), 200);
  BOOST_TEST(json::member(of_all, "columns")->Size() == 9u); // what every result has
  BOOST_TEST(json::member(of_all, "rows")->Size() == 2u);
  BOOST_TEST(call("GET", results + "?format=flat&block_id=ABK_no").status == 404);
}

BOOST_AUTO_TEST_SUITE_END()
