// The API's desk: what every route works with, and one request on it.
#pragma once

#include "adapters/api/answers.hpp"
#include "adapters/api/api.hpp"
#include "adapters/api/bodies.hpp"
#include "adapters/http/route_path.hpp"
#include "messages/access.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace unpod {

/// s. 10: how long an actor may take to answer for a request.
inline constexpr std::chrono::seconds ask_wait{10};

/// tries. 4: of a write that is overtaken by others again and again.
inline constexpr int tries_max = 4;

struct api_route;

/// One request that found its route and was let in.
struct api_visit {
  std::shared_ptr<http_exchange> exchange;
  const api_route* route = nullptr;
  api_caller caller;
  path_captures path;
  query_arguments query;
  int tries = 1; // how often it was begun

  const http_request& request() const {
    return exchange->request();
  }
  std::string part(std::string_view name) const {
    return std::string{path[name]};
  }
  /// Answers; the SDK's client cannot keep connections open (contract §0 rule 10).
  void answer(http_response response) const {
    exchange->answer(std::move(response));
  }
  /// The body as JSON; on a mistake it is answered 400 here, and nothing is returned.
  std::optional<json::document> body(const limits& bounds) const;
};

using api_desk = std::shared_ptr<const api_setup>;
using api_action = void (*)(const api_desk& desk, const api_visit& visit);

/// One line of the table of routes.
struct api_route {
  const char* method;
  path_pattern pattern;
  access needs;
  api_action action;
};

/// The tables, one a file.
std::vector<api_route> pipe_routes();
std::vector<api_route> agent_routes();
std::vector<api_route> call_routes();
std::vector<api_route> queue_routes();
std::vector<api_route> session_routes();
std::vector<api_route> room_routes();
std::vector<api_route> number_routes();
std::vector<api_route> telephony_routes();
std::vector<api_route> trunk_routes();
std::vector<api_route> recording_routes();
std::vector<api_route> event_routes();
std::vector<api_route> webhook_routes();
std::vector<api_route> usage_routes();
std::vector<api_route> analytics_routes();
std::vector<api_route> tool_routes();
std::vector<api_route> dictionary_routes();
std::vector<api_route> account_routes();
std::vector<api_route> docs_routes();
std::vector<api_route> node_routes();
std::vector<api_route> actor_routes();
std::vector<api_route> watch_routes();

/// All of them, in the order in which a path is looked up.
std::vector<api_route> every_route();

/// Asks an actor for this request and answers with what `then` makes of the reply;
/// silence and refusals are `refused`'s to answer.
template <class Reply, class Handle, class Message, class Then, class Refused>
void ask(const api_desk& desk, const api_visit& visit, const Handle& whom, Message message,
         Then then, Refused refused) {
  if (!whom)
    return visit.answer(error_answer(503, "the node is starting or stopping; try again"));
  desk->system->spawn(
    [visit, whom, message = std::move(message), then, refused](caf::event_based_actor* self) {
      self->request(whom, ask_wait, message)
        .then([visit, then](const Reply& reply) { visit.answer(then(reply)); }, refused);
    });
}

/// The same, with refusals and silence answered here.
template <class Reply, class Handle, class Message, class Then>
void ask(const api_desk& desk, const api_visit& visit, const Handle& whom, Message message,
         Then then) {
  ask<Reply>(desk, visit, whom, std::move(message), std::move(then),
             [visit](const caf::error& error) { visit.answer(refusal_answer(error)); });
}

/// Does this action off the net threads: for what reads many rows, or files.
void read_apart(const api_desk& desk, const api_visit& visit, api_action action);

/// Writes changes, and with them a line in the audit log that says who changed what; then
/// answers with this. `again`: the action that asks for them; when what they stand on was
/// changed meanwhile it is begun anew, off the net threads, `tries_max` times in all.
void write_then(const api_desk& desk, const api_visit& visit, std::vector<store_change> changes,
                http_response answer, api_action again = nullptr);

/// For what changes no record: writes only the line in the audit log, and acts and answers
/// when that is on disk.
void note_then(const api_desk& desk, const api_visit& visit, std::string target,
               std::function<http_response()> act);

} // namespace unpod
