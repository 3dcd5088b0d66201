// What may be said to the ANALYST, which runs analytics blocks over calls that have
// ended (contract §1.15). What it has to do is in the store; a message only wakes it.
#pragma once

#include "messages/access.hpp"
#include "messages/ids.hpp"
#include "messages/inspect.hpp"
#include "messages/records.hpp"
#include "messages/store.hpp"
#include "messages/type_ids.hpp"

#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace unpod {

/// Event. A call ended, and the store keeps that its blocks are to be run.
struct analyse_call {
  call_id call;
};
UNPOD_MESSAGE(analyse_call, x.call)

/// Timer of the ANALYST. Looks at what waits in the store.
struct analyst_check {
  std::uint64_t epoch = 0;
};
UNPOD_MESSAGE(analyst_check, x.epoch)

/// The ANALYST interface.
using analyst_actor = caf::typed_actor<
  // Begins with it, as soon as there is room.
  caf::reacts_to<analyse_call>,
  // Looks again.
  caf::reacts_to<analyst_check>>;

/// Is this block asked of the sessions of this agent?
inline bool is_asked_of(const analytics_block& block, std::string_view agent) {
  return block.state == "active" && has_word(block.agents, agent);
}

/// What the batch that ends a call keeps besides: that its blocks are to be run. Nothing
/// when it has none.
inline std::vector<store_change> analysis_of(const store_reader& reader, const call_record& call) {
  list_query query;
  query.project = call.project;
  for (const auto& block : list<analytics_block>(reader, table::blocks, query))
    if (is_asked_of(block, call.agent.str()))
      return {
        {store_change::what::put, analysis_record{call.id, call.project, call.agent, call.ended}}};
  return {};
}

} // namespace unpod
