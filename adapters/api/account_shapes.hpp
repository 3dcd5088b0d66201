// Organisations, projects, keys and audit entries: bodies into records, records as
// the API shows them (contract §1.13). Pure.
#pragma once

#include "adapters/json/json.hpp"
#include "messages/records.hpp"

#include <string>
#include <string_view>

namespace unpod {

/// `{name, handle?}`: the handle is made of the name when it is not given, and makes the id.
bool read_org(const json::value& body, org_record& into, std::string& why);

/// `{name, org_id?}`; the organisation is left as it was sent.
bool read_project(const json::value& body, project_record& into, std::string& why);

/// `{name, org_id?, project_id?, scopes?, node_admin?}`; the ids are left as they were sent.
/// Scopes are a list or words parted by blanks; none means admin.
bool read_key(const json::value& body, key_record& into, std::string& why);

/// "acme-bakery" of "Acme Bakery!"; empty when nothing of it can stand in a handle.
std::string handle_of_name(std::string_view name);

std::string org_json(const org_record& org);
std::string project_json(const project_record& project);
/// Neither salt nor hash is in it. `raw_key` is shown once, when the key is made.
std::string key_json(const key_record& key, const std::string& raw_key = {});
std::string audit_json(const audit_record& entry);

/// `["admin"]`; no scopes at all are admin.
std::string scopes_json(std::string_view scopes);

/// "AK_…" of a key's id, and back; the key of --dev is "dev".
std::string shown_key_id(const std::string& id);
std::string key_id_of(const std::string& shown);

} // namespace unpod
