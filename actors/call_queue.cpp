// Who waits in the CALL QUEUE, and who is next.
#include "actors/call_queue.hpp"

#include "messages/log.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

namespace {

/// s. 1: how often the queue looks at what failed and at what no event tells it.
constexpr seconds look_every{1};
/// s. 60: and at most so seldom when all that waits is for later.
constexpr seconds look_at_least{60};
/// rows read at a time when all are counted.
constexpr std::size_t rows_at_a_time = 1'000;
/// Sorts after every id: the next project's rows come then.
constexpr auto past_all = "~";

} // namespace

timed_call_queue::behavior_type call_queue(call_queue_state::self_pointer self,
                                           call_queue_setup setup) {
  self->set_down_handler([self](caf::down_msg& down) { self->state.lose_trunks(down); });
  self->state.begin(std::move(setup));
  return {
    [self](const dial_ringing& event) { self->state.hear_ringing(event); },
    [self](const dial_answered& event) { self->state.hear_answered(event); },
    [self](const dial_ended& event) { self->state.hear_ended(event); },
    [self](const call_queued& event) { self->state.note_queued(event); },
    [self](const cancel_call& request) { return self->state.cancel(request); },
    [self](const drain_calls&) { self->state.drain(); },
    [self](caf::get_atom) { return self->state.status(); },
    [self](const queue_check& due) { self->state.look(due); },
  };
}

/// Whoever waits for a cancel is told that this one did not do it.
call_queue_state::~call_queue_state() {
  for (auto& [id, one] : lines)
    for (auto& reply : one.cancels)
      reply.deliver(make_error(refusal::unavailable,
                               "the call queue was restarted; ask again whether the call ended"));
}

void call_queue_state::begin(call_queue_setup with) {
  setup = std::move(with);
  gates = call_gates{setup.bounds};
  find_begun();
  find_waiting();
  show_figures();
  arm(milliseconds{0});
}

/// Attempts that began in an earlier life take their places again, and are asked after.
void call_queue_state::find_begun() {
  list_query query;
  query.prefix = begun_prefix;
  query.rows_max = rows_at_a_time;
  for (bool more = true; more;) {
    const auto rows = list<queued_call>(*setup.reader, table::queue, query);
    more = rows.size() == query.rows_max;
    for (const auto& row : rows) {
      query.after = key_of(row);
      line one;
      one.row = row;
      one.call =
        find<call_record>(*setup.reader, table::calls, row.call.str()).value_or(call_record{});
      one.gate = {row.project, row.trunk, row.from_number, row.pipe.str(), 0};
      one.at = phase::dialling;
      one.resumed = true;
      gates.take_anyway(one.gate);
      lines.emplace(row.call, std::move(one));
    }
  }
}

void call_queue_state::find_waiting() {
  list_query query;
  query.prefix = waiting_any_prefix;
  query.rows_max = rows_at_a_time;
  for (bool more = true; more;) {
    const auto rows = list<queued_call>(*setup.reader, table::queue, query);
    more = rows.size() == query.rows_max;
    for (const auto& row : rows) {
      query.after = key_of(row);
      ++accounts[row.project].waiting;
    }
  }
}

void call_queue_state::note_queued(const call_queued& event) {
  auto& of = accounts[event.project];
  ++of.waiting;
  of.look_at = 0;
  count("unpod_calls_queued_total");
  pump();
  arm_for_next();
}

void call_queue_state::look(const queue_check& due) {
  if (due.epoch != epoch)
    return;
  armed_for = mono_time{0};
  go_on();
  if (!accounts.empty())
    ask_for_room();
  pump();
  arm_for_next();
}

/// A node that is full of other calls gets none of ours: they wait, and nobody is rung in vain.
void call_queue_state::ask_for_room() {
  const auto pipes = setup.house->get<pipes_actor>();
  if (!pipes)
    return;
  self->request(pipes, seconds{2}, caf::get_atom::value)
    .then(
      [this](const pipe_status& status) {
        const bool full = status.draining || status.calls_live >= status.calls_max;
        if (std::exchange(node_full, full) && !full)
          pump();
      },
      [](const caf::error&) {});
}

/// One call of each account in turn, until every gate that is asked is closed.
void call_queue_state::pump() {
  pace = milliseconds{0};
  if (draining || node_full || !setup.house->get<trunks_actor>())
    return;
  for (bool placed = true; placed && !gates.are_all_taken();) {
    placed = false;
    std::vector<std::string> order;
    for (auto entry = accounts.upper_bound(served); entry != accounts.end(); ++entry)
      order.push_back(entry->first);
    for (auto entry = accounts.begin(); entry != accounts.upper_bound(served); ++entry)
      order.push_back(entry->first);
    for (const auto& project : order) {
      auto& of = accounts.at(project);
      if (place_next(project, of)) {
        served = project;
        placed = true;
      } else if (of.waiting == 0 && of.due.empty()) {
        accounts.erase(project);
      }
    }
  }
  show_figures();
}

