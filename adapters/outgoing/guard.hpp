// Where this node may be sent by somebody's configuration (limits §5.1: SSRF). Pure: names
// are resolved elsewhere, and what came out is judged here.
//
//   URL --judge_url--> target --resolve--> addresses --judge_addresses--> those to connect to
//
//   host            scheme          port              addresses
//   anybody's       https           443, or ≥ 1024    of the Internet, every one of them
//   in allow_hosts  https, http     any, or its own   also loopback and private ones
//
// Link-local ones, where clouds keep their metadata, multicast, reserved and unspecified ones
// are for nobody, unless the configuration names the address itself.
#pragma once

#include "adapters/outgoing/ip_address.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace unpod {

/// A host that the node's configuration trusts.
struct allowed_host {
  std::string host;       // lower case, no brackets
  std::uint16_t port = 0; // 0: any
};

struct outgoing_rules {
  std::vector<allowed_host> allowed;
  bool loopback = false; // --dev: `localhost` and loopback addresses are allowed hosts
  std::size_t url_bytes_max = 2'048;
};

/// "host", "host:port", "10.0.0.7", "[::1]:8080", parted by commas; false and words on a mistake.
bool read_allowed_hosts(const std::string& text, std::vector<allowed_host>& into, std::string& why);

/// Where a URL leads, as it will be asked for.
struct outgoing_target {
  std::string url;  // normalised; this one is fetched
  std::string host; // lower case, no brackets
  std::uint16_t port = 0;
  bool tls = false;
  bool allowed = false; // the configuration names it
};

/// False and words that name the host and say what to do.
bool judge_url(const outgoing_rules& rules, const std::string& url, outgoing_target& into,
               std::string& why);

/// Every address must be good: one bad one among good ones is an attempt.
bool judge_addresses(const outgoing_target& target, const std::vector<ip_address>& addresses,
                     std::string& why);

/// Names are tokens, values hold no line break, and what frames a message is ours to say.
bool judge_headers(const std::vector<std::pair<std::string, std::string>>& headers,
                   std::string& why);

} // namespace unpod
