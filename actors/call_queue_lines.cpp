// One call of the CALL QUEUE: begun, dialled, followed, and over or waiting again.
#include "actors/call_queue.hpp"

#include "actors/retry_policy.hpp"
#include "messages/json_line.hpp"
#include "messages/log.hpp"
#include "messages/outbox.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

namespace {

/// s. 30: a store that says nothing for so long may have lost the write; it is said again.
constexpr seconds write_wait{30};

dial_call dial_of(const call_queue_state::line& one) {
  dial_call dial;
  dial.call = one.row.call;
  dial.attempt = static_cast<std::uint64_t>(one.row.attempts);
  dial.trunk = one.row.trunk;
  dial.project = one.row.project;
  dial.pipe = one.row.pipe;
  dial.from_number = one.row.from_number;
  dial.to_number = one.row.to_number;
  dial.instructions = one.call.instructions;
  dial.data_json = one.call.data_json;
  dial.created = one.call.created;
  dial.resumed = one.resumed;
  return dial;
}

} // namespace

/// On disk first: whatever happens from now on, this attempt is not begun a second time.
void call_queue_state::begin_attempt(queued_call row, gate_key gate) {
  const auto id = row.call;
  line one;
  one.row = row;
  one.gate = std::move(gate);
  auto call = find<call_record>(*setup.reader, table::calls, id.str());
  auto& placed = lines.emplace(id, std::move(one)).first->second;
  if (!call || call->ended > 0) // its record went, or is over: the row is a leftover
    return forget(placed);
  placed.row.begun = true;
  ++placed.row.attempts;
  placed.call = std::move(*call);
  placed.call.due = 0;
  placed.call.attempts = placed.row.attempts;
  placed.call.modified = setup.wall();
  save(id, {{store_change::what::erase, row},
            {store_change::what::put, placed.row},
            {store_change::what::put, placed.call}});
}

void call_queue_state::save(const call_id& id, std::vector<store_change> changes) {
  lines.at(id).write = std::move(changes);
  send_write(id);
}