/// True when a call left the account's line; the account's first call is the only one asked for.
bool call_queue_state::place_next(const std::string& project, account& of) {
  if (of.due.empty())
    fill(project, of);
  if (of.due.empty())
    return false;
  const auto& row = of.due.front();
  const auto pipe = find<pipe_record>(*setup.reader, table::pipes, row.pipe.str());
  if (pipe && opening_of(row, *pipe) > setup.wall())
    return postpone(of);
  gate_key gate{project, row.trunk, row.from_number, row.pipe.str(),
                pipe && pipe->max_concurrent > 0 ? static_cast<std::size_t>(pipe->max_concurrent)
                                                 : 0};
  const auto answer = gates.take(gate, now());
  if (!answer.open) {
    if (answer.wait.count() > 0)
      pace = pace.count() > 0 ? std::min(pace, answer.wait) : answer.wait;
    return false;
  }
  auto first = std::move(of.due.front());
  of.due.pop_front();
  of.waiting -= of.waiting > 0 ? 1 : 0;
  begin_attempt(std::move(first), std::move(gate));
  return true;
}

/// Reads the account's next due rows. A row whose call is on its way out is on disk still.
void call_queue_state::fill(const std::string& project, account& of) {
  const auto at = setup.wall();
  if (at < of.look_at)
    return;
  list_query query;
  query.prefix = waiting_prefix(project);
  query.rows_max = setup.bounds.window_rows + lines.size();
  of.look_at = at + std::chrono::milliseconds{look_at_least}.count();
  auto rows = list<queued_call>(*setup.reader, table::queue, query);
  const bool all = rows.size() < query.rows_max;
  rows.erase(std::remove_if(rows.begin(), rows.end(),
                            [&](const queued_call& row) { return lines.count(row.call) > 0; }),
             rows.end());
  if (all) // what was counted twice, or not at all, is put right
    of.waiting = rows.size();
  const auto later =
    std::find_if(rows.begin(), rows.end(), [&](const queued_call& row) { return row.due > at; });
  if (later != rows.end())
    of.look_at = later->due;
  of.due.assign(rows.begin(), later);
  if (!of.due.empty())
    of.look_at = 0;
}

/// When this call may be placed: its pipe's hours in the callee's zone, or in their own.
wall_ms call_queue_state::opening_of(const queued_call& row, const pipe_record& pipe) const {
  const auto at = setup.wall();
  std::string why;
  const auto hours =
    pipe.calling_hours.empty() ? std::nullopt : read_calling_hours(pipe.calling_hours, why);
  if (!hours)
    return at;
  const auto& zone = hours->zone.empty() ? row.zone : hours->zone;
  return next_open(*hours, at, [&](wall_ms when) {
    const auto ahead = setup.zones && !zone.empty() ? setup.zones(zone, when)
                                                    : std::optional<std::chrono::minutes>{};
    return ahead.value_or(std::chrono::minutes{0});
  });
}

/// The first call's hours are closed: it waits for the morning, and holds up nobody.
bool call_queue_state::postpone(account& of) {
  auto row = std::move(of.due.front());
  of.due.pop_front();
  of.waiting -= of.waiting > 0 ? 1 : 0;
  const auto pipe = find<pipe_record>(*setup.reader, table::pipes, row.pipe.str());
  const auto opens = opening_of(row, *pipe);
  auto call = find<call_record>(*setup.reader, table::calls, row.call.str());
  const auto id = row.call;
  line one;
  one.row = row;
  one.call = call.value_or(call_record{});
  one.in_gates = false;
  auto& placed = lines.emplace(id, std::move(one)).first->second;
  wait_again(placed, opens, row.last_failure, true);
  return true;
}

void call_queue_state::arm(milliseconds wait) {
  const auto due = now() + wait;
  if (armed_for > mono_time{0} && armed_for <= due)
    return;
  armed_for = due;
  self->delayed_send(self, wait, queue_check{++epoch});
}

/// An empty queue has no timer.
void call_queue_state::arm_for_next() {
  if (pace.count() > 0)
    arm(pace);
  if (lines.empty() && accounts.empty())
    return;
  milliseconds wait = lines.empty() ? milliseconds{look_at_least} : milliseconds{look_every};
  const auto at = setup.wall();
  for (const auto& [project, of] : accounts)
    if (!of.due.empty() || of.look_at <= at)
      wait = std::min<milliseconds>(wait, look_every);
    else
      wait = std::min(wait, milliseconds{of.look_at - at});
  arm(wait);
}

/// The node stops: nothing new is begun, and whoever only rings yet waits for the next start.
void call_queue_state::drain() {
  draining = true;
  for (const auto& [id, one] : lines)
    if ((one.at == phase::dialling || one.at == phase::ringing) && one.told && trunks)
      self->send(trunks, drop_dial{id});
}

queue_status call_queue_state::status() const {
  queue_status shown;
  for (const auto& [project, of] : accounts)
    shown.waiting += of.waiting;
  for (const auto& [id, one] : lines)
    ++(one.at == phase::live ? shown.live : shown.dialling);
  return shown;
}

void call_queue_state::show_figures() {
  if (!setup.figures)
    return;
  const auto shown = status();
  setup.figures->waiting = shown.waiting;
  setup.figures->dialling = shown.dialling;
  setup.figures->live = shown.live;
}

void call_queue_state::count(const char* metric, const std::string& labels) {
  tell_service<accountant_actor>(self, setup.house, count_metric{metric, labels});
}

mono_time call_queue_state::now() const {
  return self->clock().now().time_since_epoch();
}

} // namespace unpod
