// The API with a number, a pipe and an agent of two projects, for the tests of numbers
// and trunks.
#pragma once

#include "tests/adapters/api/api_fixture.hpp"

namespace fixtures {

struct number_fixture : api_fixture {
  std::string pipe = new_pipe();
  const std::string plus = "+14155550101", id = "NUM_14155550101";

  number_fixture() {
    data(call("POST", "/v1/numbers", R"({"number":"+14155550101","country":"us"})"), 201);
    data(call("POST", "/v1/agents",
              R"({"agent_id":"desk-agent","brain":{"type":"runner"},"voice_profile":"Nova"})"),
         201);
    data(ask_as("Bearer other", "POST", "/v1/numbers", R"({"number":"+4930123456"})"), 201);
    stored.changes.clear();
  }

  number_record kept(const std::string& number) {
    const auto found = find<number_record>(*stored.records, table::numbers, number);
    return found.value_or(number_record{});
  }

  std::string code(const http_response& response, int status) {
    BOOST_TEST(response.status == status, response.body);
    std::string why;
    const auto whole = json::parse(response.body, 32, why);
    const auto code = whole ? json::text(*whole, "code").value_or("") : "";
    BOOST_TEST(response.body.find("\"detail\":\"" + code + ": ") != std::string::npos);
    return code;
  }

  json::document attached(const std::string& body,
                          const std::string& to = "/v1/numbers/NUM_14155550101") {
    return data(call("POST", to + "/attach", body), 200);
  }

  static std::string field(const json::value& row, const char* name) {
    const auto* found = json::member(row, name);
    BOOST_REQUIRE_MESSAGE(found, name << " in " << json::dump(row));
    return found->IsString() ? found->GetString() : json::dump(*found);
  }

  static std::string quoted(const std::string& key, const std::string& value) {
    return "{\"" + key + "\":\"" + value + "\"}";
  }

  /// Every change of a record that was there says what it was before.
  void expect_guarded() {
    for (const auto& change : stored.changes)
      if (change.op != store_change::what::create
          && change.record.index() != static_cast<std::size_t>(table::audit))
        BOOST_TEST((change.before && change.before->index() == change.record.index()));
  }
};

} // namespace fixtures
