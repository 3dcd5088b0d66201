#include "adapters/peers/node_client.hpp"

#include "adapters/json/json.hpp"

#include <chrono>
#include <thread>

namespace unpod {

namespace {

/// levels. 64: as deep as a node keeps what it was given.
constexpr std::size_t depth_max = 64;

plain_value plain(const json::value& any) {
  using kind = plain_value::kind;
  plain_value out;
  if (any.IsString()) {
    out.is = kind::text;
    out.text = {any.GetString(), any.GetStringLength()};
    return out;
  }
  out.text = json::dump(any);
  out.is = any.IsBool() ? kind::yes_no : any.IsNumber() ? kind::number : kind::nothing;
  if (any.IsArray()) {
    out.is = kind::list;
    for (const auto& item : any.GetArray())
      out.items.push_back(plain(item));
  } else if (any.IsObject()) {
    out.is = kind::object;
    for (const auto& member : any.GetObject())
      out.members.emplace_back(std::string{member.name.GetString(), member.name.GetStringLength()},
                               plain(member.value));
  }
  return out;
}

/// The envelope is taken off when it is one (contract §1.4).
const json::value& content_of(const json::value& body) {
  const auto* data = json::member(body, "data");
  const bool envelope =
    data && (json::member(body, "status_code") || json::member(body, "message"));
  return envelope ? *data : body;
}

/// `detail` is text, or an object with a text in it.
std::string detail_of(const json::value& body) {
  for (const char* name : {"detail", "message", "error"}) {
    if (auto words = json::text(body, name))
      return *words;
    const auto* inner = json::member(body, name);
    if (!inner || !inner->IsObject())
      continue;
    for (const char* its : {"message", "detail", "code"})
      if (auto words = json::text(*inner, its))
        return *words;
    return json::dump(*inner);
  }
  return {};
}

node_reply failed(node_reply::outcome what, std::string words) {
  node_reply reply;
  reply.what = what;
  reply.words = std::move(words);
  return reply;
}

/// Puts a value under "a.b", making the objects on the way.
bool put(json::document& root, const node_member& member, std::string& why) {
  auto& memory = root.GetAllocator();
  const auto given = json::parse(member.json, depth_max, why);
  if (!given) {
    why = member.key + " is " + why;
    return false;
  }
  json::value* at = &root;
  std::string_view path = member.key;
  for (;;) {
    const auto dot = path.find('.');
    const std::string step{path.substr(0, dot)};
    if (!at->HasMember(step.c_str()))
      at->AddMember(json::value{step.c_str(), memory}, json::value{}, memory);
    else if (dot == std::string_view::npos && member.only_if_absent)
      return true;
    at = &(*at)[step.c_str()];
    if (dot == std::string_view::npos)
      break;
    if (!at->IsObject())
      at->SetObject();
    path.remove_prefix(dot + 1);
  }
  at->CopyFrom(*given, memory);
  return true;
}

/// bytes. 1 MB: of one event.
constexpr std::size_t event_bytes_max = 1024 * 1024;
/// tries. 5: to connect again, one after the other, without an event in between.
constexpr int tries_max = 5;
/// h. 24: as long as a node lets an observer look.
constexpr std::chrono::hours follow_max{24};
/// s. 60: four of the signs of life that a stream gives every 15. 5: of a trace's, every second.
constexpr std::chrono::seconds quiet_max{60}, quiet_max_once{5};

} // namespace

const plain_value* plain_value::find(std::string_view path) const {
  const auto dot = path.find('.');
  for (const auto& [name, value] : members)
    if (name == path.substr(0, dot))
      return dot == std::string_view::npos ? &value : value.find(path.substr(dot + 1));
  return nullptr;
}

bool compose_body(const node_question& question, std::string& body, std::string& why) {
  body.clear();
  if (question.body.empty() && question.members.empty())
    return true;
  auto root = json::parse(question.body.empty() ? "{}" : question.body, depth_max, why);
  if (!root || !root->IsObject()) {
    why = "the body is " + (root ? "not a JSON object" : why);
    return false;
  }
  for (const auto& member : question.members)
    if (!put(*root, member, why))
      return false;
  body = json::dump(*root);
  return true;
}

node_reply read_reply(const http_answer& answer) {
  if (answer.status == 0)
    return failed(node_reply::outcome::unreachable, answer.why);
  const bool well = answer.status >= 200 && answer.status < 300;
  node_reply reply;
  reply.status = answer.status;
  reply.what = well ? node_reply::outcome::answered : node_reply::outcome::refused;
  if (well && answer.body.empty())
    return reply;
  std::string why;
  const auto body = json::parse(answer.body, depth_max, why);
  if (!body && well)
    return failed(node_reply::outcome::unreachable, "the answer is no node's: " + why);
  if (well) {
    reply.data = plain(content_of(*body));
    reply.next_cursor = json::text(*body, "next_cursor").value_or("");
    return reply;
  }
  if (body)
    reply.words = detail_of(*body);
  if (reply.words.empty())
    reply.words = "HTTP status " + std::to_string(answer.status);
  return reply;
}

node_reply ask_node(const node_question& question) {
  std::string body, why;
  if (!compose_body(question, body, why))
    return failed(node_reply::outcome::unasked, why);
  if (!parse_http_base(question.url))
    return failed(node_reply::outcome::unasked,
                  "not an address of a node: " + question.url.substr(0, 200));
  return read_reply(
    ask_over_http(question.url, question.method, question.path, question.key, body));
}

bool event_reader::take(std::string_view piece, std::vector<plain_value>& events) {
  in_.append(piece);
  for (auto end = in_.find("\n\n"); end != std::string::npos; end = in_.find("\n\n")) {
    const auto block = "\n" + in_.substr(0, end);
    in_.erase(0, end + 2);
    const auto data = block.find("\ndata: ");
    if (data == std::string::npos)
      continue; // a comment, or advice on when to come again
    std::string why;
    const auto from = data + 7;
    const auto body =
      json::parse(block.substr(from, block.find('\n', from) - from), depth_max, why);
    if (!body)
      return false;
    events.push_back(plain(*body));
  }
  return in_.size() <= event_bytes_max;
}

node_reply follow_node(node_question question, const std::function<bool(const plain_value&)>& see) {
  if (!parse_http_base(question.url))
    return failed(node_reply::outcome::unasked,
                  "not an address of a node: " + question.url.substr(0, 200));
  std::string body, why;
  if (!compose_body(question, body, why))
    return failed(node_reply::outcome::unasked, why);
  const bool again = question.method == "GET";
  http_client_limits limits;
  limits.wait = follow_max;
  limits.quiet = again ? quiet_max : quiet_max_once;
  const bool has_query = question.path.find('?') != std::string::npos;
  std::string last;
  http_answer answer;
  for (int tries = 0; tries < tries_max; ++tries) {
    event_reader reader;
    bool over = false;
    const auto path =
      question.path + (last.empty() ? "" : (has_query ? "&after=" : "?after=") + last);
    answer = http_follow(
      question.url, question.method, path, question.key, body,
      [&](std::string_view piece) {
        std::vector<plain_value> events;
        const bool good = reader.take(piece, events);
        for (const auto& event : events) {
          const auto* seq = event.find("seq");
          last = seq ? seq->text : last;
          tries = 0;
          over = over || !see(event);
        }
        over = over || !good || (events.empty() && !see({}));
        return !over;
      },
      limits);
    if (over || answer.status != 0 || !again)
      break;
    std::this_thread::sleep_for(std::chrono::seconds{last.empty() ? 0 : 1});
    if (last.empty())
      break;
  }
  auto reply = answer.status == 200 ? node_reply{} : read_reply(answer);
  if (answer.status == 200)
    reply.what = node_reply::outcome::answered;
  return reply;
}

} // namespace unpod
