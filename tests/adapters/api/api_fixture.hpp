// The API over a fake exchange, a store in a map and fake actors, as every test of its
// routes asks it.
#pragma once

#include "adapters/api/api.hpp"
#include "adapters/json/json.hpp"
#include "tests/fixtures/deterministic_system.hpp"
#include "tests/fixtures/fake_store.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fixtures {

using namespace unpod;

struct fake_exchange : http_exchange {
  http_request asked;
  http_response got;
  int answers = 0;

  const http_request& request() const override {
    return asked;
  }
  void answer(http_response response) override {
    ++answers;
    got = std::move(response);
  }
};

struct api_fixture : fixtures::deterministic_system {
  fixtures::fake_store stored;
  services house = std::make_shared<service_book>();
  std::vector<end_call> ended;
  std::vector<transfer_call> transfers;
  std::vector<merge_calls> merges;
  std::vector<std::string> shown_out;
  std::vector<say_words> said;
  runner_list runners;
  bool draining = false;
  int ids = 0;
  store_actor store =
    sys.spawn([this]() -> store_actor::behavior_type { return stored.behavior(); });
  pipes_actor pipes = spawn_pipes();
  std::vector<std::string> queued;    // projects whose queue was told of a call
  std::vector<std::string> cancelled; // calls that were called off
  bool queue_knows = true;            // them
  orchestrator_actor orchestrator = spawn_orchestrator();
  call_queue_actor queue = spawn_queue();
  accountant_actor accountant = sys.spawn([]() -> accountant_actor::behavior_type {
    return {[](const count_metric&) {}, [](const time_metric&) {},
            [](const read_metrics&) { return metrics_text{"counted 1\n"}; }};
  });
  std::function<void(std::shared_ptr<http_exchange>)> api;

  /// `change` has the last word on what the API is made with.
  explicit api_fixture(const std::function<void(api_setup&)>& change = {}) {
    house->put(store);
    house->put(pipes);
    house->put(orchestrator);
    house->put(accountant);
    house->put(queue);
    voice_profile profile;
    profile.id = "VP_1";
    profile.name = "Nova";
    api_setup setup;
    setup.system = &sys;
    setup.house = house;
    setup.reader = stored.records;
    setup.profiles = std::make_shared<const std::vector<voice_profile>>(std::vector{profile});
    setup.authenticate = [](std::string_view secret) -> std::optional<api_caller> {
      if (secret == "good")
        return api_caller{"k", "ORG_1", "PRJ_1", "", false};
      if (secret == "other")
        return api_caller{"o", "ORG_2", "PRJ_2", "", false};
      return std::nullopt;
    };
    setup.new_id = [this](const std::string& prefix) { return prefix + std::to_string(++ids); };
    setup.new_token = [] { return std::string{"the-token"}; };
    setup.hash_token = [](std::string_view token) { return "#" + std::string{token}; };
    setup.draining = [this] { return draining; };
    setup.gauges = [] { return std::string{"gauged 2\n"}; };
    setup.dial_trunk = "loopback";
    setup.zones = [](const std::string& zone, wall_ms) {
      return zone == "Asia/Kolkata" ? std::optional{std::chrono::minutes{330}} : std::nullopt;
    };
    if (change)
      change(setup);
    api = make_api(std::move(setup));
  }

  ~api_fixture() {
    house->clear();
    for (const auto& one :
         {caf::actor_cast<caf::actor>(store), caf::actor_cast<caf::actor>(pipes),
          caf::actor_cast<caf::actor>(orchestrator), caf::actor_cast<caf::actor>(accountant),
          caf::actor_cast<caf::actor>(queue)})
      end(one, caf::exit_reason::kill);
  }

  pipes_actor spawn_pipes() {
    return sys.spawn([this]() -> pipes_actor::behavior_type {
      return {
        [](const open_call&) -> caf::result<opened_call> {
          return make_error(refusal::draining, "a fake");
        },
        [this](const end_call& command) {
          ended.push_back(command);
          return end_call_done{true};
        },
        [](const end_all_calls&) {},
        [](caf::get_atom) { return pipe_status{}; },
        [](const join_call&) -> caf::result<opened_call> {
          return make_error(refusal::draining, "a fake");
        },
        [this](const transfer_call& command) -> caf::result<transferred_call> {
          transfers.push_back(command);
          if (command.target == "nobody")
            return make_error(refusal::no_runner, "no runner is registered");
          return transferred_call{"agent:" + command.target, command.drop};
        },
        [this](const merge_calls& command) {
          merges.push_back(command);
          merged_calls merged;
          for (const auto& one : command.sources)
            merged.outcomes.push_back({one, {one.str()}, one.str() == "SCL_8" ? "is ending" : ""});
          return merged;
        },
        [](const release_callers&) { return released_callers{}; },
        [this](const remove_participant& command) -> caf::result<removed_participant> {
          shown_out.push_back(command.participant);
          if (command.participant == "caller")
            return make_error(refusal::conflict, "'caller' is the only caller");
          return removed_participant{command.participant};
        },
        [this](const say_words& command) -> caf::result<said_words> {
          if (command.text == "too late")
            return make_error(refusal::conflict, "the call is ending");
          said.push_back(command);
          return said_words{};
        },
        [](const drain_calls&) {},
        [](const call_ended&) {},
      };
    });
  }

