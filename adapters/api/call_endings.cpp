#include "adapters/api/call_endings.hpp"

#include <utility>

namespace unpod {

namespace {

using ending_shape = std::function<http_response(const call_record& call)>;

http_response now_answer(const api_desk& desk, const call_record& before,
                         const ending_shape& then) {
  const auto call = find<call_record>(*desk->reader, table::calls, before.id.str());
  return then(call.value_or(before));
}

void end_live(const api_desk& desk, const api_visit& visit, const call_record& call,
              const ending_shape& then) {
  ask<end_call_done>(
    desk, visit, desk->house->get<pipes_actor>(), end_call{call.id, end_reason::api_hangup},
    [desk, call, then](const end_call_done&) { return now_answer(desk, call, then); });
}

} // namespace

void end_call_then(const api_desk& desk, const api_visit& visit, const call_record& call,
                   ending_shape then) {
  if (call.direction != "outbound")
    return end_live(desk, visit, call, then);
  const auto queue = desk->house->get<call_queue_actor>();
  if (!queue)
    return visit.answer(error_answer(503, "the node is starting or stopping; try again"));
  desk->system->spawn(
    [desk, visit, call, then = std::move(then), queue](caf::event_based_actor* self) {
      self->request(queue, ask_wait, cancel_call{call.id})
        .then(
          [desk, visit, call, then](const cancelled_call& done) {
            if (done.known)
              visit.answer(now_answer(desk, call, then));
            else
              end_live(desk, visit, call, then); // the queue has just let it go
          },
          [visit](const caf::error& error) { visit.answer(refusal_answer(error)); });
    });
}

} // namespace unpod
