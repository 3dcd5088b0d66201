// Every verb of every noun asks for something that the API serves.
#define BOOST_TEST_MODULE routes
#include <boost/test/unit_test.hpp>

#include "cli/noun.hpp"
#include "tests/adapters/api/api_fixture.hpp"

namespace {

using namespace unpod;

/// The path with a word in every place.
std::string some_path(std::string path) {
  for (auto at = path.find('{'); at != path.npos; at = path.find('{'))
    path.replace(at, path.find('}') - at + 1, "word");
  return path.substr(0, path.find('?'));
}

} // namespace

BOOST_AUTO_TEST_CASE(every_verb_has_a_route) {
  api_setup setup;
  setup.authenticate = [](std::string_view) { return std::optional<api_caller>{}; };
  setup.new_token = [] { return std::string{"a-secret"}; };
  const auto api = make_api(setup);
  for (const auto& what : cli::all_nouns())
    for (const auto& verb : what.verbs) {
      const auto exchange = std::make_shared<fixtures::fake_exchange>();
      exchange->asked.method = verb.method;
      exchange->asked.path = some_path(verb.path);
      api(exchange);
      // Found, and nobody is let in without a key: 404 and 405 would say that it is not there.
      BOOST_TEST(exchange->got.status == 401, verb.method + " " + verb.path);
    }
}
