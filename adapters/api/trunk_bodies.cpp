// Bodies of trunks, on both surfaces: see number_bodies.hpp.
#include "adapters/api/member_reader.hpp"
#include "adapters/api/number_bodies.hpp"
#include "adapters/api/secrets.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string_view>

namespace unpod {

namespace {

/// bytes. 253: a domain name (RFC 1035 §2.3.4).
constexpr std::size_t host_bytes_max = 253;

/// A whole number without sign or leading zeros, up to `most`; -1 for anything else.
int count_of(std::string_view text, int most) {
  int whole = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
  const bool plain = error == std::errc{} && end == text.data() + text.size() && !text.empty()
                     && text.front() != '-' && (text.front() != '0' || text.size() == 1);
  return plain && whole <= most ? whole : -1;
}

bool is_port(std::string_view text) {
  return count_of(text, 65'535) > 0;
}

bool is_address(int family, const std::string& text) {
  unsigned char bytes[sizeof(in6_addr)];
  return text.find('\0') == std::string::npos && inet_pton(family, text.c_str(), bytes) == 1;
}

/// An address, or a network such as 10.0.0.0/8.
bool is_source(const std::string& text) {
  const auto slash = text.find('/');
  const auto address = text.substr(0, slash);
  const bool four = is_address(AF_INET, address);
  if (!four && !is_address(AF_INET6, address))
    return false;
  return slash == std::string::npos || count_of(text.substr(slash + 1), four ? 32 : 128) >= 0;
}

/// A domain name or an address, without a user, a path or parameters.
bool is_host(std::string_view text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']')
    return is_address(AF_INET6, std::string{text.substr(1, text.size() - 2)});
  const bool clean = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '.' || c == '-';
  });
  return clean && !text.empty() && text.size() <= host_bytes_max && text.front() != '-'
         && text.front() != '.' && text.find("..") == std::string_view::npos;
}

/// "sip:host[:port]" of that, of "sips:…" or of the bare host; empty when it is none.
std::string sip_url_of(const std::string& given) {
  std::string scheme = "sip:";
  std::string_view rest = given;
  for (const std::string_view known : {"sip:", "sips:"})
    if (rest.substr(0, known.size()) == known) {
      scheme = known;
      rest.remove_prefix(known.size());
      break;
    }
  const auto bracket = rest.rfind(']');
  const auto colon = rest.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (!is_host(rest.substr(0, colon))
      || (colon != std::string_view::npos && !is_port(rest.substr(colon + 1))))
    return {};
  return scheme + std::string{rest};
}

void read_sip_url(member_reader& members, const char* key, trunk_record& into) {
  auto given = into.sip_url;
  members.text(key, given);
  if (given.empty())
    return members.fail(key, "is missing");
  into.sip_url = sip_url_of(given);
  if (into.sip_url.empty())
    members.fail(key, "must be sip:host or sip:host:port, without a user, a path or parameters");
}

void read_name(member_reader& members, trunk_record& into) {
  members.text("name", into.name);
  if (into.name.empty())
    members.fail("name", "is missing");
}

void read_credentials(member_reader& members, trunk_record& into) {
  members.text("auth_username", into.username);
  const auto kept = into.password;
  members.text("auth_password", into.password);
  if (into.password == secret_mask && kept.empty())
    members.fail("auth_password", "is the mask of one, and none is kept: send the password itself");
  if (into.password == secret_mask)
    into.password = kept;
  std::string transport;
  members.text("transport", transport);
  std::transform(transport.begin(), transport.end(), transport.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (!transport.empty() && transport != "udp" && transport != "tcp" && transport != "tls")
    members.fail("transport", "must be tls, tcp or udp");
  if (!transport.empty())
    into.transport = transport;
}

/// `port` is text on this surface; a whole number is as good.
void read_port(member_reader& members, trunk_record& into) {
  const auto* given = members.wanted("port");
  if (!given)
    return;
  into.port.clear();
  if (given->IsNull())
    return;
  if (given->IsString())
    into.port = {given->GetString(), given->GetStringLength()};
  else if (given->IsInt())
    into.port = std::to_string(given->GetInt());
  if (!is_port(into.port))
    members.fail("port", "must be a port from 1 to 65535");
}

void read_sources(member_reader& members, trunk_record& into) {
  const auto* given = members.wanted("source_ips");
  if (!given)
    return;
  into.source_ips.clear();
  if (given->IsNull())
    return;
  if (!given->IsArray() || given->Size() > trunk_sources_max)
    return members.fail("source_ips", "must be an array of at most "
                                        + std::to_string(trunk_sources_max) + " addresses");
  for (const auto& one : given->GetArray()) {
    const std::string source{one.IsString() ? one.GetString() : ""};
    if (!is_source(source))
      return members.fail("source_ips", "must hold addresses and networks, like 192.0.2.1 or "
                                        "198.51.100.0/24");
    into.source_ips += (into.source_ips.empty() ? "" : " ") + source;
  }
}

void read_carrier(const json::value& carrier, trunk_record& into, std::string& why) {
  if (!carrier.IsObject()) {
    why = "byo_config must be an object";
    return;
  }
  member_reader members{carrier, why};
  members.text("provider", into.provider);
  read_sip_url(members, "sip_domain", into);
  read_credentials(members, into);
  if (!why.empty())
    why = "byo_config." + why;
}

/// Whoever changes where a trunk's password goes must know it.
bool keeps_secret(const trunk_record& before, const trunk_record& now, const json::value& body,
                  const std::string& where, std::string& why) {
  const auto* given = json::member(body, "auth_password");
  const bool anew = given && !(given->IsString() && given->GetString() == std::string{secret_mask});
  if (why.empty() && !before.password.empty() && now.sip_url != before.sip_url && !anew)
    why = where + "auth_password must be sent again: the trunk has another address now";
  return why.empty();
}

} // namespace

bool read_trunk(const json::value& body, trunk_record& into, std::string& why) {
  const auto before = into;
  if (!body.IsObject()) {
    why = "the body must be a JSON object";
    return false;
  }
  member_reader members{body, why};
  read_name(members, into);
  auto type = before.id.empty() ? std::string{} : into.type; // a new one must say it
  members.text("type", type);
  if (type != "byo" && type != "livekit")
    members.fail("type", "must be byo or livekit");
  into.type = type;
  members.text("provider_trunk_id", into.provider_trunk);
  const auto* carrier = members.wanted("byo_config");
  if (carrier && !carrier->IsNull())
    read_carrier(*carrier, into, why);
  return keeps_secret(before, into, carrier ? *carrier : body, "byo_config.", why);
}

bool read_sip_trunk(const json::value& body, trunk_record& into, std::string& why) {
  const auto before = into;
  if (!body.IsObject()) {
    why = "the body must be a JSON object";
    return false;
  }
  member_reader members{body, why};
  if (before.id.empty())
    into.type = "byo";
  read_name(members, into);
  read_sip_url(members, "sip_url", into);
  read_credentials(members, into);
  read_port(members, into);
  read_sources(members, into);
  return keeps_secret(before, into, body, "", why);
}

} // namespace unpod
