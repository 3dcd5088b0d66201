// `unpod runner`: serves calls until it is told to stop, and says what it hears.
#include "adapters/peers/demo_program.hpp"

#include <iostream>
#include <mutex>

namespace unpod {

namespace {

constexpr std::chrono::milliseconds look_every{200};
constexpr std::chrono::milliseconds farewell_max{2'000}; // for sockets to close properly

const char* name_of(runner_news::kind what) {
  switch (what) {
    case runner_news::kind::registered:
      return "registered";
    case runner_news::kind::lost:
      return "no connection, trying again";
    case runner_news::kind::refused:
      return "refused";
    case runner_news::kind::call_started:
      return "call";
    case runner_news::kind::user_text:
      return "heard";
    case runner_news::kind::reply:
      return "says";
    case runner_news::kind::interrupted:
      return "was interrupted after";
    case runner_news::kind::call_over:
      return "call over";
  }
  return "";
}

brain_maker brains_of(const runner_wishes& wishes, std::string& why) {
  if (wishes.script_file.empty())
    return [](const call_facts&) { return make_echo_brain(); };
  auto script = read_script_file(wishes.script_file, why);
  if (!script)
    return {};
  return [script = std::make_shared<const talk_script>(std::move(*script))](const call_facts&) {
    return make_script_brain(script);
  };
}

} // namespace

int run_runner_program(const runner_wishes& wishes, const websocket_dialer& dial,
                       const delayer& later, const std::function<bool()>& stopping,
                       std::ostream& out, std::ostream& err) {
  std::string why;
  const auto brains = brains_of(wishes, why);
  if (control_url(wishes.url).empty())
    why = "\"" + wishes.url + "\" is no address of a node (try http://127.0.0.1:8080)";
  if (!why.empty()) {
    err << "unpod runner: " << why << "\n";
    return 2;
  }
  runner_settings settings;
  settings.base_url = wishes.url;
  settings.api_key = wishes.api_key;
  settings.agent = wishes.agent;
  settings.delta_every = wishes.delta_every;
  settings.news = [&out](const runner_news& news) { // one at a time: under the client's lock
    out << (news.call.empty() ? "" : news.call + "  ") << name_of(news.what) << ": " << news.text
        << std::endl;
  };
  runner_client client{std::move(settings), brains, dial, later};
  client.start();
  while (!stopping() && !client.wait_over(look_every)) {
  }
  client.stop();
  client.wait_closed(farewell_max);
  if (const auto refused = client.why_refused(); !refused.empty()) {
    err << "unpod runner: the node sent this runner away (" << refused
        << "); is --key the key that `unpod start` printed?\n";
    return 1;
  }
  return 0;
}

} // namespace unpod
