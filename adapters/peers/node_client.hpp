// One question to a node's REST API, and its answer as plain values: for a command
// line, which reads no JSON of its own. Blocks; for user threads only.
#pragma once

#include "adapters/peers/http_client.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace unpod {

/// One member of a request's body.
struct node_member {
  std::string key;             // "name", or "brain.type": of the object `brain`
  std::string json;            // its value
  bool only_if_absent = false; // yields to what `body` says
};

struct node_question {
  std::string url; // of the node
  std::string key; // never in an answer or its words
  std::string method;
  std::string path; // encoded, with its query
  std::string body; // an object as JSON text, which the members join; empty: none
  std::vector<node_member> members;
};

/// A JSON value, for those who show it.
struct plain_value {
  enum class kind { nothing, text, number, yes_no, list, object };

  kind is = kind::nothing;
  std::string text; // a text as it is, anything else as compact JSON
  std::vector<std::pair<std::string, plain_value>> members;
  std::vector<plain_value> items;

  bool yes() const {
    return is == kind::yes_no && text == "true";
  }
  /// A member, or one of an inner object: "brain.type". Null when there is none.
  const plain_value* find(std::string_view path) const;
};

struct node_reply {
  enum class outcome {
    answered,    // 2xx
    refused,     // any other status; `words` are the node's own
    unreachable, // nothing came, or no answer of a node; `words` say why
    unasked,     // the question can't be asked as it is; `words` say why
  };

  outcome what = outcome::unreachable;
  int status = 0;
  std::string words;
  plain_value data;        // without the envelope; `data.text` is its JSON
  std::string next_cursor; // where a list goes on; empty: here it ends
};

/// The body of a question: its text and its members together. False, and words, when
/// the text is no JSON object.
bool compose_body(const node_question& question, std::string& body, std::string& why);

/// What an HTTP answer says.
node_reply read_reply(const http_answer& answer);

/// At most 10 s.
node_reply ask_node(const node_question& question);

/// The events of a text/event-stream, from its pieces as they come. Pure.
class event_reader {
public:
  /// The `data` of each event that is whole now; false when it is no event stream.
  bool take(std::string_view piece, std::vector<plain_value>& events);

private:
  std::string in_;
};

/// Asks for events and has `see` look at each, until there are no more or it says false; an
/// empty value is a sign of life without an event. A connection of a GET that breaks is made
/// again, and goes on where it was.
node_reply follow_node(node_question question, const std::function<bool(const plain_value&)>& see);

} // namespace unpod
