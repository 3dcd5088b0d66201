// `unpod chaos`: hurts actors of a node that was started with --dev, so that one can watch
// their supervisors work.
#include "cli/actor_view.hpp"
#include "cli/commands.hpp"
#include "cli/node_talk.hpp"
#include "cli/text.hpp"

#include "messages/json_line.hpp"

#include <algorithm>
#include <ostream>
#include <random>

namespace unpod::cli {

namespace {

/// s. 3,600: how long one command goes on.
constexpr std::int64_t seconds_max = 3'600;

bool is_id(const std::string& word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
    return c >= '0' && c <= '9';
  });
}

struct victim {
  std::string id;
  std::string words; // "call SCL_…"
};

/// The actor of this id, or any one of this kind; nothing, and a refusal, when there is none.
std::optional<victim> choose(const typed_words& words, bench at, node_reply& reply) {
  const auto wanted = words.text("KIND|ID");
  reply = at.tools.ask(question_to(
    words, "GET", is_id(wanted) ? "/v1/actors/" + wanted : "/v1/actors?view=flat&kind=" + wanted));
  if (reply.what != node_reply::outcome::answered)
    return std::nullopt;
  const auto* found = &reply.data;
  if (!is_id(wanted)) {
    if (reply.data.items.empty())
      return victim{};
    std::random_device any;
    found = &reply.data.items[any() % reply.data.items.size()];
  }
  const auto about = text_of(*found, "subject");
  return victim{text_of(*found, "id"),
                text_of(*found, "kind") + (about.empty() ? "" : " ") + about};
}

node_reply hurt(const std::string& deed, const victim& whom, const typed_words& words, bench at) {
  auto question =
    question_to(words, "POST", "/v1/actors/" + whom.id + (deed == "kill" ? "/kill" : "/chaos"));
  if (deed != "kill") {
    question.members.push_back({"do", json_quoted(deed), false});
    question.members.push_back(
      {"seconds", std::to_string(std::min<std::int64_t>(words.whole("--seconds"), 60)), false});
    if (words.has("--ms"))
      question.members.push_back({"ms", words.text("--ms"), false});
  }
  return at.tools.ask(question);
}

/// Once, or again and again while `--seconds` are not over.
int run_chaos(const std::string& deed, const typed_words& words, bench at) {
  const auto verb = "unpod chaos " + deed;
  const auto every = words.whole("--every");
  for (std::int64_t spent = 0;; spent += every) {
    node_reply reply;
    const auto whom = choose(words, at, reply);
    if (!whom)
      return tell_refusal(verb, reply, at);
    if (whom->id.empty()) {
      at.err << verb << ": no actor of the kind '" << harmless(words.text("KIND|ID"))
             << "' is alive\n"
             << "`unpod actor tree` shows who is.\n";
      if (every == 0)
        return exit_failed;
    } else {
      reply = hurt(deed, *whom, words, at);
      if (reply.what != node_reply::outcome::answered && reply.status != 404)
        return tell_refusal(verb, reply, at);
      at.out << deed << " " << harmless(whom->words) << " (actor " << whom->id << ")"
             << (reply.status == 404 ? ": it was gone already" : "") << std::endl;
    }
    if (every == 0 || spent + every >= words.whole("--seconds") || !at.tools.pause(seconds{every}))
      return exit_well;
  }
}

command chaos_verb(const std::string& deed, const std::string& summary, bench at) {
  command made;
  made.name = deed;
  made.summary = summary;
  made.options = {
    option{"KIND|ID", "", "A kind, as in call or tts_stream: any one of it; or an actor's number"}
      .must(),
    option{"--every", "N", "Again every N seconds"}.whole(1, seconds_max),
    option{"--seconds", "S", "For so long"}.whole(1, seconds_max).or_else("10")};
  if (deed == "slow")
    made.options.push_back(
      option{"--ms", "MS", "What each message takes longer"}.whole(1, 5'000).or_else("100"));
  for (auto& one : connection_options())
    if (one.name != "--json")
      made.options.push_back(std::move(one));
  made.act = [deed, at](const typed_words& words) { return run_chaos(deed, words, at); };
  return made;
}

} // namespace

command chaos_command(bench at) {
  command made;
  made.name = "chaos";
  made.summary = "Hurt actors of a --dev node, and watch their supervisors work";
  made.verbs = {chaos_verb("kill", "Kill one, as a crash would", at),
                chaos_verb("stall", "Let one not react, for --seconds", at),
                chaos_verb("slow", "Let each of its messages take longer", at),
                chaos_verb("drop", "Lose its messages", at)};
  made.footer = "Examples:\n"
                "  unpod chaos kill transcriber\n"
                "  unpod chaos kill call --every 5 --seconds 60\n"
                "  unpod chaos slow synthesizer --ms 50 --seconds 20";
  return made;
}

} // namespace unpod::cli
