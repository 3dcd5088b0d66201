// What the console's keys do to its model.
#include "cli/console_model.hpp"

#include "cli/actor_view.hpp"
#include "cli/text.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace unpod::cli {

namespace {

/// letters. 60: of a filter.
constexpr std::size_t filter_max = 60;
constexpr std::size_t page = 15;

void go_to(console_model& model, console_view view) {
  if (view != model.view)
    model.filter.clear();
  model.view = view;
  model.chosen = 0;
  model.actor.clear();
  model.way.clear();
  model.notice.clear();
}

std::string chosen_id(const console_model& model) {
  const auto rows = rows_of(model);
  return rows.empty() ? "" : rows[chosen_of(model, rows.size())].id;
}

/// The same key where rows are counted from the end.
int mirrored(int where) {
  static constexpr std::pair<int, int> pairs[] = {
    {key::up, key::down}, {'k', 'j'}, {key::page_up, key::page_down}, {key::home, key::end}};
  for (const auto& [one, other] : pairs)
    if (where == one || where == other)
      return where == one ? other : one;
  return where;
}

void move(console_model& model, int where) {
  if (is_tail(model.view))
    where = mirrored(where);
  const auto count = rows_of(model).size();
  const auto last = count == 0 ? 0 : count - 1;
  const auto back = [&](std::size_t by) { return model.chosen > by ? model.chosen - by : 0; };
  switch (where) {
    case key::up:
    case 'k':
      model.chosen = back(1);
      break;
    case key::down:
    case 'j':
      model.chosen = std::min(model.chosen + 1, last);
      break;
    case key::page_up:
      model.chosen = back(page);
      break;
    case key::page_down:
      model.chosen = std::min(model.chosen + page, last);
      break;
    case key::home:
      model.chosen = 0;
      break;
    default:
      model.chosen = last;
  }
}

console_wish type_filter(console_model& model, int pressed) {
  model.chosen = 0;
  if (pressed == key::escape)
    model.filter.clear();
  if (pressed == key::escape || pressed == key::enter)
    model.typing = false;
  else if (pressed == key::backspace || pressed == 127 || pressed == 8)
    model.filter.erase(model.filter.empty() ? 0 : model.filter.size() - 1);
  else if (pressed >= ' ' && pressed < 127 && model.filter.size() < filter_max)
    model.filter += static_cast<char>(pressed);
  return {};
}

/// Enter: into what is chosen.
console_wish drill_in(console_model& model) {
  const auto id = chosen_id(model);
  const bool about_call = id.rfind("SCL_", 0) == 0;
  if (id.empty())
    return {};
  if (model.view == console_view::calls || (model.view == console_view::log && about_call)) {
    model.call = id;
    model.data.erase(console_view::timeline);
    go_to(model, console_view::timeline);
  } else if (model.view == console_view::queues || model.view == console_view::actors) {
    auto way = model.way;
    if (!model.actor.empty())
      way.push_back(model.actor);
    go_to(model, console_view::actors);
    model.way = std::move(way);
    model.actor = id;
    model.data.erase(console_view::actors);
  }
  return {false, true, {}};
}

/// The messages of the actor in hand, or of the one that was traced last.
void begin_trace(console_model& model) {
  if (model.view != console_view::trace) {
    const auto id = model.actor.empty() ? chosen_id(model) : model.actor;
    if (id.empty())
      return;
    if (id != model.traced)
      model.words = false;
    // As its row has it, until its first message says more.
    const auto rows = rows_of(model);
    model.traced = id;
    model.traced_name.clear();
    if (model.actor.empty()) {
      const auto& kind = rows[chosen_of(model, rows.size())].cells.front();
      model.traced_name = kind.substr(std::min(kind.find_first_not_of(' '), kind.size()));
      model.traced_name = model.traced_name.substr(0, model.traced_name.find(" +")); // folded
    }
    model.named_by_row = true;
    go_to(model, console_view::trace);
  }
  if (model.traced.empty())
    return;
  ++model.trace;
  model.trace_end.clear();
  model.heard.clear();
}

/// Escape: one step back.
console_wish step_back(console_model& model) {
  if (!model.actor.empty()) {
    model.actor = model.way.empty() ? "" : model.way.back();
    if (!model.way.empty())
      model.way.pop_back();
    model.chosen = 0;
    model.data.erase(console_view::actors);
    return {false, true, {}};
  }
  if (!model.filter.empty())
    model.filter.clear();
  else if (model.view == console_view::timeline)
    go_to(model, console_view::calls);
  else if (model.view == console_view::trace)
    go_to(model, console_view::actors);
  model.notice.clear();
  return {false, true, {}};
}

struct deed {
  int key;
  console_view view;
  const char* words; // "drain runner"
  const char* path;  // with {} for the id
};

constexpr deed deeds[] = {
  {'d', console_view::runners, "drain", "/v1/runners/{}/drain"},
  {'h', console_view::calls, "hang up", "/v1/calls/{}/hangup"},
  {'s', console_view::actors, "suspend", "/v1/actors/{}/suspend"},
  {'r', console_view::actors, "resume", "/v1/actors/{}/resume"},
  {'x', console_view::actors, "kill", "/v1/actors/{}/kill"},
};

/// Asks first; done with y.
bool ask_for_deed(console_model& model, int pressed) {
  const auto id = model.actor.empty() ? chosen_id(model) : model.actor;
  for (const auto& one : deeds)
    if (one.key == pressed && one.view == model.view && !id.empty()) {
      model.asked = std::string{one.words} + " " + id;
      return true;
    }
  return false;
}

console_wish do_or_leave(console_model& model, int pressed) {
  const auto asked = std::exchange(model.asked, {});
  const auto blank = asked.rfind(' ');
  if (pressed != 'y' && pressed != 'Y') {
    model.notice = "Left as it is.";
    return {};
  }
  for (const auto& one : deeds)
    if (asked.substr(0, blank) == one.words) {
      node_question question;
      question.method = "POST";
      question.path = one.path;
      question.path.replace(question.path.find("{}"), 2, asked.substr(blank + 1));
      model.notice = "Asked the node to " + asked + " …";
      return {false, false, question};
    }
  return {};
}

/// Whoever looks at the first screenful of a long list gets little more than that.
std::string rows_asked(const console_model& model, std::size_t most) {
  const bool beginning =
    model.screen_rows > 0 && model.chosen < model.screen_rows && model.filter.empty();
  return std::to_string(beginning ? std::min(2 * model.screen_rows, most) : most);
}

bool is_move(int pressed) {
  return pressed == 'j' || pressed == 'k' || (pressed >= key::up && pressed <= key::end);
}

void fold(console_model& model) {
  const auto id = chosen_id(model);
  if (id.empty() || model.flat)
    return;
  if (model.folded.erase(id) == 0)
    model.folded.insert(id);
}

/// Keys of the actors' view alone.
console_wish press_on_actors(console_model& model, int pressed) {
  if (pressed == 'f')
    fold(model);
  else if (pressed == 't')
    model.flat = !model.flat;
  else if (pressed == 'o')
    model.sort = (model.sort + 1) % sort_names.size();
  else
    return {};
  if (pressed != 'f')
    model.chosen = 0;
  return {false, pressed != 'f', {}};
}

} // namespace