void call_queue_state::send_write(const call_id& id) {
  auto& one = lines.at(id);
  one.write_failed = false;
  const auto store = setup.house->get<store_actor>();
  if (!store) {
    one.write_failed = true;
    return arm(milliseconds{1'000});
  }
  self->request(store, write_wait, store_write{one.write})
    .then([this, id](const store_done&) { on_saved(id); },
          [this, id](const caf::error& error) {
            log(log_level::warn, "actors.call_queue", id.str(),
                "its row could not be written, which is tried again: " + words_of(error));
            const auto found = lines.find(id);
            if (found != lines.end())
              found->second.write_failed = true;
            arm(milliseconds{1'000});
          });
}

/// A step is on disk: the next one.
void call_queue_state::on_saved(const call_id& id) {
  const auto found = lines.find(id);
  if (found == lines.end())
    return;
  auto& one = found->second;
  one.write.clear();
  if (one.at == phase::beginning) {
    // Nothing has left yet: it may still be called off, or wait for another day.
    if (!one.cancels.empty())
      return finish(one, end_reason::cancelled);
    if (draining)
      return wait_again(one, one.row.due, one.row.last_failure, false);
    one.at = phase::dialling;
    return dial(one);
  }
  auto over = std::move(lines.extract(found).mapped());
  if (over.is_retry) {
    auto& of = accounts[over.row.project];
    ++of.waiting;
    if (of.due.empty() || over.row.due <= of.due.back().due) {
      of.due.clear(); // its place may be among those that were read
      of.look_at = 0;
    }
    for (auto& reply : over.cancels)
      cancel_waiting(over.call, std::move(reply));
  } else {
    for (auto& reply : over.cancels)
      reply.deliver(cancelled_call{true});
    tell_service<webhooks_actor>(self, setup.house, deliveries_due{});
  }
  pump();
  arm_for_next();
}

void call_queue_state::dial(line& one) {
  if (!one.resumed && !one.cancels.empty())
    return finish(one, end_reason::cancelled);
  if (draining)
    return one.resumed ? void() : wait_again(one, one.row.due, one.row.last_failure, false);
  const auto to = setup.house->get<trunks_actor>();
  if (!to)
    return arm(milliseconds{1'000});
  watch_trunks(to);
  one.told = true;
  if (one.row.attempts == 1 && !one.resumed)
    tell_service<accountant_actor>(
      self, setup.house,
      time_metric{"unpod_call_queue_seconds",
                  {},
                  static_cast<double>(setup.wall() - one.row.created) / 1'000});
  self->send(to, dial_of(one));
  if (!one.cancels.empty())
    self->send(to, drop_dial{one.row.call});
  arm_for_next();
}

void call_queue_state::watch_trunks(const trunks_actor& to) {
  if (trunks == to)
    return;
  trunks = to;
  self->monitor(to);
}

/// What it had is asked after when there is another.
void call_queue_state::lose_trunks(const caf::down_msg& down) {
  if (!trunks || down.source != trunks.address())
    return;
  trunks = nullptr;
  for (auto& [id, one] : lines)
    if (std::exchange(one.told, false))
      one.resumed = true;
  arm(milliseconds{1'000});
}

/// What failed is tried again, and who is not told yet is.
void call_queue_state::go_on() {
  std::vector<call_id> failed;
  for (auto& [id, one] : lines)
    if (one.write_failed)
      failed.push_back(id);
    else if (!one.told
             && (one.at == phase::dialling || one.at == phase::ringing || one.at == phase::live))
      dial(one);
  for (const auto& id : failed)
    send_write(id);
}

call_queue_state::line* call_queue_state::line_of(const call_id& id, std::uint64_t attempt) {
  const auto found = lines.find(id);
  const bool current = found != lines.end() && found->second.at != phase::beginning
                       && found->second.at != phase::ending
                       && static_cast<std::uint64_t>(found->second.row.attempts) == attempt;
  return current ? &found->second : nullptr;
}

/// Told to whoever looks, and no more: it is refused when a CALL has the record by then.
void call_queue_state::hear_ringing(const dial_ringing& event) {
  auto* one = line_of(event.call, event.attempt);
  if (!one || one->at != phase::dialling)
    return;
  one->at = phase::ringing;
  auto rings = one->call;
  rings.status = "ringing";
  rings.modified = setup.wall();
  if (const auto store = setup.house->get<store_actor>())
    self->request(store, write_wait, store_write{{{store_change::what::put, rings, one->call}}})
      .then([](const store_done&) {}, [](const caf::error&) {});
}

void call_queue_state::hear_answered(const dial_answered& event) {
  auto* one = line_of(event.call, event.attempt);
  if (!one)
    return;
  one->at = phase::live;
  count("unpod_outbound_attempts_total", "outcome=\"answered\"");
  for (auto& reply : std::exchange(one->cancels, {})) // the trunk hangs it up by its own way
    reply.deliver(cancelled_call{true});
  show_figures();
}

void call_queue_state::hear_ended(const dial_ended& event) {
  auto* one = line_of(event.call, event.attempt);
  if (!one)
    return;
  if (one->at != phase::live)
    count("unpod_outbound_attempts_total", "outcome=\"" + to_string(event.reason) + "\"");
  release(*one);
  if (event.had_call && !one->resumed)
    return forget(*one);
  auto reason = event.reason;
  if (event.had_call || reason == end_reason::node_lost || one->at == phase::live) {
    // A CALL may have written how far it got, and in an earlier life no more than that.
    reason = event.had_call ? end_reason::node_lost : reason;
    auto known = find<call_record>(*setup.reader, table::calls, event.call.str());
    if (!known || known->ended > 0)
      return forget(*one);
    one->call = std::move(*known);
  }
  if (draining && reason == end_reason::cancelled && one->cancels.empty())
    return wait_again(*one, one->row.due, one->row.last_failure, false);
  const auto wait = retry_wait(reason, one->row.attempts, setup.bounds);
  if (wait && one->at != phase::live && one->cancels.empty())
    return wait_again(*one, setup.wall() + wait->count(), to_string(reason), true);
  finish(*one, reason);
}

/// The end of a call that no CALL had.
void call_queue_state::finish(line& one, end_reason reason) {
  release(one);
  one.at = phase::ending;
  auto& call = one.call;
  call.status = reason == end_reason::cancelled ? "cancelled" : "failed";
  call.end_reason = to_string(reason);
  call.due = 0;
  call.ended = call.modified = setup.wall();
  log(log_level::info, "actors.call_queue", call.id.str(), "call ended: " + call.end_reason);
  count("unpod_calls_ended_total", "reason=\"" + call.end_reason + "\"");
  std::vector<store_change> changes{{store_change::what::erase, one.row},
                                    {store_change::what::put, call}};
  announce_end(call, changes);
  save(one.row.call, std::move(changes));
}

/// What a CALL would say of its end, in the batch that ends the call.
void call_queue_state::announce_end(const call_record& call, std::vector<store_change>& changes) {
  if (!setup.new_id || !setup.events)
    return;
  const auto line = setup.events->line(call.id, *setup.reader);
  const auto body = json_line{}.text("reason", call.end_reason).str();
  const auto seq = line->post("end", body, call.ended);
  line->close();
  setup.events->keep(line);
  changes.push_back(
    {store_change::what::put, journal_record{call.id, seq, call.ended, "end", body}});
  for (auto& row : deliveries_of({*setup.reader, setup.webhooks, setup.new_id, call.ended}, call,
                                 ending_events(call, false)))
    changes.push_back(std::move(row));
}

/// Back to those who wait. An attempt that never left the node does not count.
void call_queue_state::wait_again(line& one, wall_ms due, const std::string& failure, bool counts) {
  release(one);
  one.at = phase::ending;
  one.is_retry = true;
  const auto before = one.row;
  one.row.begun = false;
  one.row.due = due;
  one.row.last_failure = failure;
  one.row.attempts -= counts ? 0 : 1;
  auto& call = one.call;
  call.status = "pending";
  call.due = due;
  call.attempts = one.row.attempts;
  call.last_failure = failure;
  call.modified = setup.wall();
  save(one.row.call, {{store_change::what::erase, before},
                      {store_change::what::put, one.row},
                      {store_change::what::put, call}});
}

/// Its CALL ended it, or it has no record: only the row goes.
void call_queue_state::forget(line& one) {
  release(one);
  one.at = phase::ending;
  save(one.row.call, {{store_change::what::erase, one.row}});
}

void call_queue_state::release(line& one) {
  if (std::exchange(one.in_gates, false))
    gates.give_back(one.gate);
  show_figures();
}

caf::result<cancelled_call> call_queue_state::cancel(const cancel_call& request) {
  auto reply = self->make_response_promise<cancelled_call>();
  const auto found = lines.find(request.call);
  if (found == lines.end()) {
    const auto call = find<call_record>(*setup.reader, table::calls, request.call.str());
    if (call)
      cancel_waiting(*call, reply);
    else
      reply.deliver(cancelled_call{false});
    return reply;
  }
  auto& one = found->second;
  if (one.at == phase::live) {
    if (trunks)
      self->send(trunks, drop_dial{request.call});
    reply.deliver(cancelled_call{true});
    return reply;
  }
  one.cancels.push_back(reply);
  if ((one.at == phase::dialling || one.at == phase::ringing) && one.told && trunks)
    self->send(trunks, drop_dial{request.call});
  return reply;
}

void call_queue_state::cancel_waiting(const call_record& call,
                                      caf::typed_response_promise<cancelled_call> reply) {
  queued_call row;
  row.call = call.id;
  row.project = call.project;
  row.due = call.due;
  const auto there = find<queued_call>(*setup.reader, table::queue, key_of(row));
  if (!there || call.ended > 0 || lines.count(call.id) > 0) {
    reply.deliver(cancelled_call{false});
    return;
  }
  if (const auto of = accounts.find(call.project); of != accounts.end()) {
    auto& due = of->second.due;
    due.erase(std::remove_if(due.begin(), due.end(),
                             [&](const queued_call& other) { return other.call == call.id; }),
              due.end());
    of->second.waiting -= of->second.waiting > 0 ? 1 : 0;
  }
  line one;
  one.row = *there;
  one.call = call;
  one.in_gates = false;
  one.cancels.push_back(std::move(reply));
  finish(lines.emplace(call.id, std::move(one)).first->second, end_reason::cancelled);
}

} // namespace unpod
