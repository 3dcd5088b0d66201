// The API described: every route is in the document and nothing else, and the document
// holds together.
#define BOOST_TEST_MODULE openapi
#include <boost/test/unit_test.hpp>

#include "adapters/api/analytics_templates.hpp"
#include "adapters/api/openapi.hpp"
#include "adapters/api/route_notes.hpp"
#include "tests/adapters/api/api_fixture.hpp"

#include <fstream>
#include <iterator>
#include <set>

using namespace fixtures;

namespace {

/// As one would write it: "GET v1/pipes".
std::string name_of(const api_route& route) {
  return route.method + (" " + route.pattern.text());
}

json::document the_document() {
  std::string why;
  auto document = json::parse(openapi_json(every_route()), 64, why);
  BOOST_REQUIRE_MESSAGE(document, why);
  return std::move(*document);
}

std::string lower(std::string text) {
  for (auto& c : text)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// What `#/components/schemas/Pipe` points at; null when nothing.
const json::value* pointed_at(const json::value& document, const std::string& ref) {
  if (ref.rfind("#/", 0) != 0)
    return nullptr;
  const auto* at = &document;
  for (std::size_t from = 2; at && from <= ref.size();) {
    const auto end = std::min(ref.find('/', from), ref.size());
    at = json::member(*at, ref.substr(from, end - from).c_str());
    from = end + 1;
  }
  return at;
}

/// Calls `see` with every `$ref` under this value.
template <class See>
void each_ref(const json::value& any, See see) {
  if (any.IsArray())
    for (const auto& item : any.GetArray())
      each_ref(item, see);
  if (!any.IsObject())
    return;
  for (const auto& member : any.GetObject())
    if (const std::string key = member.name.GetString(); key == "$ref")
      see(std::string{member.value.GetString()});
    else
      each_ref(member.value, see);
}

} // namespace

BOOST_AUTO_TEST_CASE(every_route_has_a_note_and_every_note_a_route) {
  std::set<std::string> routes, notes, tags;
  for (const auto& tag : tag_notes())
    tags.insert(tag.name);
  for (const auto& route : every_route())
    BOOST_TEST(routes.insert(name_of(route)).second, name_of(route) << " is in the table twice");
  for (const auto& note : route_notes()) {
    BOOST_TEST(notes.insert(note.route).second, note.route << " is noted twice");
    BOOST_TEST(routes.count(note.route) == 1u, "no route " << note.route << ", but a note");
    BOOST_TEST(tags.count(note.tag) == 1u, note.route << " stands under no heading");
    BOOST_TEST(*note.summary != '\0', note.route << " says nothing");
  }
  for (const auto& route : routes)
    BOOST_TEST(notes.count(route) == 1u, "write a line for " << route << " in route_notes.cpp");
}

BOOST_AUTO_TEST_CASE(every_route_is_in_the_document_and_every_path_a_route) {
  const auto document = the_document();
  const auto& paths = *json::member(document, "paths");
  std::set<std::string> expected, found, ids;
  for (const auto& route : every_route())
    expected.insert(lower(route.method) + " /" + route.pattern.text());
  for (const auto& path : paths.GetObject())
    for (const auto& operation : path.value.GetObject()) {
      found.insert(operation.name.GetString() + std::string{" "} + path.name.GetString());
      BOOST_TEST(ids.insert(json::text(operation.value, "operationId").value_or("")).second);
      BOOST_TEST(operation.value.HasMember("responses"));
    }
  BOOST_TEST(expected == found, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_reference_leads_somewhere) {
  const auto document = the_document();
  int seen = 0;
  each_ref(document, [&](const std::string& ref) {
    ++seen;
    BOOST_TEST(pointed_at(document, ref) != nullptr, ref);
  });
  BOOST_TEST(seen > 100);
}

BOOST_AUTO_TEST_CASE(every_schema_and_argument_is_used) {
  const auto document = the_document();
  std::set<std::string> used;
  each_ref(document, [&](const std::string& ref) { used.insert(ref); });
  for (const std::string kind : {"schemas", "parameters"})
    for (const auto& one :
         json::member(*json::member(document, "components"), kind.c_str())->GetObject())
      BOOST_TEST(used.count("#/components/" + kind + "/" + one.name.GetString()) == 1u,
                 one.name.GetString() << " is used nowhere");
}

BOOST_AUTO_TEST_CASE(every_name_in_a_path_is_declared_and_no_other) {
  const auto document = the_document();
  for (const auto& path : json::member(document, "paths")->GetObject())
    for (const auto& operation : path.value.GetObject()) {
      std::set<std::string> named, declared;
      const std::string text = path.name.GetString();
      for (auto at = text.find('{'); at != std::string::npos; at = text.find('{', at + 1))
        named.insert(text.substr(at + 1, text.find('}', at) - at - 1));
      if (const auto* all = json::member(operation.value, "parameters"))
        for (const auto& one : all->GetArray())
          if (json::text(one, "in").value_or("") == "path")
            declared.insert(*json::text(one, "name"));
      BOOST_TEST(named == declared, text);
    }
}

BOOST_AUTO_TEST_CASE(the_templates_are_those_there_are) {
  std::string named;
  for (const auto& one : block_templates())
    named += (named.empty() ? "\"" : ",\"") + std::string{one.id} + "\"";
  for (const auto& note : query_notes())
    if (note.name == std::string{"from_template"})
      BOOST_TEST(std::string{note.schema}.find("[" + named + "]") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_route_without_a_note_is_documented_all_the_same) {
  const auto text =
    openapi_json({{"GET", path_pattern{"v9/new-things/{id}"}, access::admin, nullptr}});
  for (const auto* part :
       {"/v9/new-things/{id}", "The id of the new thing", "\"Other\"", "\"admin\""})
    BOOST_TEST(text.find(part) != std::string::npos, part);
}

BOOST_AUTO_TEST_CASE(the_version_is_the_programs) {
  std::ifstream in{SOURCE_DIR "/CMakeLists.txt"};
  const std::string build{std::istreambuf_iterator<char>{in}, {}};
  const auto document = the_document();
  const auto version = json::text(*json::member(document, "info"), "version").value_or("?");
  BOOST_TEST(build.find("project(unpod VERSION " + version + " ") != std::string::npos);
}

BOOST_FIXTURE_TEST_SUITE(docs_tests, api_fixture)

BOOST_AUTO_TEST_CASE(the_document_is_served_without_a_key) {
  for (const auto* target : {"/openapi.json", "/platform/openapi.json", "/openapi.json/"}) {
    const auto answer = ask_as("", "GET", target);
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.content_type == "application/json");
    BOOST_TEST(answer.body == openapi_json(every_route()));
  }
}

BOOST_AUTO_TEST_CASE(the_page_runs_nothing_that_it_did_not_bring) {
  const auto answer = ask_as("", "GET", "/docs");
  BOOST_TEST(answer.status == 200);
  BOOST_TEST(answer.content_type == "text/html; charset=utf-8");
  BOOST_TEST(answer.body.find("@nonce@") == std::string::npos);
  BOOST_TEST(answer.body.find("<script nonce=\"the-token\">") != std::string::npos);
  for (const auto* outside :
       {"http://", "https://", "src=", "<link rel=\"stylesheet\"", "style=\""})
    BOOST_TEST(answer.body.find(outside) == std::string::npos, outside);
  std::string policy;
  for (const auto& [name, value] : answer.headers)
    if (name == "Content-Security-Policy")
      policy = value;
  for (const auto* part :
       {"default-src 'none'", "script-src 'nonce-the-token'", "style-src 'nonce-the-token'",
        "connect-src 'self'", "frame-ancestors 'none'"})
    BOOST_TEST(policy.find(part) != std::string::npos, part);
  BOOST_TEST(policy.find("unsafe") == std::string::npos);
  BOOST_TEST(has_header(answer, "X-Content-Type-Options", "nosniff"));
}

BOOST_AUTO_TEST_SUITE_END()
