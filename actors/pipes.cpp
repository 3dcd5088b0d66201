#include "actors/pipes.hpp"

#include "actors/pipe.hpp"
#include "messages/children.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

pipes_actor::behavior_type speech_pipes(pipes_state::self_pointer self, call_kit_ptr kit) {
  self->state.kit = std::move(kit);
  self->set_down_handler([self](caf::down_msg& down) { self->state.on_down(down); });
  return {
    [self](const open_call& request) { return self->state.open(request); },
    [self](const end_call& request) { return self->state.end(request); },
    [self](const end_all_calls& command) { self->state.end_all(command); },
    [self](caf::get_atom) { return self->state.status(); },
    [self](const join_call& x) { return self->state.pass<opened_call>(x); },
    [self](const transfer_call& x) { return self->state.pass<transferred_call>(x); },
    [self](const merge_calls& x) { return self->state.pass<merged_calls>(x); },
    [self](const release_callers& x) { return self->state.pass<released_callers>(x); },
    [self](const remove_participant& x) { return self->state.pass<removed_participant>(x); },
    [self](const say_words& x) { return self->state.pass<said_words>(x); },
    [self](const drain_calls&) { self->state.drain(); },
    [self](const call_ended& event) { self->state.count_down(event); },
  };
}

caf::result<opened_call> pipes_state::open(const open_call& request) {
  if (draining)
    return make_error(refusal::draining, "the node takes no new calls: it is being stopped");
  if (live.size() >= kit->bounds.node.calls_max)
    return make_error(refusal::at_limit, "the node has "
                                           + std::to_string(kit->bounds.node.calls_max)
                                           + " calls, its limit (node.calls_max); try again later");
  if (!find<pipe_record>(*kit->reader, table::pipes, request.pipe.str()))
    return make_error(refusal::not_found, "there is no pipe '" + request.pipe.str() + "'");
  if (!live.emplace(request.call, request.pipe).second)
    return make_error(refusal::conflict, "call '" + request.call.str() + "' is live already");
  auto& child = pipes[request.pipe];
  if (!child)
    child = spawn_child(self, request.pipe.str(), speech_pipe,
                        pipe_setup{request.pipe, kit, call_listener{self}});
  auto reply = self->make_response_promise<opened_call>();
  self->request(child, seconds{5}, request)
    .then([reply](const opened_call& opened) mutable { reply.deliver(opened); },
          [this, reply, call = request.call](const caf::error& error) mutable {
            live.erase(call);
            reply.deliver(error);
          });
  return reply;
}

caf::result<end_call_done> pipes_state::end(const end_call& request) {
  const auto found = live.find(request.call);
  if (found == live.end())
    return end_call_done{false};
  return self->delegate(pipes.at(found->second), request);
}

void pipes_state::end_all(const end_all_calls& command) {
  for (const auto& [id, child] : pipes)
    self->send(child, command);
}

void pipes_state::drain() {
  draining = true;
}

void pipes_state::count_down(const call_ended& event) {
  live.erase(event.call);
}

pipe_status pipes_state::status() const {
  return {live.size(), kit->bounds.node.calls_max, draining};
}

void pipes_state::on_down(const caf::down_msg& down) {
  release_child(self, down.source);
  for (auto entry = pipes.begin(); entry != pipes.end(); ++entry)
    if (entry->second.address() == down.source) {
      const auto dead = entry->first;
      pipes.erase(entry);
      for (auto call = live.begin(); call != live.end();)
        call = call->second == dead ? live.erase(call) : std::next(call);
      return;
    }
}

} // namespace unpod