  call_queue_actor spawn_queue() {
    return sys.spawn([this]() -> call_queue_actor::behavior_type {
      return {
        [](const dial_ringing&) {},
        [](const dial_answered&) {},
        [](const dial_ended&) {},
        [this](const call_queued& event) { queued.push_back(event.project); },
        [this](const cancel_call& command) {
          cancelled.push_back(command.call.str());
          return cancelled_call{queue_knows};
        },
        [](const drain_calls&) {},
        [](caf::get_atom) { return queue_status{}; },
      };
    });
  }

  orchestrator_actor spawn_orchestrator() {
    return sys.spawn([this]() -> orchestrator_actor::behavior_type {
      return {
        [](const register_runner&) -> caf::result<registered_runner> {
          return make_error(refusal::at_limit, "a fake");
        },
        [](const dispatch_call&) -> caf::result<dispatched_call> {
          return make_error(refusal::no_runner, "a fake");
        },
        [](const end_job&) {},
        [](const runner_standing&) {},
        [](const drain_runner&) {},
        [this](const list_runners&) { return runners; },
      };
    });
  }

  http_response ask_as(const std::string& authorization, const std::string& method,
                       const std::string& target, const std::string& body = {}) {
    auto exchange = std::make_shared<fake_exchange>();
    auto& asked = exchange->asked;
    asked.method = method;
    asked.target = target;
    const auto mark = target.find('?');
    asked.path = target.substr(0, mark);
    asked.query = mark == std::string::npos ? "" : target.substr(mark + 1);
    asked.body = body;
    if (!authorization.empty())
      asked.headers.emplace_back("authorization", authorization);
    api(exchange);
    run();
    BOOST_TEST(exchange->answers == 1, method << " " << target);
    return exchange->got;
  }

  http_response call(const std::string& method, const std::string& target,
                     const std::string& body = {}) {
    return ask_as("Bearer good", method, target, body);
  }

  /// The envelope's data; the status must be this one.
  json::document data(const http_response& response, int status) {
    BOOST_TEST(response.status == status, response.body);
    std::string why;
    auto whole = json::parse(response.body, 32, why);
    BOOST_REQUIRE_MESSAGE(whole, why << " in " << response.body);
    BOOST_REQUIRE(whole->HasMember("message"));
    BOOST_TEST(*json::whole(*whole, "status_code") == status);
    json::document inside;
    inside.CopyFrom((*whole)["data"], inside.GetAllocator());
    return inside;
  }

  std::string detail(const http_response& response, int status) {
    BOOST_TEST(response.status == status, response.body);
    std::string why;
    const auto whole = json::parse(response.body, 32, why);
    return whole ? json::text(*whole, "detail").value_or("") : "";
  }

  std::string new_pipe(const std::string& authorization = "Bearer good") {
    const auto made =
      data(ask_as(authorization, "POST", "/v1/pipes", R"({"name":"desk","agent_id":"a"})"), 201);
    return *json::text(made, "pipe_id");
  }

  void add_call(const std::string& id, const std::string& status,
                const std::string& project = "PRJ_1") {
    call_record record;
    record.id = call_id{id};
    record.project = project;
    record.pipe = pipe_id{"PIPE_1"};
    record.status = status;
    record.created = record.started = 1'700'000'000'000;
    if (status == "completed") {
      record.ended = record.started + 1'000;
      record.transcript.push_back({"user", "hello", record.started, 1, false, {}, {}});
    }
    stored.records->put(record);
  }
};

inline bool has_header(const http_response& response, const std::string& name,
                       const std::string& value) {
  for (const auto& [key, content] : response.headers)
    if (key == name && content == value)
      return true;
  return false;
}

} // namespace fixtures
