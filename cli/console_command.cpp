// `unpod console`: the views on a terminal. One thread asks the node, so that keys are
// answered at once even when the node is not there.
//
//   main: keys -> press(), answers -> take(), screen_of() -> paint
//   asker: every refresh, and when it is told to: /v1/node, then the view's path
//   listener: the events of one trace, until it ends or another is wanted
#include "cli/commands.hpp"
#include "cli/console_model.hpp"
#include "cli/console_terminal.hpp"
#include "cli/node_talk.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <ostream>
#include <thread>
#include <utility>

namespace unpod::cli {

namespace {

/// rows. 1,000: that a node reads for a view that is asked for with each refresh; one that takes
/// more is looked at more rarely, so that watching costs a node with thousands of actors no more
/// than a small one.
constexpr std::size_t rows_each_time = 1'000;
/// s. 5: how long a view is taken for unchanged because nothing of the node's says otherwise.
constexpr seconds unchanged_max{5};
/// ms. 100: how soon an answer is on the screen.
constexpr int look_every_ms = 100;

struct errand {
  answer_to what = answer_to::view;
  console_view view = console_view::overview;
  node_question question;
};

/// Asks on a thread of its own; a new errand of the same kind takes the place of one that waits.
class node_asker {
public:
  explicit node_asker(std::function<node_reply(const node_question&)> ask)
    : ask_(std::move(ask)), thread_([this] { work(); }) {}

  ~node_asker() {
    {
      const std::lock_guard lock{mutex_};
      over_ = true;
    }
    wake_.notify_all();
    thread_.join();
  }

  void send(errand next) {
    const std::lock_guard lock{mutex_};
    for (auto& waiting : waiting_)
      if (waiting.what == next.what && next.what != answer_to::deed) {
        waiting = std::move(next);
        return;
      }
    waiting_.push_back(std::move(next));
    wake_.notify_all();
  }

  std::deque<std::pair<errand, node_reply>> answers() {
    const std::lock_guard lock{mutex_};
    return std::exchange(answers_, {});
  }

private:
  void work() {
    std::unique_lock lock{mutex_};
    while (!over_) {
      if (waiting_.empty()) {
        wake_.wait(lock);
        continue;
      }
      auto next = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      auto reply = ask_(next.question);
      lock.lock();
      answers_.emplace_back(std::move(next), std::move(reply));
    }
  }

  std::function<node_reply(const node_question&)> ask_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<errand> waiting_;
  std::deque<std::pair<errand, node_reply>> answers_;
  bool over_ = false;
  std::thread thread_; // the last: it uses all the others
};

/// Listens to one stream of events at a time, on a thread of its own.
class node_listener {
public:
  using follower = std::function<node_reply(const node_question&,
                                            const std::function<bool(const plain_value& event)>&)>;

  explicit node_listener(follower follow)
    : follow_(std::move(follow)), thread_([this] { work(); }) {}

  /// Within a second: a trace gives a sign of life each second.
  ~node_listener() {
    {
      const std::lock_guard lock{mutex_};
      over_ = true;
      wanted_ = 0;
    }
    wake_.notify_all();
    thread_.join();
  }

  /// From now on this one alone; nothing ends the one that is on.
  void want(std::uint64_t number, std::optional<node_question> question) {
    const std::lock_guard lock{mutex_};
    wanted_ = question ? number : 0;
    question_ = std::move(question);
    wake_.notify_all();
  }

  struct news {
    std::uint64_t number = 0;
    plain_value event;
    std::optional<node_reply> end;
  };
  std::deque<news> heard() {
    const std::lock_guard lock{mutex_};
    return std::exchange(heard_, {});
  }

private:
  void work() {
    std::unique_lock lock{mutex_};
    while (!over_) {
      if (wanted_ == 0 || wanted_ == done_) {
        wake_.wait(lock);
        continue;
      }
      const auto number = done_ = wanted_;
      const auto question = *question_;
      lock.unlock();
      auto reply = follow_(question, [&](const plain_value& event) { return see(number, event); });
      lock.lock();
      heard_.push_back({number, {}, std::move(reply)});
    }
  }

  bool see(std::uint64_t number, const plain_value& event) {
    const std::lock_guard lock{mutex_};
    if (event.is == plain_value::kind::object && heard_.size() < heard_max)
      heard_.push_back({number, event, std::nullopt});
    return wanted_ == number;
  }

  follower follow_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::uint64_t wanted_ = 0, done_ = 0;
  std::optional<node_question> question_;
  std::deque<news> heard_;
  bool over_ = false;
  std::thread thread_; // the last: it uses all the others
};

class console {
public:
  console(console_terminal& terminal, const typed_words& words, bench at)
    : terminal_(terminal), words_(words), asker_(at.tools.ask), listener_(at.tools.follow),
      every_(seconds{words.whole("--every")}) {
    model_.url = words.text(words.has("URL") ? "URL" : "--url");
  }

