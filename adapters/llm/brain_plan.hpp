// What a call's brain is and how it is asked, from the pipe's words. Pure.
//
//   brain prompt      the node's own model ([llm] of its settings), the prompt as system message
//   brain endpoint    a chat-completions URL of its own (cfg: contract §1.6)
//   agent_endpoint    a webhook: POST {"text", "context"} -> {"text"}, or text as it comes
#pragma once

#include "messages/limits.hpp"
#include "messages/outgoing.hpp"
#include "messages/runner.hpp"
#include "messages/secret.hpp"

#include <string>
#include <utility>
#include <vector>

namespace unpod {

/// The node's own model; `url` empty: there is none.
struct llm_settings {
  std::string url;
  std::string model;
  secret_text key;
};

struct brain_plan {
  enum class kind { chat, webhook };

  kind what = kind::chat;
  std::string url; // with its query
  std::vector<std::pair<std::string, std::string>> headers;
  std::string model;
  std::string system; // message of a chat; may be empty
  std::string extra_body = "{}";
  milliseconds first_byte{7'000};
  milliseconds timeout{60'000};
  std::size_t retries = 1;
  std::string filler;
  milliseconds filler_after{1'500};
};

/// False and words when this brain cannot be asked here.
bool plan_brain(const bridge_opening& opening, const llm_settings& node, const brain_limits& bounds,
                std::size_t json_depth_max, brain_plan& into, std::string& why);

/// The caller's words at a turn, 0 and empty for the first word; `words` is what was heard
/// before, the newest last.
outgoing_request ask_for(const brain_plan& plan, const bridge_opening& opening,
                         const brain_limits& bounds, const std::vector<heard_words>& words,
                         std::uint64_t turn, const std::string& text);

} // namespace unpod
