#include "adapters/api/number_shapes.hpp"

#include "adapters/api/answers.hpp"
#include "adapters/api/number_ids.hpp"
#include "adapters/api/secrets.hpp"
#include "adapters/api/shapes.hpp"
#include "messages/json_line.hpp"

#include <algorithm>

namespace unpod {

namespace {

std::string agent_of(const number_view& view) {
  return view.pipe ? view.pipe->agent.str() : "";
}

/// "a b" as ["a","b"].
std::string word_list(const std::string& words) {
  std::vector<std::string> all;
  for (std::size_t at = 0; at < words.size();) {
    const auto end = std::min(words.find(' ', at), words.size());
    all.push_back(words.substr(at, end - at));
    at = end + 1;
  }
  return json_list(all, [](const std::string& word) { return json_quoted(word); });
}

/// "sip:host:port" without its scheme.
std::string domain_of(const std::string& sip_url) {
  const auto colon = sip_url.find(':');
  return colon == std::string::npos ? sip_url : sip_url.substr(colon + 1);
}

} // namespace

std::string number_status(const number_view& view) {
  if (view.number->status == "disabled")
    return "disabled";
  return view.pipe ? "assigned" : "available";
}

std::string number_trunk_type(const number_view& view) {
  return view.trunk ? view.trunk->type : "byo";
}

std::string connection_state(const number_view& view) {
  return view.pipe ? "LINKED" : "NOT_LINKED";
}

std::string number_json(const number_view& view) {
  const auto& number = *view.number;
  json_line line;
  line.members_of(number.extra_json);
  line.text("number_id", number_id_of(number.number)).text("number", number.number);
  line.text("project_id", number.project).text("status", number_status(view));
  line.raw("country", json_or_null(number.country)).raw("capabilities", R"(["voice"])");
  line.raw("pipe_id", json_or_null(view.pipe ? view.pipe->id.str() : ""));
  line.raw("agent_id", json_or_null(agent_of(view)));
  line.text("trunk_type", number_trunk_type(view));
  line.raw("trunk_id", json_or_null(view.trunk ? view.trunk->id : ""));
  line.raw("provider_trunk_id", json_or_null(view.trunk ? view.trunk->provider_trunk : ""));
  line.raw("inbound_trunk_id", json_or_null(number.inbound_trunk));
  line.raw("outbound_trunk_id", json_or_null(number.outbound_trunk));
  line.raw("bridge_slug", json_or_null(number.bridge_slug));
  line.raw("region", json_or_null(number.region)).raw("active_call_id", "null");
  line.raw("created", json_time(number.created)).raw("modified", json_time(number.modified));
  return line.str();
}

std::string telephony_number_json(const number_view& view) {
  const auto& number = *view.number;
  return json_line{}
    .whole("id", number_int_of(number.number))
    .text("number", number.number)
    .flag("active", number.status != "disabled")
    .text("state", view.pipe ? "ASSIGNED" : "NOT_ASSIGNED")
    .raw("agent_id", json_or_null(agent_of(view)))
    .str();
}

std::string overview_json(const number_view& view) {
  const auto& number = *view.number;
  const char* kind = !view.pipe ? "" : number.agent.empty() ? "pipeline" : "agent";
  json_line line;
  line.text("number", number.number).whole("number_id", number_int_of(number.number));
  line.raw("bridge_slug", json_or_null(number.bridge_slug));
  line.text("connection_state", connection_state(view));
  line.raw("termination_kind", json_or_null(kind)).raw("agent_id", json_or_null(agent_of(view)));
  line.raw("provider", json_or_null(view.trunk ? view.trunk->provider : ""));
  line.raw("trunk_id", view.trunk ? std::to_string(trunk_int_of(view.trunk->id)) : "null");
  line.text("sync_state", "SYNCED").flag("in_sync", true); // one store, both surfaces
  return line.str();
}

std::string trunk_json(const trunk_record& trunk) {
  const bool byo = trunk.type == "byo" && !trunk.sip_url.empty();
  json_line line;
  line.text("trunk_id", trunk.id).text("project_id", trunk.project).text("name", trunk.name);
  line.text("type", trunk.type).text("status", trunk.status);
  line.raw("provider_trunk_id", json_or_null(trunk.provider_trunk));
  line.raw("byo_config_provider", json_or_null(trunk.provider));
  line.raw("byo_config_sip_domain", json_or_null(domain_of(trunk.sip_url)));
  line.raw("byo_config_auth_username", json_or_null(trunk.username));
  line.raw("byo_config_transport", json_or_null(byo ? trunk.transport : ""));
  line.raw("created", json_time(trunk.created)).raw("modified", json_time(trunk.modified));
  return line.str();
}

std::string telephony_trunk_json(const trunk_record& trunk) {
  auto allowed = trunk.source_ips;
  std::replace(allowed.begin(), allowed.end(), ' ', ',');
  json_line line;
  line.whole("id", trunk_int_of(trunk.id)).text("name", trunk.name);
  line.raw("sip_url", json_or_null(trunk.sip_url)).text("transport", trunk.transport);
  line.raw("port", json_or_null(trunk.port));
  line.raw("auth_username", json_or_null(trunk.username));
  line.raw("auth_password", json_or_null(trunk.password.empty() ? "" : secret_mask));
  line.raw("allowed_ips", json_or_null(allowed)).flag("active", trunk.status == "active");
  line.text("trunk_id", trunk.id).text("type", trunk.type);
  return line.str();
}

std::string number_result_json(const number_result& result) {
  return json_line{}
    .whole("number_id", number_int_meant(result.number))
    .text("number", result.number)
    .text("connection_state", result.state)
    .raw("agent_id", json_or_null(result.agent))
    .flag("ok", result.error.empty())
    .raw("error", json_or_null(result.error))
    .str();
}

std::string results_message(const std::vector<number_result>& results, const std::string& done) {
  const auto good = std::count_if(results.begin(), results.end(),
                                  [](const number_result& one) { return one.error.empty(); });
  return std::to_string(good) + " of " + std::to_string(results.size()) + " numbers " + done;
}

std::string origin_json(const trunk_record& trunk, const std::vector<number_record>& numbers,
                        const std::string& region) {
  return json_line{}
    .text("ingress", "")
    .raw("dids",
         json_list(numbers, [](const number_record& one) { return json_quoted(one.number); }))
    .raw("accepted_source_ips", word_list(trunk.source_ips))
    .raw("region", json_or_null(region))
    .str();
}

} // namespace unpod