console_wish press(console_model& model, int pressed) {
  if (!model.asked.empty())
    return do_or_leave(model, pressed);
  if (model.typing)
    return type_filter(model, pressed);
  if (model.help) {
    model.help = false;
    return {pressed == 'q', false, {}};
  }
  if (pressed >= '1' && pressed < '1' + static_cast<int>(view_names.size())) {
    go_to(model, static_cast<console_view>(pressed - '1'));
    return {false, true, {}};
  }
  if (is_move(pressed)) {
    move(model, pressed);
    return {};
  }
  switch (pressed) {
    case 'q':
      return {true, false, {}};
    case '?':
      model.help = true;
      return {};
    case '/':
      model.typing = true;
      return {};
    case 'M':
      model.mouse = !model.mouse;
      model.notice = model.mouse ? "Click a view or a row; M gives the mouse back to the terminal."
                                 : "The mouse selects text again.";
      return {};
    case ' ':
      model.frozen = !model.frozen;
      return {false, !model.frozen, {}};
    case 'm':
      if (model.view == console_view::actors || model.view == console_view::queues
          || model.view == console_view::trace)
        begin_trace(model);
      return {};
    case 'w':
      if (model.view == console_view::trace) {
        model.words = !model.words;
        begin_trace(model);
      }
      return {};
    case key::enter:
      return drill_in(model);
    case key::escape:
      return step_back(model);
    default:
      break;
  }
  if (ask_for_deed(model, pressed))
    return {};
  return model.view == console_view::actors ? press_on_actors(model, pressed) : console_wish{};
}

console_wish press(console_model& model, const mouse_press& mouse, const screen& shown) {
  constexpr int rows_a_notch = 3; // of the wheel
  if (model.help)
    return press(model, key::escape);
  if (!model.asked.empty() || model.typing)
    return {}; // what was asked by a key is answered by one
  if (mouse.what != mouse_deed::click) {
    for (int i = 0; i < rows_a_notch; ++i)
      move(model, mouse.what == mouse_deed::wheel_up ? key::up : key::down);
    return {};
  }
  if (mouse.line == tabs_line) {
    std::size_t end = 0;
    for (std::size_t view = 0; view < view_names.size(); ++view)
      if ((end += tab_text(model, view).size()) > mouse.column)
        return press(model, '1' + static_cast<int>(view));
    return {};
  }
  const auto row = mouse.line < shown.size() ? shown[mouse.line].row : no_row;
  const auto count = rows_of(model).size();
  if (row >= count)
    return {};
  if (chosen_of(model, count) == row)
    return drill_in(model);
  model.chosen = is_tail(model.view) ? count - 1 - row : row;
  return {};
}

