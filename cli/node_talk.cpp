#include "cli/node_talk.hpp"

#include "cli/text.hpp"

#include <ostream>

namespace unpod::cli {

std::vector<option> connection_options() {
  return {option{"--json", "", "Print the node's data as JSON"},
          option{"--url", "URL", "The node"}.from("UNPOD_BASE_URL").or_else(node_address),
          option{"--key", "KEY", "API key; better in the environment, where ps shows it not"}.from(
            "UNPOD_API_KEY")};
}

node_question question_to(const typed_words& words, const std::string& method,
                          const std::string& path) {
  node_question question;
  question.url = words.text("--url");
  question.key = words.text("--key");
  question.method = method;
  question.path = path;
  return question;
}

std::string next_step(const node_reply& reply) {
  if (reply.what == node_reply::outcome::unreachable)
    return "`unpod start` runs a node here; --url or UNPOD_BASE_URL names another.";
  if (reply.status == 401)
    return "`unpod start` prints the first key; set UNPOD_API_KEY or give --key.";
  if (reply.status == 403)
    return "`unpod key whoami` shows what this key may do.";
  if (reply.status == 429)
    return "The node is asked too often; try again in a second.";
  if (reply.status >= 500)
    return "The node's log says more.";
  return {};
}

int exit_code(node_reply::outcome what) {
  switch (what) {
    case node_reply::outcome::answered:
      return exit_well;
    case node_reply::outcome::refused:
      return exit_failed;
    case node_reply::outcome::unreachable:
      return exit_unreachable;
    case node_reply::outcome::unasked:
      break;
  }
  return exit_usage;
}

int tell_refusal(const std::string& verb, const node_reply& reply, bench at) {
  at.err << verb << ": " << harmless(reply.words) << "\n";
  if (const auto helps = next_step(reply); !helps.empty())
    at.err << helps << "\n";
  return exit_code(reply.what);
}

} // namespace unpod::cli
