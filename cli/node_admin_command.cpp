// `unpod backup` and `unpod restore`: what a node keeps, taken while it runs and put
// back while none does.
#include "cli/commands.hpp"

#include "messages/json_line.hpp"

#include <ostream>

namespace unpod::cli {

namespace {

constexpr const char* node_address = "http://127.0.0.1:8080";

int tell_backup(const node_reply& reply, bool json, bench at) {
  using outcome = node_reply::outcome;
  if (reply.what != outcome::answered) {
    at.err << "unpod backup: " << reply.words << "\n"
           << (reply.what == outcome::unreachable
                 ? "`unpod start` runs a node here; --url or UNPOD_BASE_URL names another.\n"
               : reply.status == 401
                 ? "`unpod start` prints the first key; set UNPOD_API_KEY or give --key.\n"
               : reply.status == 403 ? "`unpod key whoami` shows what this key may do.\n"
                                     : "`unpod backup --help` shows what it takes.\n");
    return reply.what == outcome::unreachable ? exit_unreachable : exit_failed;
  }
  const auto* folder = reply.data.find("folder");
  if (json)
    at.out << reply.data.text << "\n";
  else
    at.out << "The store is backed up, on the node's machine, to\n  "
           << (folder ? folder->text : "?") << "\n";
  return exit_well;
}

} // namespace

command backup_command(bench at) {
  command made;
  made.name = "backup";
  made.summary = "Back up a running node's store, without stopping it";
  made.options = {
    option{"--to", "DIR", "A folder right under the node's DATA_DIR/backups (default: the time)"},
    option{"--json", "", "Print folder and size as one JSON object"},
    option{"--url", "URL", "The node"}.from("UNPOD_BASE_URL").or_else(node_address),
    option{"--key", "KEY", "A node admin's API key; better in the environment"}.from(
      "UNPOD_API_KEY")};
  made.footer = "All that was answered before is in it. Recordings are not: copy the folder\n"
                "DATA_DIR/recordings for those.\n"
                "\n"
                "Examples:\n"
                "  unpod backup\n"
                "  unpod backup --to before-upgrade";
  made.act = [at](const typed_words& words) {
    node_question question;
    question.url = words.text("--url");
    question.key = words.text("--key");
    question.method = "POST";
    question.path = "/v1/backup";
    if (words.has("--to"))
      question.members.push_back({"to", json_quoted(words.text("--to")), false});
    return tell_backup(at.tools.ask(question), words.has("--json"), at);
  };
  return made;
}

command restore_command(bench at) {
  command made;
  made.name = "restore";
  made.summary = "Put a backup back, while no node runs on it";
  made.options = {
    option{"--from", "DIR", "A backup"}.must(),
    option{"--data-dir", "DIR", "Where the node keeps everything"}.or_else("unpod-data"),
    option{"--force", "", "A store that is there already is put aside, not erased"}};
  made.footer = "Examples:\n"
                "  unpod restore --from unpod-data/backups/before-upgrade --force\n"
                "  unpod restore --from /mnt/backups/monday --data-dir /var/lib/unpod";
  made.act = [at](const typed_words& words) {
    return at.tools.restore({words.text("--from"), words.text("--data-dir"), words.has("--force")});
  };
  return made;
}

} // namespace unpod::cli
