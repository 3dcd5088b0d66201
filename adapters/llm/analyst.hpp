// ANALYST: runs the analytics blocks of ended calls through the node's model.
//
//   store: calls that wait --look, a few at a time--> running, block after block
//                                                        |
//        results, and the call no longer waits, in one <-'
//        write; a store that refuses is asked again
//
// What waits is in the store alone: after a restart it goes on from there. Children: none.
// Its parent is NODE.
#pragma once

#include "adapters/llm/analysis.hpp"
#include "messages/analyst.hpp"
#include "messages/observed.hpp"
#include "messages/outgoing.hpp"
#include "messages/services.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace unpod {

/// Event of the way out. What the model said of one block.
struct block_answer {
  call_id call;
  std::uint64_t ask = 0;
  std::string body;
  std::string content_type;
  outgoing_result result;
};
UNPOD_MESSAGE(block_answer, x.call, x.ask)

} // namespace unpod

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(unpod::block_answer)

namespace unpod {

struct analyst_setup {
  services house;
  store_reader_ptr reader;
  outgoing_http_ptr outgoing;
  llm_settings model;
  analyst_limits bounds;
  brain_limits brains; // of one answer's lines
  std::size_t json_depth_max = 32;
  std::function<std::string(const std::string& prefix)> new_id;
};

/// ANALYST as it sees itself.
using analyst_self = analyst_actor::extend<caf::reacts_to<block_answer>>;

struct analyst_state {
  using self_pointer = self_of<analyst_state, analyst_self>;

  static inline const char* name = "analyst";

  explicit analyst_state(self_pointer self) : self(self) {}
  ~analyst_state();

  /// A call whose blocks are being run.
  struct run {
    analysis_record row;
    call_record call;
    std::vector<analytics_block> blocks; // the first is being asked
    std::vector<analytics_result> results;
    std::uint64_t ask = 0;
    bool again = false; // this block was asked before
    std::shared_ptr<outgoing_exchange> exchange;
  };

  void look_soon(milliseconds after);
  void look();
  void begin(const analysis_record& row);
  void next(run& one);
  void ask(run& one);
  void take(const block_answer& answer);
  analytics_result result_of(const run& one) const;
  void keep(const call_id& call);

  self_pointer self;
  analyst_setup setup;
  std::map<call_id, run> runs;
  std::uint64_t asks = 0;
  std::uint64_t epoch = 0; // of the timer
};

analyst_self::behavior_type analyst(analyst_state::self_pointer self, analyst_setup setup);

} // namespace unpod
