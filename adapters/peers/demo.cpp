// Performing the demo's calls: REST around, runner and caller in between.
#include "adapters/peers/demo.hpp"

#include "adapters/json/json.hpp"
#include "adapters/peers/http_client.hpp"
#include "adapters/peers/synthetic_caller.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace unpod {

namespace {

constexpr std::chrono::milliseconds register_wait{10'000};
constexpr std::chrono::seconds record_wait{15}; // for an ended call to be on record
constexpr std::chrono::milliseconds ask_every{50};
constexpr std::chrono::milliseconds farewell_max{2'000}; // for sockets to close properly
constexpr std::size_t calls_remembered_max = 8;          // the demo has one at a time

/// What the runner saw of each call, gathered from its news.
class call_notes {
public:
  void take(const runner_news& news) {
    const std::lock_guard lock{mutex_};
    if (calls_.size() >= calls_remembered_max && calls_.count(news.call) == 0)
      calls_.clear();
    auto& call = calls_[news.call];
    if (news.what == runner_news::kind::user_text)
      call.heard.push_back(news.text);
    else if (news.what == runner_news::kind::reply && call.replies.size() < call.heard.size())
      call.replies.push_back(news.text);
    else if (news.what == runner_news::kind::interrupted)
      call.cuts.emplace_back(call.replies.size(), news.text);
  }

  seen_call of(const std::string& call) {
    const std::lock_guard lock{mutex_};
    const auto found = calls_.find(call);
    return found == calls_.end() ? seen_call{} : found->second;
  }

private:
  std::mutex mutex_;
  std::map<std::string, seen_call> calls_;
};

class stage {
public:
  stage(const demo_node& node, const demo_settings& settings, const demo_tools& tools,
        const demo_watch& watch)
    : node_{node}, settings_{settings}, tools_{tools}, watch_{watch},
      notes_{std::make_shared<call_notes>()} {}

  bool open(std::string& why) {
    return start_runner(why) && create_pipe(why);
  }

  demo_call perform(std::size_t n) {
    const auto seed = settings_.seed == 0 && n == 0 ? 0 : settings_.seed + n;
    const auto turns = cast(settings_.script, seed);
    demo_call call;
    auto& findings = call.report.findings;
    caller_report caller;
    if (auto why = talk(turns, caller); !why.empty()) {
      findings.push_back(why);
      return call;
    }
    call.id = caller.call;
    if (!caller.failed.empty())
      findings.push_back(caller.failed);
    const auto told = wait_for_record(caller.call, findings);
    auto seen = notes_->of(caller.call);
    seen.ended = caller.ended;
    call.turns = tell_turns(turns, seen, told, findings);
    judge(call, told, seen);
    return call;
  }

  ~stage() {
    if (runner_) {
      runner_->stop();
      runner_->wait_closed(farewell_max);
    }
  }

  stage(const stage&) = delete;
  stage& operator=(const stage&) = delete;

private:
  bool start_runner(std::string& why) {
    runner_settings runner;
    runner.base_url = node_.base_url;
    runner.api_key = node_.api_key;
    runner.agent = settings_.agent;
    runner.news = [notes = notes_](const runner_news& news) {
      if (!news.call.empty())
        notes->take(news);
    };
    const auto script = std::make_shared<const talk_script>(settings_.script);
    runner_ = std::make_unique<runner_client>(
      std::move(runner), [script](const call_facts&) { return make_script_brain(script); },
      tools_.dial, tools_.later);
    runner_->start();
    if (runner_->wait_registered(register_wait))
      return true;
    why = "the runner could not register at " + node_.base_url + ": " + runner_->why_refused();
    return false;
  }

  http_answer ask(const char* method, const std::string& path, const std::string& body = {}) const {
    return ask_over_http(node_.base_url, method, path, node_.api_key, body);
  }

  /// `data.<key>` of an answer that is well; else words in `why`.
  static std::string wanted(const http_answer& answer, const char* key, const std::string& what,
                            std::string& why) {
    auto text = answer.status / 100 == 2 ? read_data_text(answer.body, key) : "";
    if (text.empty())
      why = what + " failed: "
            + (answer.status == 0
                 ? answer.why
                 : "HTTP " + std::to_string(answer.status) + " " + answer.body.substr(0, 300));
    return text;
  }

  bool create_pipe(std::string& why) {
    json::writer w;
    w.object().field("name", "demo").field("voice_profile", settings_.voice_profile);
    w.field("agent_id", settings_.agent).field("recording", true);
    if (!settings_.free_speech)
      w.field("stt_grammar", grammar_of(settings_.script));
    pipe_ = wanted(ask("POST", "/v1/pipes", w.end().str()), "pipe_id", "creating the pipe", why);
    return !pipe_.empty();
  }

  /// Empty when there was a call; else why there was none.
  std::string talk(const std::vector<cast_turn>& turns, caller_report& caller) {
    caller_part part;
    part.turns = turns;
    part.expects_greeting = !settings_.script.greeting.empty();
    for (const auto& turn : turns) {
      part.phrases.push_back(tools_.speak(turn.says, part.rate_hz));
      if (part.phrases.back().empty())
        return "the caller's voice cannot say \"" + turn.says + "\"";
    }
    json::writer w;
    w.object().field("pipe_id", pipe_);
    std::string why;
    const auto token = wanted(ask("POST", "/v1/sessions/token", w.end().str()), "token",
                              "asking for a session token", why);
    if (token.empty())
      return why;
    const auto url =
      "ws" + node_.base_url.substr(node_.base_url.find("://")) + "/v1/pipes/" + pipe_ + "/connect";
    mono_time began = mono_now();
    caller = run_synthetic_caller(tools_.dial, with_token(url, token), part,
                                  [&](const client_event& event) {
                                    if (event.type == "started")
                                      began = event.at;
                                    show(event, to_ms(event.at - began) / 1000, turns);
                                  });
    said_ = 0;
    return caller.call.empty() ? "the call could not be started: " + caller.failed : "";
  }

  void show(const client_event& event, double at_s, const std::vector<cast_turn>& turns) {
    if (!watch_)
      return;
    if (event.type == "started")
      watch_({0, "call", event.call});
    else if (event.type == "said_started" && said_ < turns.size())
      watch_({at_s, turns[said_].cue.barge_in ? "cuts in" : "caller", turns[said_].says}), ++said_;
    else if (event.type == "user_turn")
      watch_({at_s, "heard", event.text});
    else if (event.type == "agent_reply")
      watch_({at_s, "agent", event.text});
    else if (event.type == "interrupted")
      watch_({at_s, "cut off", event.text});
    else if (event.type == "ended" || event.type == "error" || event.type == "failed")
      watch_({at_s, event.type, event.text});
  }

  /// The call's record, once it is complete.
  told_call wait_for_record(const std::string& call, std::vector<std::string>& findings) {
    const auto deadline = mono_now() + record_wait;
    std::string why;
    for (;;) {
      const auto answer = ask("GET", "/v1/calls/" + call);
      const auto told = answer.status == 200 ? read_call(answer.body, why) : std::nullopt;
      const bool over = told && (told->status == "completed" || told->status == "failed");
      if (over && !recording_path(*told, call).empty())
        return *told;
      if (mono_now() > deadline) {
        findings.push_back(!told  ? "the call's record could not be read: " + answer.why + why
                           : over ? "the call has no recording"
                                  : "the call is still \"" + told->status + "\" on record");
        return told.value_or(told_call{});
      }
      std::this_thread::sleep_for(ask_every);
    }
  }

  /// Empty until the file is there and whole: it is finished a moment after the call.
  std::string recording_path(const told_call& told, const std::string& call) const {
    for (const auto& name : {told.recording, call + ".wav"}) {
      const auto path = node_.recordings_dir + "/" + name;
      if (!name.empty() && is_complete_wav(path))
        return path;
    }
    return {};
  }

  void judge(demo_call& call, const told_call& told, const seen_call& seen) {
    call.recording = recording_path(told, call.id);
    std::string why;
    const auto audio = read_wav_file(call.recording, why);
    if (!audio) {
      call.report.findings.push_back("the recording cannot be judged: " + why);
      return;
    }
    const auto expected = expect(settings_.script, call.turns, seen, !settings_.free_speech);
    auto report = check_recording(*audio, expected, tools_.recognise);
    report.findings.insert(report.findings.begin(), call.report.findings.begin(),
                           call.report.findings.end());
    call.report = std::move(report);
  }

  const demo_node& node_;
  const demo_settings& settings_;
  const demo_tools& tools_;
  const demo_watch& watch_;
  std::shared_ptr<call_notes> notes_;
  std::unique_ptr<runner_client> runner_;
  std::string pipe_;
  std::size_t said_ = 0; // turns shown as said
};

} // namespace

std::vector<demo_call> perform_demo(const demo_node& node, const demo_settings& settings,
                                    const demo_tools& tools, const demo_watch& watch,
                                    const std::function<void(const demo_call&)>& each,
                                    std::string& why) {
  std::vector<demo_call> calls;
  if (why = why_not_performable(settings.script); !why.empty())
    return calls;
  stage stage{node, settings, tools, watch};
  if (!stage.open(why))
    return calls;
  for (std::size_t n = 0; n < std::min(settings.repeat, demo_repeat_max); ++n) {
    calls.push_back(stage.perform(n));
    if (each)
      each(calls.back());
  }
  return calls;
}

} // namespace unpod
