// The spellings of a number's ids, and the bodies that name numbers.
#define BOOST_TEST_MODULE number_ids
#include <boost/test/unit_test.hpp>

#include "adapters/api/number_bodies.hpp"
#include "adapters/api/number_ids.hpp"
#include "tests/adapters/api/number_fixture.hpp"

#include <algorithm>

using namespace unpod;
using fixtures::number_fixture;

namespace {

json::document parsed(const std::string& text) {
  std::string why;
  auto document = json::parse(text, 64, why);
  BOOST_REQUIRE_MESSAGE(document, why << " in " << text);
  return std::move(*document);
}

} // namespace

// -- ids and bodies ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(e164_is_strict) {
  for (const auto* good : {"+14155550101", "+12", "+123456789012345"})
    BOOST_TEST(is_e164(good), good);
  for (const auto* bad :
       {"", "+", "14155550101", "+0155550101", "+1", "+1234567890123456", "+1415 5550101", "+1-415",
        "+1415555O101", "++1415", " +14155550101", "+14155550101;x", "\xd9\xa1"})
    BOOST_TEST(!is_e164(bad), bad);
}

BOOST_AUTO_TEST_CASE(an_id_is_known_in_any_spelling) {
  for (const auto* id : {"NUM_14155550101", "14155550101", "+14155550101"})
    BOOST_TEST(number_of_id(id).value_or("") == "+14155550101", id);
  for (const auto* id : {"", "NUM_", "NUM_+14155550101", "num_14155550101", "+NUM_1415",
                         "0014155550101", "PIPE_1", "1415/5550101", "-14155550101"})
    BOOST_TEST(!number_of_id(id), id);
  BOOST_TEST(number_id_of("+14155550101") == "NUM_14155550101");
  BOOST_TEST(number_int_of("+14155550101") == 14155550101);
  BOOST_TEST(number_int_of("nonsense") == 0);
  BOOST_TEST(number_int_meant("NUM_14155550101") == 14155550101);
  BOOST_TEST(number_int_meant("-7") == -7);
  BOOST_TEST(number_int_meant("oops") == 0);
  BOOST_TEST(number_int_meant("99999999999999999999") == 0);
  BOOST_TEST(trunk_of_id("TK_482910374").value_or("") == "TK_482910374");
  BOOST_TEST(trunk_of_id("482910374").value_or("") == "TK_482910374");
  BOOST_TEST(trunk_int_of("TK_482910374") == 482910374);
  for (const auto* id :
       {"", "TK_", "TK_0", "TK_01", "TK_-1", "281474976710656", "TK_1 ", "99999999999999999999"})
    BOOST_TEST(!trunk_of_id(id), id);
}

BOOST_AUTO_TEST_CASE(each_mistake_in_a_number_names_its_field) {
  const std::pair<const char*, const char*> table[] = {
    {R"([])", "the body must be a JSON object"},
    {R"({})", "number is missing"},
    {R"({"number":14155550101})", "number must be text"},
    {R"({"number":"4155550101"})", "number must be E.164"},
    {R"({"number":"+14155550101","country":"USA"})", "country must be the two letters"},
    {R"({"number":"+14155550101","country":"1!"})", "country must be the two letters"},
    {R"({"number":"+14155550101","agent_id":7})", "agent_id must be text"},
  };
  for (const auto& [body, words] : table) {
    number_record into;
    attach_target target;
    std::string why;
    BOOST_TEST(!read_number(parsed(body), into, target, why));
    BOOST_TEST(why.rfind(words, 0) == 0, why);
  }
}

BOOST_AUTO_TEST_CASE(a_list_of_numbers_is_bounded) {
  std::string many;
  for (std::size_t i = 0; i <= numbers_asked_max; ++i)
    many += (i == 0 ? "\"" : ",\"") + ("+1415555" + std::to_string(1000 + i)) + "\"";
  for (const auto& list :
       {std::string{"[]"}, std::string{"7"}, std::string{"[7]"}, "[" + many + "]",
        "[\"" + std::string(short_text_bytes_max + 1, '1') + "\"]"}) {
    numbers_wish into;
    std::string why;
    BOOST_TEST(!read_numbers_detach(parsed("{\"numbers\":" + list + "}"), into, why));
    BOOST_TEST(why.rfind("numbers must be an array", 0) == 0, why);
  }
  numbers_wish into;
  std::string why;
  BOOST_TEST(
    read_trunk_numbers(parsed(R"({"number_ids":[14155550101,"NUM_14155550102"]})"), into, why),
    why);
  BOOST_TEST((into.numbers == std::vector<std::string>{"14155550101", "NUM_14155550102"}));
}