std::size_t rows_behind(const console_model& model) {
  if (model.view == console_view::actors || model.view == console_view::queues)
    if (const auto* living = model.node.find("actors.living"))
      return static_cast<std::size_t>(std::strtoull(living->text.c_str(), nullptr, 10));
  constexpr std::size_t like_a_call =
    8; // a call is read from the store, and takes as long as these
  const auto seen = model.data.find(model.view);
  const auto rows = seen == model.data.end() ? 0 : seen->second.items.size();
  return model.view == console_view::calls ? rows * like_a_call : rows;
}

std::string mark_of(const console_model& model) {
  if (model.view != console_view::calls || model.node.is != plain_value::kind::object)
    return {};
  std::string mark;
  for (const auto* counted : {"calls_live", "calls_started", "calls_ended", "seats.busy"})
    if (const auto* found = model.node.find(counted))
      mark += found->text + " ";
  return mark;
}

std::string path_of(const console_model& model) {
  switch (model.view) {
    case console_view::overview:
      return {};
    case console_view::calls:
      return "/v1/calls?limit=" + rows_asked(model, 200);
    case console_view::timeline:
      return model.call.empty() ? "" : "/v1/calls/" + model.call + "/timeline";
    case console_view::runners:
      return "/v1/runners";
    case console_view::providers:
      return "/v1/voice-profiles";
    case console_view::queues:
      return "/v1/actors?view=flat&sort=mailbox&limit=" + rows_asked(model, 100);
    case console_view::actors:
      return !model.actor.empty() ? "/v1/actors/" + model.actor
             : model.flat         ? "/v1/actors?view=flat&limit=" + rows_asked(model, 500)
                              + "&sort=" + sort_names[model.sort]
                          : "/v1/actors?view=tree&limit=5000";
    case console_view::trace:
      return {};
    case console_view::log:
      break;
  }
  return "/v1/logs";
}

std::optional<node_question> stream_of(const console_model& model) {
  if (model.traced.empty() || !model.trace_end.empty())
    return std::nullopt;
  node_question question;
  question.method = "POST";
  question.path = "/v1/actors/" + model.traced + "/trace";
  question.members = {{"seconds", "60", false}, {"words", model.words ? "true" : "false", false}};
  return question;
}

void hear(console_model& model, std::uint64_t number, const plain_value& event) {
  if (number != model.trace)
    return;
  if (text_of(event, "what") == "end")
    model.trace_end = text_of(event, "why");
  if (text_of(event, "what") == "message" && model.named_by_row) {
    model.named_by_row = false;
    const bool in = text_of(event, "way") == "in";
    model.traced_name = text_of(event, in ? "receiver_name" : "sender_name");
  }
  model.heard.push_back(event);
  if (model.heard.size() > heard_max)
    model.heard.pop_front();
  // Who looks at an older one goes on looking at it.
  if (model.view == console_view::trace && model.chosen > 0)
    model.chosen = std::min(model.chosen + 1, model.heard.size() - 1);
}

void hear_end(console_model& model, std::uint64_t number, const node_reply& reply) {
  if (number != model.trace || !model.trace_end.empty())
    return;
  model.trace_end =
    reply.what == node_reply::outcome::answered ? "the node has ended it" : harmless(reply.words);
}

void take(console_model& model, answer_to what, console_view view, const node_reply& reply) {
  using outcome = node_reply::outcome;
  if (what == answer_to::deed) {
    model.notice = reply.what == outcome::answered ? "Done." : harmless(reply.words);
    return;
  }
  if (reply.what == outcome::unreachable) {
    if (model.connected || model.lost_at == 0)
      model.lost_at = model.now;
    model.connected = false;
    model.trouble = harmless(reply.words);
    return;
  }
  model.connected = true;
  if (reply.what != outcome::answered) {
    model.notice = harmless(reply.words);
    if (what == answer_to::view)
      model.data.erase(view);
    if (!model.actor.empty() && reply.status == 404) { // it ended while it was looked at
      model.actor.clear();
      model.way.clear();
    }
    return;
  }
  model.trouble.clear();
  if (what == answer_to::node)
    model.node = reply.data;
  else
    model.data[view] = reply.data;
  const auto count = rows_of(model).size();
  if (model.chosen >= count)
    model.chosen = count == 0 ? 0 : count - 1;
}

} // namespace unpod::cli
