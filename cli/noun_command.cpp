// The engine of all nouns: asks the node, shows what it answered, and says what to do
// when it was refused.
#include "cli/commands.hpp"

#include "cli/input.hpp"
#include "cli/node_talk.hpp"
#include "cli/noun_request.hpp"
#include "cli/noun_view.hpp"
#include "cli/text.hpp"

#include <algorithm>
#include <array>
#include <ostream>

namespace unpod::cli {

namespace {

std::string verb_text(const noun& what, const noun_verb& verb) {
  return "unpod " + what.name + " " + verb.name;
}

bool says(const std::string& words, const char* wanted) {
  return words.find(wanted) != std::string::npos;
}

/// The noun that the node could not find, as far as its words tell.
std::string missing_noun(const noun& what, const std::string& words) {
  static constexpr std::array<std::pair<const char*, const char*>, 3> by_other_names{
    {{"voice profile", "profile"}, {"no project", "space"}, {"no organisation", "org"}}};
  for (const auto& [name, ours] : by_other_names)
    if (says(words, name))
      return ours;
  for (const auto& other : all_nouns())
    if (says(words, ("no " + other.name + " ").c_str()))
      return other.name;
  return what.name;
}

/// Words of a refusal, and what to do then.
struct advice {
  const char* words;
  const char* next;
};

constexpr advice advices[] = {
  {"voice_profile_not_found", "`unpod profile list` shows them."},
  {"number_already_assigned", "`unpod number move` moves it; `unpod number detach` frees it."},
  {"not_attached", "`unpod number attach` attaches it."},
  {"detach_numbers=true", "--detach-numbers detaches them too."},
};

/// What to do now.
std::string next_step(const noun& what, const noun_verb& verb, const node_reply& reply) {
  for (const auto& one : advices)
    if (says(reply.words, one.words))
      return one.next;
  if (const auto usual = cli::next_step(reply); !usual.empty())
    return usual;
  if (reply.status == 404 && says(reply.words, "there is no /"))
    return "That node does not know this verb: is it of this program's version?";
  if (reply.status == 404 && std::string_view{what.name} == "actor")
    return "`unpod actor tree` shows who lives.";
  if (reply.status == 404)
    return "`unpod " + missing_noun(what, reply.words) + " list` shows them.";
  return "`" + verb_text(what, verb) + " --help` shows what it takes.";
}

/// A secret that will not be shown again.
bool shows_secret(const plain_value& data) {
  for (const char* name : {"raw_key", "space_token", "secret"})
    if (const auto* secret = data.find(name); secret && !secret->text.empty())
      return secret->is == plain_value::kind::text;
  return false;
}

/// The noun as a list of something else shows it.
noun with_columns_of(const noun_verb& verb, noun what) {
  what.columns = verb.columns;
  what.empty = "None.";
  return what;
}

void show(const noun& what, const noun_verb& verb, const typed_words& words,
          const node_reply& reply, bench at) {
  const viewer here{at.tools.columns, wall_now()};
  if (verb.sight)
    at.out << verb.sight(reply.data, here);
  else if (verb.answer == answer_is::list)
    at.out << list_text(verb.columns.empty() ? what : with_columns_of(verb, what), reply.data,
                        here);
  else if (verb.answer == answer_is::one)
    at.out << one_text(what, reply.data, here);
  if (!verb.done.empty())
    at.out << harmless(filled_in(verb.done, words, reply.data)) << "\n";
  if (shows_secret(reply.data))
    at.out << "Keep the " << (reply.data.find("secret") ? "secret" : "key")
           << ": it is not shown again.\n";
}

int complain(const noun& what, const noun_verb& verb, const node_reply& reply, bench at) {
  at.err << verb_text(what, verb) << ": " << harmless(reply.words) << "\n"
         << next_step(what, verb, reply) << "\n";
  return exit_code(reply.what);
}

node_reply unasked(std::string why) {
  node_reply reply;
  reply.what = node_reply::outcome::unasked;
  reply.words = std::move(why);
  return reply;
}

/// Each event is shown as it comes.
int run_events(const noun& what, const noun_verb& verb, const typed_words& words,
               node_question question, bench at) {
  if (question.method == "GET" && !words.has("--follow"))
    question.path +=
      (question.path.find('?') == std::string::npos ? "?" : "&") + std::string{"follow=false"};
  const bool json = words.has("--json");
  const auto reply = at.tools.follow(question, [&](const plain_value& event) {
    if (event.is == plain_value::kind::object)
      at.out << (json         ? event.text + "\n"
                 : verb.sight ? verb.sight(event, {at.tools.columns, wall_now()})
                              : event_text(event, at.tools.columns))
             << std::flush;
    return at.out.good();
  });
  return reply.what == node_reply::outcome::answered ? exit_well : complain(what, verb, reply, at);
}

int run_verb(const noun& what, const noun_verb& verb, const typed_words& words, bench at) {
  node_question question;
  question.url = words.text("--url");
  question.key = words.text("--key");
  if (question.key.empty()) {
    at.err << verb_text(what, verb) << ": no API key.\n"
           << "`unpod start` prints one; set UNPOD_API_KEY or give --key.\n";
    return exit_usage;
  }
  std::string why;
  const auto read = [&at](const std::string& name, std::string& words_of_failure) {
    return read_input(name, *at.tools.in, words_of_failure);
  };
  if (!question_of(verb, words, read, question, why))
    return complain(what, verb, unasked(why), at);
  if (verb.answer == answer_is::events)
    return run_events(what, verb, words, question, at);
  for (;;) {
    const auto reply = at.tools.ask(question);
    if (reply.what != node_reply::outcome::answered)
      return complain(what, verb, reply, at);
    if (words.has("--json"))
      at.out << (reply.data.text.empty() ? "{}" : reply.data.text) << "\n";
    else
      show(what, verb, words, reply, at);
    if (!reply.next_cursor.empty())
      at.err << "There are more: add --cursor " << harmless(reply.next_cursor) << "\n";
    if (!words.has("--watch") || !at.tools.pause(seconds{words.whole("--watch")}))
      return exit_well;
    at.out << "\n" << std::flush;
  }
}

/// The examples of a noun that show this verb, with the lines that go on.
std::string examples_of(const noun& what, const noun_verb& verb) {
  const auto begin = "  " + verb_text(what, verb) + " ";
  std::string out;
  bool wanted = false;
  for (std::size_t at = 0; at < what.examples.size();) {
    const auto end = std::min(what.examples.find('\n', at), what.examples.size());
    const auto line = what.examples.substr(at, end - at);
    if (line.rfind("  unpod ", 0) == 0)
      wanted = (line + " ").rfind(begin, 0) == 0;
    if (wanted)
      out += (out.empty() ? "Examples:\n" : "\n") + line;
    at = end + 1;
  }
  return out;
}

command verb_command(const noun& what, const noun_verb& verb, bench at) {
  command made;
  made.name = verb.name;
  made.summary = verb.summary;
  for (const auto& one : verb.fields)
    made.options.push_back(one.typed);
  for (auto& one : connection_options())
    made.options.push_back(std::move(one));
  if (verb.method == "GET")
    made.options.push_back(option{"--watch", "N", "Again every N seconds"}.whole(1, 3'600));
  made.footer = examples_of(what, verb);
  made.act = [&what, &verb, at](const typed_words& words) {
    return run_verb(what, verb, words, at);
  };
  return made;
}

} // namespace

const std::vector<noun>& all_nouns() {
  static const std::vector<noun> all{
    pipe_noun(),  agent_noun(),      profile_noun(),   provider_noun(), worker_noun(),
    call_noun(),  session_noun(),    recording_noun(), number_noun(),   trunk_noun(),
    tool_noun(),  dictionary_noun(), block_noun(),     result_noun(),   key_noun(),
    space_noun(), org_noun(),        audit_noun(),     webhook_noun(),  usage_noun(),
    actor_noun(), node_noun(),       log_noun()};
  return all;
}

command top_command(bench at) {
  const auto actors = std::find_if(all_nouns().begin(), all_nouns().end(),
                                   [](const noun& one) { return one.name == "actor"; });
  return *noun_command(*actors, at).verb("top");
}

command noun_command(const noun& what, bench at) {
  command made;
  made.name = what.name;
  made.group = what.group;
  made.summary = what.summary;
  made.footer = "Examples:\n" + what.examples;
  for (const auto& verb : what.verbs)
    made.verbs.push_back(verb_command(what, verb, at));
  return made;
}

} // namespace unpod::cli
