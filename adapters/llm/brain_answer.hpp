// A brain's answer, read as it comes: into words to be spoken. Pure, bounded.
//
//   text/event-stream   data: {"choices":[{"delta":{"content":"…"}}]} … data: [DONE]
//   application/json    {"choices":[{"message":{"content":"…"}}]}, or a webhook's {"text":"…"}
//   anything else       a webhook's words as they come; of a model, what it looks like
//
// An {"error": …} in it is a failure, whatever its status said.
#pragma once

#include "adapters/llm/brain_plan.hpp"
#include "adapters/llm/spoken_bytes.hpp"
#include "adapters/llm/sse.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace unpod {

/// What a model says that it used up.
struct brain_tokens {
  std::int64_t prompt = 0;
  std::int64_t completion = 0;
  std::int64_t cached = 0;
};

class brain_answer {
public:
  brain_answer(brain_plan::kind what, const brain_limits& bounds, std::size_t json_depth_max);

  void begin(const std::string& content_type);
  /// Appends the words found to `words`; false and why when it is no answer.
  bool read(std::string_view bytes, std::string& words, std::string& why);
  /// The answer is whole.
  bool finish(std::string& words, std::string& why);

  /// It said that nothing follows ([DONE]).
  bool is_done() const {
    return done_;
  }
  /// It may be without words: a webhook that has nothing to say, and says so.
  bool may_be_empty() const {
    return what_ == brain_plan::kind::webhook;
  }
  const std::optional<brain_tokens>& tokens() const {
    return tokens_;
  }

private:
  enum class form { unknown, stream, json, plain };

  void guess(char first);
  bool read_event(const sse_event& event, std::string& words, std::string& why);
  bool read_object(std::string_view text, std::string& words, std::string& why);
  bool take(std::string_view text, std::string& words, std::string& why);

  brain_plan::kind what_;
  std::size_t json_depth_max_;
  form form_ = form::unknown;
  sse_reader events_;
  spoken_bytes bytes_;
  std::string whole_; // of JSON
  bool done_ = false;
  std::optional<brain_tokens> tokens_;
};

} // namespace unpod
