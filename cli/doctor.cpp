#include "cli/doctor.hpp"

#include "cli/actor_view.hpp"

#include <algorithm>

namespace unpod::cli {

namespace {

using how = finding::how;

/// files. 4,096: some 1,000 calls with their sockets; bytes. 1 GB: hours of recordings.
constexpr std::uint64_t open_files_least = 4'096;
constexpr std::uint64_t disk_least = 1'000'000'000;
/// percent. 80: of a limit; from here on it is near.
constexpr double near_percent = 80;

finding judged(bool well, how otherwise, std::string what, std::string to_do) {
  return {well ? how::well : otherwise, std::move(what), well ? "" : std::move(to_do)};
}

const plain_value& member_of(const plain_value& object, const char* name) {
  static const plain_value none;
  const auto* found = object.find(name);
  return found ? *found : none;
}

finding of_profiles(const plain_value& profiles) {
  std::size_t usable = 0;
  std::string missing;
  for (const auto& one : profiles.items)
    if (member_of(one, "available").yes())
      ++usable;
    else if (const auto lacks = text_of(one, "missing"); missing.find(lacks) == missing.npos)
      missing += (missing.empty() ? "" : "; ") + lacks;
  const auto words = std::to_string(usable) + " of " + std::to_string(profiles.items.size())
                     + " voice profiles can be used";
  return judged(missing.empty(), usable == 0 ? how::bad : how::watch, words,
                "the others lack: " + missing);
}

finding of_provider(const plain_value& one) {
  const auto state = text_of(one, "state");
  const bool bad = state == "open" || state == "failing";
  const auto why = text_of(one, "last_failure");
  return judged(!bad, how::watch, "provider " + text_of(one, "name") + ": " + state,
                "calls go to the others of their profile" + (why.empty() ? "" : "; last: " + why)
                  + "; look at its key, its quota and its status page");
}

} // namespace

finding port_finding(const machine_facts& machine, const std::string& url, const node_reply& node) {
  using port = machine_facts::port;
  const auto what = "port " + machine.listen + ": ";
  const auto at = machine.listen.rfind(':');
  const bool ours = node.what != node_reply::outcome::unreachable && at != machine.listen.npos
                    && url.find(machine.listen.substr(at)) != url.npos;
  if (machine.port_is == port::free)
    return {how::well, what + "free", ""};
  if (machine.port_is == port::taken)
    return judged(ours, node.what == node_reply::outcome::unreachable ? how::bad : how::watch,
                  what + (ours ? "a node listens" : "taken by another program"),
                  "`ss -ltnp` names it; or start the node with --listen HOST:PORT");
  return {how::bad, what + "may not be used",
          "below 1,024 it takes AmbientCapabilities=CAP_NET_BIND_SERVICE in the unit; or the "
          "address is not this machine's"};
}

std::vector<finding> findings_of(const machine_facts& machine) {
  const auto& files = machine.open_files_max;
  return {
    judged(files == 0 || files >= open_files_least, how::watch,
           "open files: " + (files == 0 ? std::string{"no limit"} : std::to_string(files)),
           "each call takes some; `ulimit -n 65536`, or LimitNOFILE=65536 in the unit"),
    judged(machine.may_be_realtime, how::watch,
           std::string{"real-time priority: "}
             + (machine.may_be_realtime ? "would be given" : "would be refused"),
           "with --realtime the media threads ask for it; LimitRTPRIO=50 in the unit, or "
           "`setcap cap_sys_nice+ep` on the program"),
    judged(machine.clock_synchronised, how::watch,
           std::string{"clock: "} + (machine.clock_synchronised ? "" : "not ") + "synchronised",
           "times in records and links would be off; `timedatectl set-ntp true`"),
    judged(machine.cores >= 2, how::watch, "cores: " + std::to_string(machine.cores),
           "audio and speech engines share one; two are better"),
    judged(machine.disk_writable, how::bad,
           machine.data_dir + ": " + (machine.disk_writable ? "" : "not ") + "writable",
           "choose another with --data-dir, or give it to the user the node runs as"),
    judged(machine.disk_free_bytes >= disk_least, how::watch,
           "disk: " + short_size(static_cast<double>(machine.disk_free_bytes)) + " free",
           "recordings take 64 KB a second of a call; make room"),
    judged(machine.has_key, how::watch,
           std::string{"API key: "} + (machine.has_key ? "given" : "none"),
           "`unpod start` prints one; set UNPOD_API_KEY")};
}

finding keys_finding(const machine_facts& machine) {
  std::string given, missing;
  for (const auto& [variable, is_set] : machine.provider_keys) {
    auto& list = is_set ? given : missing;
    list += (list.empty() ? "" : ", ") + variable;
  }
  return judged(!given.empty(), how::watch,
                "provider keys here: " + (given.empty() ? std::string{"none"} : given),
                "only the built-in ear and voice can be used; set one of " + missing
                  + ", or providers.NAME.key in the settings");
}

std::vector<finding> findings_of(const node_reply& node, const node_reply& profiles) {
  using outcome = node_reply::outcome;
  if (node.what == outcome::unreachable)
    return {{how::watch, "node: " + node.words, "`unpod start` runs one"}};
  if (node.what != outcome::answered)
    return {
      {how::watch, "node: it answers, but: " + node.words, "a node administrator's key sees more"}};
  std::vector<finding> all{judged(text_of(node.data, "status") == "ok", how::watch,
                                  "node: " + text_of(node.data, "status") + ", up "
                                    + age_text(number_of(node.data, "uptime_s")),
                                  "it takes no new calls; is it being stopped?")};
  const auto& store = member_of(node.data, "store");
  all.push_back(judged(
    member_of(store, "writable").yes(), how::bad,
    "store: "
      + (member_of(store, "writable").yes() ? std::string{"writable"} : text_of(store, "trouble")),
    "calls go on, but nothing is kept; look at the disk"));
  for (const auto& one : member_of(node.data, "limits").items)
    if (number_of(one, "percent") >= near_percent)
      all.push_back(
        {how::watch,
         text_of(one, "name") + ": " + text_of(one, "used") + " of " + text_of(one, "most"),
         "near its limit; `unpod config print` says how to raise it"});
  const auto late = number_of(node.data, "media_late_ticks");
  const auto ticks = std::max(number_of(node.data, "media_ticks"), 1.0);
  constexpr double late_much = 0.001;
  all.push_back(judged(late / ticks < late_much, how::watch,
                       "media: " + text_of(node.data, "media_late_ticks") + " late of "
                         + text_of(node.data, "media_ticks") + " ticks",
                       "the machine is too busy; fewer calls, more cores, or --realtime"));
  const auto& actors = member_of(node.data, "actors");
  all.push_back(judged(number_of(actors, "died") < 1, how::watch,
                       "actors: " + text_of(actors, "died") + " died of something",
                       "`unpod node show` says which and of what"));
  if (number_of(member_of(node.data, "seats"), "runners") < 1)
    all.push_back({how::watch, "runners: none", "calls will hear an apology; start your runner"});
  for (const auto& one : member_of(node.data, "providers").items)
    all.push_back(of_provider(one));
  if (profiles.what == outcome::answered)
    all.push_back(of_profiles(profiles.data));
  return all;
}

} // namespace unpod::cli
