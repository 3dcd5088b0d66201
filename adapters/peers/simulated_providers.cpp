#include "adapters/peers/simulated_providers.hpp"

#include "adapters/websocket/net_threads.hpp"

#include <algorithm>
#include <utility>

namespace unpod {

namespace {

/// bytes of one message of a client: 15 s of audio sent in one go is in many.
constexpr std::size_t message_bytes_max = 1024 * 1024;

http_response refusal(int status, const char* code, const char* words) {
  http_response answer;
  answer.status = status;
  answer.body = std::string{R"({"err_code":")"} + code + R"(","err_msg":")" + words + "\"}";
  answer.headers = {{"dg-error", words}};
  return answer;
}

bool has_key(const http_request& request, const std::string& key) {
  if (key.empty())
    return true;
  for (const char* name : {"authorization", "x-api-key", "xi-api-key"}) {
    const auto value = request.header(name);
    if (value.size() >= key.size() && value.substr(value.size() - key.size()) == key)
      return true;
  }
  return false;
}

} // namespace

// -- a link -------------------------------------------------------------------------

void simulated_link::open(ws_channel_ptr channel) {
  {
    const std::lock_guard lock{sending_};
    channel_ = channel;
  }
  opened();
  channel_handler handler;
  handler.on_text = [self = shared_from_this()](std::string_view text) { self->take_text(text); };
  handler.on_binary = [self = shared_from_this()](std::string_view bytes) {
    self->take_binary(bytes);
  };
  handler.on_closed = [self = shared_from_this()](std::uint16_t, const std::string&) {
    const std::lock_guard lock{self->sending_};
    self->channel_ = nullptr;
  };
  channel->start(std::move(handler));
}

void simulated_link::strike(provider_fault::kind what) {
  const std::lock_guard lock{sending_};
  fault_ = {what, 0, {}};
  const bool closes = what == provider_fault::kind::close;
  silent_ = silent_ || closes || what == provider_fault::kind::stall;
  if (closes && channel_)
    channel_->close(close_code::internal_error, "NET-0001 simulated");
}

void simulated_link::say(std::string text) {
  send(true, std::move(text));
}

void simulated_link::sound(std::string bytes) {
  send(false, std::move(bytes));
}

void simulated_link::send(bool text, std::string bytes) {
  const std::lock_guard lock{sending_};
  if (!channel_ || silent_)
    return;
  if (fault_.what != provider_fault::kind::none && sent_ >= fault_.after)
    return spoil(text, std::move(bytes));
  ++sent_;
  text ? channel_->send_text(std::move(bytes)) : channel_->send_binary(std::move(bytes));
}

/// The fault, from its message on. Under the lock.
void simulated_link::spoil(bool text, std::string bytes) {
  const auto pass = [&](std::string what) {
    text ? channel_->send_text(std::move(what)) : channel_->send_binary(std::move(what));
  };
  ++sent_;
  switch (fault_.what) {
    case provider_fault::kind::stall:
      silent_ = true;
      return;
    case provider_fault::kind::half_frame:
      silent_ = true;
      return pass(bytes.substr(0, bytes.size() / 2));
    case provider_fault::kind::garbage:
      if (sent_ % 2 == 0)
        channel_->send_text(R"({"type":["\u0000",{}],"channel":null,"words":7)");
      return pass(std::move(bytes));
    case provider_fault::kind::wrong_order:
      if (kept_back_.empty()) {
        kept_back_ = std::move(bytes);
        return;
      }
      pass(std::move(bytes));
      pass(std::exchange(kept_back_, {}));
      fault_.what = provider_fault::kind::none;
      return;
    case provider_fault::kind::close:
      silent_ = true;
      return channel_->close(close_code::internal_error, "NET-0000 simulated");
    default:
      return pass(std::move(bytes));
  }
}

void simulated_link::hang_up() {
  const std::lock_guard lock{sending_};
  if (channel_ && fault_.what != provider_fault::kind::deaf_to_close)
    channel_->close(close_code::normal, "");
}

void simulated_link::later(std::chrono::milliseconds after, std::function<void()> work) {
  house_.threads.post_after(static_cast<std::size_t>(after.count()),
                            [weak = weak_from_this(), work = std::move(work)] {
                              if (const auto self = weak.lock())
                                work();
                            });
}

// -- the house ----------------------------------------------------------------------

simulated_providers::simulated_providers(net_threads& threads, simulated_setup setup)
  : house_{threads, std::move(setup)} {
  http_handler handler;
  handler.on_request = [](const std::shared_ptr<http_exchange>& exchange) {
    exchange->answer(refusal(404, "NOT_FOUND", "there is only a socket here"));
  };
  handler.on_upgrade = [this](const std::shared_ptr<ws_upgrade>& upgrade) { take(upgrade); };
  http_server_options options;
  options.tls_cert = house_.setup.tls_cert;
  options.tls_key = house_.setup.tls_key;
  server_ = std::make_unique<http_server>(threads, std::move(options), std::move(handler));
}

simulated_providers::~simulated_providers() = default;

bool simulated_providers::start(std::string& why) {
  return server_->start(why);
}

std::string simulated_providers::base_url() const {
  return (house_.setup.tls_cert.empty() ? "ws://127.0.0.1:" : "wss://127.0.0.1:")
         + std::to_string(server_->port());
}

std::map<std::string, std::uint64_t> simulated_providers::connections() const {
  const std::lock_guard lock{mutex_};
  return connections_;
}

void simulated_providers::take(const std::shared_ptr<ws_upgrade>& upgrade) {
  static const std::map<std::string, std::string> services{{"/v1/listen", "deepgram stt"},
                                                           {"/tts/websocket", "cartesia tts"}};
  const auto& request = upgrade->request();
  const auto found = services.find(request.path);
  if (found == services.end())
    return upgrade->refuse(refusal(404, "NOT_FOUND", "no such service"));
  if (!has_key(request, house_.setup.key))
    return upgrade->refuse(refusal(401, "INVALID_AUTH", "Invalid credentials."));
  std::uint64_t number = 0;
  {
    const std::lock_guard lock{mutex_};
    number = connections_[found->second]++;
  }
  const auto fault =
    house_.setup.faults ? house_.setup.faults(found->second, number) : provider_fault{};
  if (fault.what == provider_fault::kind::refuse_key)
    return upgrade->refuse(refusal(401, "INVALID_AUTH", "Invalid credentials."));
  if (fault.what == provider_fault::kind::refuse_busy)
    return upgrade->refuse(refusal(429, "TOO_MANY_REQUESTS", "Too many connections."));
  const auto link = make_link(found->second, fault, request);
  note_link(found->second, link);
  const auto accept = [upgrade, link] {
    upgrade->accept("", message_bytes_max, [link](ws_channel_ptr channel) {
      if (channel)
        link->open(std::move(channel));
    });
  };
  if (fault.what == provider_fault::kind::slow_handshake)
    house_.threads.post_after(static_cast<std::size_t>(fault.late.count()), accept);
  else
    accept();
}

void simulated_providers::note_link(const std::string& service,
                                    const std::shared_ptr<simulated_link>& link) {
  const std::lock_guard lock{mutex_};
  auto& all = links_[service];
  all.erase(std::remove_if(all.begin(), all.end(), [](const auto& one) { return one.expired(); }),
            all.end());
  all.push_back(link);
}

void simulated_providers::strike(const std::string& service, provider_fault::kind what) {
  std::vector<std::weak_ptr<simulated_link>> hit;
  {
    const std::lock_guard lock{mutex_};
    hit = links_[service];
  }
  for (const auto& one : hit)
    if (const auto link = one.lock())
      link->strike(what);
}

std::shared_ptr<simulated_link> simulated_providers::make_link(const std::string& service,
                                                               provider_fault fault,
                                                               const http_request& request) {
  return service == "deepgram stt" ? make_simulated_deepgram_stt(house_, fault, request)
                                   : make_simulated_cartesia_tts(house_, fault, request);
}

} // namespace unpod
