// CALL QUEUE: the outbound calls that wait for their turn, and those on the line.
// Each of its steps is on disk before anything leaves the node.
//
//   (API) --row, record, audit line in one batch--> waiting
//
//   waiting --gates open--> beginning --on disk: begun--> dialling --> ringing --> live
//      ^                        |                            |            |          |
//      |                        | called off                 +--- ended --+          | its CALL
//      |                        v                            v                       v ended it
//      +--- to be dialled again: ending, on disk ------------+--- over: ending, on disk --> gone
//
//   What a power cut finds:
//     the row waits        nothing of this attempt ever left: it is placed as if nothing had been
//     the row says `begun` the attempt may have left, and the callee may have answered. It is
//                          never begun anew: the trunk is told of it again, as `resumed`. One
//                          that remembers goes on with it (and dials, had it not been heard);
//                          any other says `node_lost`, and the call is over with that reason.
//     The same is done when only this actor or its trunk died: the rows are all it needs.
//
// A write is repeated until it is on disk: each puts and erases the same rows again, and the
// call takes no step meanwhile. The queue alone writes a queued call's row and, until a CALL
// has it, its record. Within an account calls are placed in the order of their due times, none
// overtakes; accounts take turns. In memory: a window of each account's due rows, and the calls
// on the line, which the gates bound. Children: none. It watches its trunks.
#pragma once

#include "actors/call_gates.hpp"
#include "messages/call_events.hpp"
#include "messages/call_timers.hpp"
#include "messages/calling_hours.hpp"
#include "messages/limits.hpp"
#include "messages/observed.hpp"
#include "messages/outbound.hpp"
#include "messages/services.hpp"
#include "messages/store.hpp"

#include <caf/typed_response_promise.hpp>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace unpod {

/// CALL QUEUE as it sees itself: the interface, and its own timer.
using timed_call_queue = call_queue_actor::extend<
  // Looks what may be placed now.
  caf::reacts_to<queue_check>>;

struct call_queue_setup {
  queue_limits bounds;
  services house;
  store_reader_ptr reader;
  std::function<wall_ms()> wall;
  zone_clock zones; // may be empty: then hours are in UTC
  std::shared_ptr<queue_figures> figures;
  webhook_limits webhooks = {};
  /// As the kit's. Empty, or no board: nobody is told of a call's end.
  std::function<std::string(const std::string& prefix)> new_id = {};
  event_board_ptr events = {};
};

struct call_queue_state {
  using self_pointer = self_of<call_queue_state, timed_call_queue>;

  enum class phase { beginning, dialling, ringing, live, ending };

  /// One project's calls that wait.
  struct account {
    std::deque<queued_call> due; // read from the store, in order
    wall_ms look_at = 0;         // nothing more is due before
    std::uint64_t waiting = 0;   // on disk
  };

  /// One call that is being placed, or on the line.
  struct line {
    queued_call row;
    call_record call;
    gate_key gate;
    phase at = phase::beginning;
    bool in_gates = true;
    bool resumed = false;            // begun before this actor or its trunk knew it
    bool told = false;               // the trunk knows of it
    bool is_retry = false;           // in `ending`: it will wait again
    std::vector<store_change> write; // on its way to the disk
    bool write_failed = false;
    std::vector<caf::typed_response_promise<cancelled_call>> cancels;
  };

  static inline const char* name = "call_queue";

  explicit call_queue_state(self_pointer self) : self(self) {}
  ~call_queue_state();

  // -- who waits (call_queue.cpp) ----------------------------------------------
  void begin(call_queue_setup with);
  void find_begun();
  void find_waiting();
  void note_queued(const call_queued& event);
  void look(const queue_check& due);
  void ask_for_room();
  void pump();
  bool place_next(const std::string& project, account& of);
  void fill(const std::string& project, account& of);
  bool postpone(account& of);
  wall_ms opening_of(const queued_call& row, const pipe_record& pipe) const;
  void arm(milliseconds wait);
  void arm_for_next();
  void drain();
  queue_status status() const;
  void show_figures();

  // -- one call (call_queue_lines.cpp) ------------------------------------------
  void begin_attempt(queued_call row, gate_key gate);
  void save(const call_id& id, std::vector<store_change> changes);
  void send_write(const call_id& id);
  void on_saved(const call_id& id);
  void dial(line& of);
  void watch_trunks(const trunks_actor& trunks);
  void lose_trunks(const caf::down_msg& down);
  void go_on();
  void hear_ringing(const dial_ringing& event);
  void hear_answered(const dial_answered& event);
  void hear_ended(const dial_ended& event);
  void finish(line& of, end_reason reason);
  void announce_end(const call_record& call, std::vector<store_change>& changes);
  void wait_again(line& of, wall_ms due, const std::string& failure, bool counts);
  void forget(line& of);
  void release(line& of);
  caf::result<cancelled_call> cancel(const cancel_call& request);
  void cancel_waiting(const call_record& call, caf::typed_response_promise<cancelled_call> reply);
  line* line_of(const call_id& id, std::uint64_t attempt);

  void count(const char* metric, const std::string& labels = {});
  mono_time now() const;

  self_pointer self;
  call_queue_setup setup;
  call_gates gates{queue_limits{}};
  std::map<std::string, account> accounts; // only those whose calls wait
  std::map<call_id, line> lines;
  std::string served;      // the account that was served last
  trunks_actor trunks;     // whom it watches
  milliseconds pace{0};    // a trunk takes the next call then
  mono_time armed_for{0};  // when the timer is due; 0: there is none
  std::uint64_t epoch = 0; // of the timer
  bool node_full = false;
  bool draining = false;
};

timed_call_queue::behavior_type call_queue(call_queue_state::self_pointer self,
                                           call_queue_setup setup);

} // namespace unpod
