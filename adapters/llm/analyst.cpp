#include "adapters/llm/analyst.hpp"

#include "adapters/llm/brain_answer.hpp"
#include "messages/log.hpp"

#include <caf/actor_addr.hpp>
#include <caf/actor_cast.hpp>
#include <caf/send.hpp>

#include <utility>

namespace unpod {

namespace {

constexpr auto room = "adapters.llm";
/// ms. 200: by then the write that ended a call is on the disk.
constexpr milliseconds settle_wait{200};
/// s. 10: a write of results.
constexpr seconds write_wait{10};

/// Keeps a whole answer, and brings it to an ANALYST that may be gone by then.
class whole_answer : public outgoing_listener {
public:
  whole_answer(caf::actor_addr to, call_id call, std::uint64_t ask) : to_(std::move(to)) {
    answer_.call = std::move(call);
    answer_.ask = ask;
  }

  bool began(int, const std::string& content_type) override {
    answer_.content_type = content_type;
    return true;
  }
  bool piece(std::string_view bytes) override {
    answer_.body += bytes;
    return true;
  }
  void ended(const outgoing_result& result) override {
    answer_.result = result;
    if (const auto analyst = caf::actor_cast<caf::actor>(to_))
      caf::anon_send(analyst, std::move(answer_));
  }

private:
  caf::actor_addr to_;
  block_answer answer_;
};

} // namespace

analyst_self::behavior_type analyst(analyst_state::self_pointer self, analyst_setup setup) {
  auto& state = self->state;
  state.setup = std::move(setup);
  state.look_soon(milliseconds{0});
  return {
    [&state](const analyse_call&) { state.look_soon(settle_wait); },
    [&state](const analyst_check& due) {
      if (due.epoch == state.epoch)
        state.look();
    },
    [&state](const block_answer& answer) { state.take(answer); },
  };
}

analyst_state::~analyst_state() {
  for (const auto& [call, one] : runs)
    if (one.exchange)
      one.exchange->abort();
}

void analyst_state::look_soon(milliseconds after) {
  self->delayed_send(self, after, analyst_check{++epoch});
}

void analyst_state::look() {
  list_query page;
  page.rows_max = setup.bounds.page_max;
  bool more = false;
  for (const auto& row : list<analysis_record>(*setup.reader, table::analyses, page)) {
    more = true;
    if (runs.size() < setup.bounds.at_once_max && runs.count(row.call) == 0)
      begin(row);
  }
  look_soon(more ? milliseconds{setup.bounds.look_every} : 10 * setup.bounds.look_every);
}

void analyst_state::begin(const analysis_record& row) {
  run one;
  one.row = row;
  if (auto call = find<call_record>(*setup.reader, table::calls, row.call.str()))
    one.call = std::move(*call);
  list_query query;
  query.project = row.project;
  for (auto& block : list<analytics_block>(*setup.reader, table::blocks, query))
    if (is_asked_of(block, row.agent.str()))
      one.blocks.push_back(std::move(block));
  next(runs.emplace(row.call, std::move(one)).first->second);
}

/// Those that need no model are answered at once; the next that does is asked.
void analyst_state::next(run& one) {
  while (!one.blocks.empty()) {
    auto result = result_of(one);
    if (auto why = why_skipped(one.blocks.front(), one.call); !why.empty()) {
      result.status = "skipped";
      result.error = std::move(why);
    } else if (setup.model.url.empty()) {
      result.status = "failed";
      result.error = "this node has no model to ask; set llm.url (UNPOD_NODE_LLM_URL)";
    } else {
      one.again = false;
      return ask(one);
    }
    one.results.push_back(std::move(result));
    one.blocks.erase(one.blocks.begin());
  }
  keep(one.row.call);
}

void analyst_state::ask(run& one) {
  one.ask = ++asks;
  one.exchange =
    setup.outgoing->send(ask_about(one.blocks.front(), one.call, setup.model, setup.bounds),
                         std::make_shared<whole_answer>(self->address(), one.row.call, one.ask));
}

void analyst_state::take(const block_answer& answer) {
  const auto found = runs.find(answer.call);
  if (found == runs.end() || found->second.ask != answer.ask)
    return;
  auto& one = found->second;
  auto result = result_of(one);
  result.latency_ms = answer.result.took.count();
  std::string words, why = answer.result.why;
  const bool whole = why.empty() && answer.result.status >= 200 && answer.result.status < 300;
  if (why.empty() && !whole)
    why = "the model answered with status " + std::to_string(answer.result.status);
  brain_answer reader{brain_plan::kind::chat, setup.brains, setup.json_depth_max};
  reader.begin(answer.content_type);
  const bool good = whole && reader.read(answer.body, words, why) && reader.finish(words, why)
                    && read_analysis(one.blocks.front(), words, setup.json_depth_max, result, why);
  if (!good && !answer.result.refused && !std::exchange(one.again, true))
    return ask(one);
  if (!good) {
    result.status = "failed";
    result.error = why;
    log(log_level::warn, room, one.row.call.str(), "analytics block " + result.block + ": " + why);
  }
  one.results.push_back(std::move(result));
  one.blocks.erase(one.blocks.begin());
  next(one);
}

analytics_result analyst_state::result_of(const run& one) const {
  const auto& block = one.blocks.front();
  analytics_result result;
  result.id = setup.new_id("ANR_");
  result.project = one.row.project;
  result.block = block.id;
  result.block_version = block.version;
  result.name = block.name;
  result.call = one.row.call;
  result.agent = one.row.agent;
  result.success_json = "null";
  result.data_json = "{}";
  result.model = block.model.empty() ? setup.model.model : block.model;
  result.created = wall_now();
  return result;
}

/// All of a call's results at once, and it no longer waits. What the store refuses is asked
/// for anew when what waits is looked at again.
void analyst_state::keep(const call_id& call) {
  const auto found = runs.find(call);
  const auto store = setup.house->get<store_actor>();
  if (!store) {
    runs.erase(found);
    return;
  }
  store_write write;
  for (auto& result : found->second.results)
    write.changes.push_back({store_change::what::put, std::move(result)});
  write.changes.push_back({store_change::what::erase, found->second.row});
  found->second.ask = 0;
  self->request(store, write_wait, std::move(write))
    .then(
      [this, call](const store_done&) {
        runs.erase(call);
        look_soon(milliseconds{0});
      },
      [this, call](const caf::error& error) {
        log(log_level::warn, room, call.str(), "its results are not kept: " + words_of(error));
        runs.erase(call);
      });
}

} // namespace unpod