  void run() {
    for (;;) {
      model_.now = wall_now();
      if (mono_now() >= due_ && !model_.frozen)
        fetch(false);
      bool changed = take_answers();
      changed = (!model_.frozen && take_news()) || changed;
      const auto shape = terminal_.size();
      model_.screen_rows = shape.rows;
      const auto pressed = terminal_.next_key(look_every_ms);
      if (pressed != 0) {
        const auto wish =
          pressed == key::mouse ? press(model_, terminal_.mouse(), shown_) : press(model_, pressed);
        if (wish.quit)
          return;
        if (wish.deed)
          asker_.send({answer_to::deed, model_.view, addressed(*wish.deed)});
        if (wish.fetch || wish.deed)
          fetch(true);
        if (model_.trace != traced_)
          listen();
        terminal_.use_mouse(model_.mouse);
        changed = true;
      }
      const auto now = terminal_.size();
      const bool resized = now.rows != shape.rows || now.columns != shape.columns;
      if (changed || resized || mono_now() >= painted_ + seconds{1})
        paint_now();
    }
  }

private:
  node_question addressed(node_question question) const {
    question.url = model_.url;
    question.key = words_.text("--key");
    return question;
  }

  void fetch(bool at_once) {
    due_ = mono_now() + every_;
    node_question question;
    question.method = "GET";
    question.path = "/v1/node";
    asker_.send({answer_to::node, model_.view, addressed(question)});
    question.path = path_of(model_);
    if (question.path.empty() || (!at_once && (mono_now() < view_due_ || is_unchanged(question))))
      return;
    marked_ = {question.path, mark_of(model_), mono_now()};
    const auto times =
      static_cast<std::int64_t>((rows_behind(model_) + rows_each_time - 1) / rows_each_time);
    // Half a turn early: the turns come a little late.
    view_due_ = times < 2 ? mono_now() : mono_now() + every_ * times - every_ / 2;
    asker_.send({answer_to::view, model_.view, addressed(question)});
  }

  /// The node said, with its last figures, that this answer would be the last one again.
  bool is_unchanged(const node_question& view) const {
    const auto mark = mark_of(model_);
    return !mark.empty() && mark == marked_.mark && view.path == marked_.path
           && mono_now() < marked_.at + unchanged_max;
  }

  /// An answer to a view that is no longer looked at is kept for when it is again.
  bool take_answers() {
    auto answers = asker_.answers();
    for (const auto& [asked, reply] : answers)
      if (!model_.frozen || asked.what == answer_to::deed)
        if (asked.what != answer_to::view || asked.question.path == path_of(model_))
          take(model_, asked.what, asked.view, reply);
    return !answers.empty();
  }

  void listen() {
    traced_ = model_.trace;
    auto question = stream_of(model_);
    if (question)
      question = addressed(*question);
    listener_.want(traced_, std::move(question));
  }

  bool take_news() {
    auto all = listener_.heard();
    for (const auto& one : all)
      one.end ? hear_end(model_, one.number, *one.end) : hear(model_, one.number, one.event);
    return !all.empty();
  }

  void paint_now() {
    painted_ = mono_now();
    shown_ = screen_of(model_, terminal_.size());
    terminal_.paint_all(shown_);
  }

  /// What the view was asked with, and when.
  struct asked_view {
    std::string path, mark;
    mono_time at{0};
  };

  console_terminal& terminal_;
  const typed_words& words_;
  console_model model_;
  screen shown_;
  asked_view marked_;
  node_asker asker_;
  node_listener listener_;
  std::uint64_t traced_ = 0;
  mono_time every_, due_{0}, view_due_{0}, painted_{0};
};

} // namespace

command console_command(bench at) {
  command made;
  made.name = "console";
  made.summary = "A node, live, on the whole terminal";
  made.options = {option{"URL", "", "The node (default: --url)"},
                  option{"--every", "N", "Look again every N seconds"}.whole(1, 60).or_else("1")};
  for (auto& one : connection_options())
    if (one.name != "--json")
      made.options.push_back(std::move(one));
  made.footer = "Its key must be a node administrator's: it looks at all that the node does.\n"
                "? lists the keys.\n"
                "\n"
                "Examples:\n"
                "  unpod console\n"
                "  ssh box unpod console                 # over any line; it paints what changed";
  made.act = [at](const typed_words& words) {
    std::string why;
    if (words.text("--key").empty()) {
      at.err << "unpod console: no API key.\n"
             << "`unpod start` prints one; set UNPOD_API_KEY or give --key.\n";
      return exit_usage;
    }
    const auto terminal = console_terminal::open(why);
    if (!terminal) {
      at.err << "unpod console: " << why << "\n";
      return exit_usage;
    }
    console{*terminal, words, at}.run();
    return exit_well;
  };
  return made;
}

} // namespace unpod::cli
