// Organisations, projects (which Unpod's users also know as spaces), and who changed
// what (architecture §6). Keys have a file of their own: key_routes.cpp.
#include "adapters/api/account_shapes.hpp"
#include "adapters/api/accounts.hpp"
#include "adapters/api/desk.hpp"
#include "adapters/api/entrance.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/shapes.hpp"

#include "messages/json_line.hpp"

#include <algorithm>
#include <variant>

namespace unpod {

namespace {

// -- organisations -----------------------------------------------------------------

void list_orgs(const api_desk& desk, const api_visit& visit) {
  std::string why;
  const auto page = read_page(visit.query, why);
  if (!page)
    return visit.answer(error_answer(422, why));
  std::vector<org_record> orgs;
  if (visit.caller.node_admin)
    orgs = list<org_record>(*desk->reader, table::orgs, {"", page->cursor, page->limit, false, ""});
  else if (auto own = find<org_record>(*desk->reader, table::orgs, visit.caller.org))
    orgs.push_back(std::move(*own));
  const bool more = visit.caller.node_admin && orgs.size() == page->limit;
  visit.answer(page_answer(json_list(orgs, org_json), more ? orgs.back().id : ""));
}

void get_org(const api_desk& desk, const api_visit& visit) {
  const auto id = org_of_handle(visit.part("id"));
  const bool mine = visit.caller.node_admin || id == visit.caller.org;
  const auto org = mine ? find<org_record>(*desk->reader, table::orgs, id) : std::nullopt;
  if (!org)
    return visit.answer(error_answer(404, "there is no organisation '" + visit.part("id") + "'"));
  visit.answer(ok_answer(200, org_json(*org)));
}

/// With its default project, in which its administrators' keys are.
void create_org(const api_desk& desk, const api_visit& visit) {
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  org_record org;
  std::string why;
  if (!read_org(*body, org, why))
    return visit.answer(error_answer(422, why));
  org.created = org.modified = wall_now();
  if (desk->reader->find(table::orgs, org.id))
    return visit.answer(error_answer(409, "there is an organisation '" + org.handle
                                            + "' already; choose another handle"));
  project_record project{default_project_of(org.id), org.id, org.name, org.created, org.created};
  write_then(desk, visit,
             {{store_change::what::create, org}, {store_change::what::create, project}},
             ok_answer(201, org_json(org)));
}

// -- projects ----------------------------------------------------------------------

std::optional<project_record> project_asked(const api_desk& desk, const api_visit& visit) {
  auto project = project_in_reach(desk, visit.caller, visit.part("id"));
  if (!project)
    visit.answer(error_answer(404, "there is no project '" + visit.part("id") + "'"));
  return project;
}

void list_projects(const api_desk& desk, const api_visit& visit) {
  std::string why;
  const auto page = read_page(visit.query, why);
  if (!page)
    return visit.answer(error_answer(422, why));
  std::vector<project_record> projects;
  const bool all = sees_whole_org(visit.caller);
  if (all)
    projects = list<project_record>(*desk->reader, table::projects,
                                    {"", page->cursor, page->limit, false, visit.caller.org});
  else if (auto own = project_in_reach(desk, visit.caller, visit.caller.project))
    projects.push_back(std::move(*own));
  const bool more = all && projects.size() == page->limit;
  visit.answer(page_answer(json_list(projects, project_json), more ? projects.back().id : ""));
}

void get_project(const api_desk& desk, const api_visit& visit) {
  if (const auto project = project_asked(desk, visit))
    visit.answer(ok_answer(200, project_json(*project)));
}

/// With its first key, which is shown here and nowhere else.
void create_project(const api_desk& desk, const api_visit& visit) {
  const auto body = visit.body(desk->bounds);
  if (!body)
    return;
  project_record project;
  std::string why;
  if (!read_project(*body, project, why))
    return visit.answer(error_answer(422, why));
  if (!sees_whole_org(visit.caller))
    return visit.answer(error_answer(403, "only a key of the organisation's default project makes "
                                          "projects; this one is of "
                                            + visit.caller.project));
  const auto org = org_in_reach(desk, visit.caller, project.org);
  if (!org)
    return visit.answer(error_answer(404, "there is no organisation '" + project.org + "'"));
  project.org = org->id;
  project.id = desk->new_id("PRJ_");
  project.created = project.modified = wall_now();
  auto key = desk->new_key();
  key.record.name = "first key of " + project.name;
  key.record.org = project.org;
  key.record.project = project.id;
  write_then(desk, visit,
             {{store_change::what::create, project}, {store_change::what::create, key.record}},
             ok_answer(201, json_line{}
                              .members_of(project_json(project))
                              .text("space_token", key.text.reveal())
                              .text("key_id", shown_key_id(key.record.id))
                              .str()));
}

/// things. 3: of each kind named one by one in a refusal.
constexpr std::size_t things_named_max = 3;

/// What people know a thing by.
template <class Record>
std::string name_of(const Record& record) {
  return key_of(record);
}
std::string name_of(const tool_record& tool) {
  return tool.name;
}
std::string name_of(const dictionary_record& dictionary) {
  return dictionary.name;
}

/// A block that was erased stays as an archive of its results.
bool is_archived(const stored& record) {
  const auto* block = std::get_if<analytics_block>(&record);
  return block && block->state == "archived";
}

/// "2 pipes (PIPE_…, PIPE_…)"; empty for none.
std::string rows_in_words(const std::vector<stored>& rows, const char* noun) {
  if (rows.empty())
    return {};
  std::string names;
  for (std::size_t i = 0; i < std::min(rows.size(), things_named_max); ++i)
    names += (i == 0 ? "" : ", ")
             + std::visit([](const auto& record) { return name_of(record); }, rows[i]);
  if (rows.size() > things_named_max)
    names += ", …";
  std::string many = noun;
  if (rows.size() > 1)
    many = many.back() == 'y' ? many.substr(0, many.size() - 1) + "ies" : many + "s";
  return std::to_string(rows.size()) + " " + many + " (" + names + ")";
}

/// What a project still has, in words; empty for an empty one.
std::string contents_of(const api_desk& desk, const std::string& project) {
  list_query page;
  page.rows_max = desk->bounds.store.list_rows_max;
  page.project = project;
  std::string words;
  for (const auto which : {table::pipes, table::numbers, table::trunks, table::blocks, table::tools,
                           table::dictionaries, table::webhooks, table::queue}) {
    auto rows = desk->reader->list(which, page);
    rows.erase(std::remove_if(rows.begin(), rows.end(), is_archived), rows.end());
    if (const auto some = rows_in_words(rows, noun_of(which)); !some.empty())
      words += (words.empty() ? "" : ", ") + some;
  }
  return words;
}

/// Its keys are revoked in the same write.
void delete_project(const api_desk& desk, const api_visit& visit) {
  const auto project = project_asked(desk, visit);
  if (!project)
    return;
  if (project->id == default_project_of(project->org))
    return visit.answer(error_answer(409, "the default project goes with its organisation"));
  if (!sees_whole_org(visit.caller))
    return visit.answer(error_answer(403, "only a key of the organisation's default project may "
                                          "delete projects"));
  if (const auto contents = contents_of(desk, project->id); !contents.empty())
    return visit.answer(error_answer(409, "project '" + project->name + "' still has " + contents
                                            + "; delete them first"));
  std::vector<store_change> changes{{store_change::what::erase, *project, *project}};
  for (auto key : keys_of_org(desk, project->org))
    if (key.project == project->id && key.status == "active") {
      if (key.node_admin)
        return visit.answer(error_answer(409, "key " + shown_key_id(key.id)
                                                + " of a node admin is "
                                                  "in this project; revoke it first"));
      key.status = "revoked";
      changes.push_back({store_change::what::put, key}); // as revoke_key writes it
    }
  write_then(desk, visit, std::move(changes), empty_answer());
}

// -- audit -------------------------------------------------------------------------

/// Newest first. A key of the default project may look into the others of its organisation.
void list_audit(const api_desk& desk, const api_visit& visit) {
  std::string why;
  const auto page = read_page(visit.query, why);
  if (!page)
    return visit.answer(error_answer(422, why));
  const std::string wanted{visit.query.find("project_id").value_or(visit.caller.project)};
  if (wanted != visit.caller.project && !project_in_reach(desk, visit.caller, wanted))
    return visit.answer(error_answer(404, "there is no project '" + wanted + "'"));
  const auto entries =
    list<audit_record>(*desk->reader, table::audit, {"", page->cursor, page->limit, true, wanted});
  visit.answer(page_answer(json_list(entries, audit_json),
                           entries.size() == page->limit ? entries.back().id : ""));
}

} // namespace

std::vector<api_route> account_routes() {
  std::vector<api_route> routes{
    {"GET", path_pattern{"v1/orgs"}, access::read, list_orgs},
    {"POST", path_pattern{"v1/orgs"}, access::node, create_org},
    {"GET", path_pattern{"v1/orgs/{id}"}, access::read, get_org},
    {"GET", path_pattern{"v1/audit"}, access::admin, list_audit},
  };
  for (const std::string noun : {"v1/projects", "v1/spaces"}) {
    routes.push_back({"GET", path_pattern{noun}, access::read, list_projects});
    routes.push_back({"POST", path_pattern{noun}, access::admin, create_project});
    routes.push_back({"GET", path_pattern{noun + "/{id}"}, access::read, get_project});
    routes.push_back({"DELETE", path_pattern{noun + "/{id}"}, access::admin, delete_project});
  }
  for (auto& route : key_routes())
    routes.push_back(std::move(route));
  return routes;
}

} // namespace unpod
