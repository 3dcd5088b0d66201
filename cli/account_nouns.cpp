// Who may do what, and who did: keys, spaces, organisations, the audit log.
#include "cli/noun.hpp"

namespace unpod::cli {

noun key_noun() {
  noun n;
  n.name = "key";
  n.group = "Access";
  n.summary = "API keys and what each may do";
  n.columns = {{"KEY", "key_id", shown::id}, {"NAME", "name"},
               {"SCOPES", "scopes"},         {"SPACE", "project_id", shown::id},
               {"STATUS", "status"},         {"CREATED", "created"},
               {"USED", "last_used"}};
  n.empty = "No keys.";
  n.verbs = {
    list_verb("All keys", "/v1/api-keys", page_fields()),
    verb("whoami", "The key that asks, and what it may do", "GET", "/v1/api-keys/whoami", {}),
    verb("create", "Make a key; its secret is shown this once", "POST", "/v1/api-keys",
         {must(text("NAME", "", "Who will use it", "name")),
          any(option{"--scopes", "SCOPES",
                     "What it may do: admin, call, read, runner, parted by "
                     "commas; default admin"}
                .many(),
              becomes::words, "scopes"),
          text("--space", "PRJ", "The space it works in; default the organisation's first",
               "project_id"),
          text("--org", "ORG", "Its organisation; default yours", "org_id")}),
    delete_verb("Revoke a key: it is refused at once", "/v1/api-keys/{KEY}", {place("KEY")},
                "Key {KEY} is revoked."),
  };
  n.examples = "  unpod key create laptop --scopes runner\n"
               "  unpod key delete AK_…";
  return n;
}

noun space_noun() {
  noun n;
  n.name = "space";
  n.group = "Access";
  n.summary = "Spaces (projects): what keeps pipes, numbers and calls apart";
  n.columns = {{"SPACE", "project_id", shown::id},
               {"NAME", "name"},
               {"ORG", "org_id", shown::id},
               {"CREATED", "created"}};
  n.empty = "No spaces. `unpod space create NAME` makes one.";
  n.verbs = {
    list_verb("All spaces", "/v1/projects", page_fields()),
    get_verb("Everything about a space", "/v1/projects/{SPACE}", place("SPACE")),
    verb("create", "Make a space, with its first key, shown this once", "POST", "/v1/projects",
         {must(text("NAME", "", "How people call it", "name")),
          text("--org", "ORG", "Its organisation; default yours", "org_id")}),
    delete_verb("Delete a space", "/v1/projects/{SPACE}", {place("SPACE")},
                "Space {SPACE} is deleted."),
  };
  n.examples = "  unpod space create shop";
  return n;
}

noun org_noun() {
  noun n;
  n.name = "org";
  n.group = "Access";
  n.summary = "Organisations: what keys and spaces belong to";
  n.columns = {
    {"ORG", "org_id", shown::id}, {"HANDLE", "handle"}, {"NAME", "name"}, {"CREATED", "created"}};
  n.empty = "No organisations.";
  n.verbs = {
    list_verb("All organisations this key may see", "/v1/orgs", page_fields()),
    get_verb("Everything about an organisation", "/v1/orgs/{ORG}", place("ORG")),
    verb(
      "create", "Make an organisation, with its first space", "POST", "/v1/orgs",
      {must(text("NAME", "", "How people call it", "name")),
       text("--handle", "HANDLE", "Letters, digits and '-'; default made of the name", "handle")}),
  };
  n.examples = "  unpod org create \"Acme Bakery\"\n"
               "  unpod key create acme-admin --org ORG_acme-bakery";
  return n;
}

noun audit_noun() {
  noun n;
  n.name = "audit";
  n.group = "Access";
  n.summary = "The audit log: who changed what";
  n.columns = {
    {"AT", "at"}, {"KEY", "key_id", shown::id}, {"ACTION", "action"}, {"TARGET", "target"}};
  n.empty = "Nothing was changed yet.";
  n.verbs = {
    list_verb("Changes, the newest first", "/v1/audit",
              fields{text("--space", "PRJ", "Of this space", "project_id")} + page_fields())};
  n.examples = "  unpod audit list --limit 20";
  return n;
}

} // namespace unpod::cli
