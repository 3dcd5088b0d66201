#include "adapters/peers/bench_providers.hpp"

#include "adapters/peers/bench_stand.hpp"
#include "adapters/peers/bench_waits.hpp"
#include "adapters/peers/self_signed.hpp"
#include "adapters/websocket/net_threads.hpp"

#include <filesystem>
#include <fstream>

namespace unpod {

namespace {

namespace fs = std::filesystem;

constexpr const char* profile_file = R"([[profile]]
name = "over-sockets"
language = "en"
[[profile.stt]]
provider = "deepgram"
model = "nova-3"
[[profile.tts]]
provider = "cartesia"
model = "sonic-3"
voice = "tones"
)";
constexpr const char* key = "bench";

} // namespace

const char* bench_providers::node_profile() {
  return "over-sockets";
}

std::unique_ptr<bench_providers> bench_providers::open(bool tls, std::string& why) {
  std::unique_ptr<bench_providers> made{new bench_providers};
  return made->start(tls, why) ? std::move(made) : nullptr;
}

bool bench_providers::start(bool tls, std::string& why) {
  folder_ = fresh_bench_folder();
  if (folder_.empty()) {
    why = "no temporary folder can be made (is TMPDIR writable?)";
    return false;
  }
  simulated_setup setup;
  setup.pace = pace_;
  setup.key = key;
  self_signed_files files;
  if (tls && !make_self_signed(folder_, files, why))
    return false;
  setup.tls_cert = files.cert;
  setup.tls_key = files.key;
  threads_ = std::make_unique<net_threads>(1, load_looks_every);
  servers_ = std::make_unique<simulated_providers>(*threads_, std::move(setup));
  if (!servers_->start(why))
    return false;
  const auto profiles = folder_ + "/profiles.toml";
  std::ofstream{profiles} << profile_file;
  node_settings_ = {"profiles=" + profiles};
  for (const std::string name : {"deepgram", "cartesia"}) {
    node_settings_.push_back("providers." + name + ".key=" + key);
    node_settings_.push_back("providers." + name + ".base_url=" + servers_->base_url());
    if (tls)
      node_settings_.push_back("providers." + name + ".ca_file=" + files.cert);
  }
  return true;
}

bench_providers::~bench_providers() {
  servers_.reset();
  threads_.reset();
  std::error_code ignored;
  if (!folder_.empty())
    fs::remove_all(folder_, ignored);
}

} // namespace unpod
