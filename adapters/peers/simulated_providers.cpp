#include "adapters/peers/simulated_providers.hpp"

#include "adapters/websocket/net_threads.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace unpod {

namespace {

/// bytes of one message of a client: 15 s of audio sent in one go is in many.
constexpr std::size_t message_bytes_max = 1024 * 1024;
/// bytes waiting for a client: a fault may be one message of several MB.
constexpr std::size_t queue_bytes_max = 16 * 1024 * 1024;

http_response refusal(int status, const char* code, const char* words) {
  http_response answer;
  answer.status = status;
  answer.body = std::string{R"({"err_code":")"} + code + R"(","err_msg":")" + words
                + R"(","error":{"message":")" + words + "\"}}";
  answer.headers = {{"dg-error", words}};
  return answer;
}

struct simulated_service {
  const char* path; // "{}" stands for one segment
  const char* name;
  simulated_link_maker make;
};

constexpr simulated_service services[] = {
  {"/v1/listen", "deepgram stt", make_simulated_deepgram_stt},
  {"/v2/listen", "deepgram flux stt", make_simulated_flux_stt},
  {"/v1/speak", "deepgram tts", make_simulated_deepgram_tts},
  {"/v2/speak", "deepgram flux tts", make_simulated_flux_tts},
  {"/stt/websocket", "cartesia stt", make_simulated_cartesia_stt},
  {"/stt/turns/websocket", "cartesia turns stt", make_simulated_cartesia_turns},
  {"/tts/websocket", "cartesia tts", make_simulated_cartesia_tts},
  {"/v1/speech-to-text/realtime", "elevenlabs stt", make_simulated_elevenlabs_stt},
  {"/v1/text-to-speech/{}/stream-input", "elevenlabs_single tts", make_simulated_elevenlabs_tts},
  {"/v1/text-to-speech/{}/multi-stream-input", "elevenlabs tts", make_simulated_elevenlabs_tts},
  {"/v3/ws", "assemblyai stt", make_simulated_assemblyai_stt},
  {"/v1/realtime", "openai stt", make_simulated_openai_stt},
  {"/", "vosk stt", make_simulated_vosk_stt},
};

bool is_path(std::string_view pattern, std::string_view path) {
  const auto hole = pattern.find("{}");
  if (hole == std::string_view::npos)
    return pattern == path;
  const auto head = pattern.substr(0, hole), tail = pattern.substr(hole + 2);
  return path.size() > head.size() + tail.size() && path.substr(0, head.size()) == head
         && path.substr(path.size() - tail.size()) == tail;
}

const simulated_service* service_at(std::string_view path) {
  for (const auto& one : services)
    if (is_path(one.path, path))
      return &one;
  return nullptr;
}

/// What the fault says instead of a handshake or an answer; nothing when it comes later.
std::optional<http_response> refusal_of(const provider_fault& fault) {
  switch (fault.what) {
    case provider_fault::kind::refuse_key:
      return refusal(401, "INVALID_AUTH", "Invalid credentials.");
    case provider_fault::kind::refuse_busy:
      return refusal(429, "TOO_MANY_REQUESTS", "Too many connections.");
    case provider_fault::kind::refuse_payment:
      return refusal(402, "ASR_PAYMENT_REQUIRED", "No credits are left.");
    case provider_fault::kind::refuse_model:
      return refusal(403, "INSUFFICIENT_PERMISSIONS", "This model is not for you.");
    case provider_fault::kind::unavailable: {
      auto answer = refusal(503, "UNAVAILABLE", "Come again.");
      answer.headers.emplace_back("Retry-After", "1");
      return answer;
    }
    case provider_fault::kind::redirect: {
      auto answer = refusal(302, "MOVED", "It is elsewhere.");
      answer.headers.emplace_back("Location", "http://127.0.0.1:1/");
      return answer;
    }
    default:
      return std::nullopt;
  }
}

/// The first subprotocol that is asked for: some clients insist on an answer.
std::string subprotocol_of(const http_request& request) {
  const auto asked = request.header("sec-websocket-protocol");
  return std::string{asked.substr(0, asked.find(','))};
}

bool has_key(const http_request& request, const std::string& key) {
  if (key.empty())
    return true;
  if (request.path == "/") // a server of one's own asks for none
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
    if (silent_ && fault_.what == provider_fault::kind::close) // struck before it was open
      channel_->close(close_code::internal_error, "NET-0001 simulated");
  }
  if (fault_.what == provider_fault::kind::close_at_once) {
    const std::lock_guard lock{sending_};
    break_off(close_code::policy, "DATA-0000 simulated");
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
  using kind = provider_fault::kind;
  const auto pass = [&](std::string what, bool swap = false) {
    text != swap ? channel_->send_text(std::move(what)) : channel_->send_binary(std::move(what));
  };
  ++sent_;
  switch (fault_.what) {
    case kind::stall:
      silent_ = true;
      return;
    case kind::half_frame:
      silent_ = true;
      return pass(bytes.substr(0, bytes.size() / 2));
    case kind::garbage:
      if (sent_ % 2 == 0)
        channel_->send_text(R"({"type":["\u0000",{}],"channel":null,"words":7)");
      return pass(std::move(bytes));
    case kind::nulls:
      channel_->send_text(R"({"type":null,"message_type":null,"channel":null,"error":null,)"
                          R"("alignment":null,"words":null,"audio":null,"transcript":null})");
      return pass(std::move(bytes));
    case kind::twice:
      pass(bytes);
      return pass(std::move(bytes));
    case kind::wrong_order:
      if (kept_back_.empty()) {
        kept_back_ = std::move(bytes);
        return;
      }
      pass(std::move(bytes));
      pass(std::exchange(kept_back_, {}));
      fault_.what = kind::none;
      return;
    case kind::swapped:
      return pass(std::move(bytes), true);
    default:
      return spoil_for_good(text, std::move(bytes));
  }
}

/// What no client gets over, or nothing.
void simulated_link::spoil_for_good(bool text, std::string bytes) {
  using kind = provider_fault::kind;
  constexpr std::size_t oversize_bytes = 4 * 1024 * 1024, deep_levels = 100'000,
                        bad_base64_bytes = 1'000'000;
  switch (fault_.what) {
    case kind::close:
      return break_off(close_code::internal_error, "NET-0000 simulated");
    case kind::close_at_once:
      return break_off(close_code::policy, "DATA-0000 simulated");
    case kind::close_normal:
      return break_off(close_code::normal, "");
    case kind::close_restart:
      return break_off(1'012, "restarting");
    case kind::not_utf8:
      silent_ = true;
      return channel_->send_text("{\"type\":\"\xff\xfe\"}");
    case kind::oversize:
      silent_ = true;
      return channel_->send_binary(std::string(oversize_bytes, 'A'));
    case kind::deep:
      silent_ = true;
      return channel_->send_text(std::string(deep_levels, '['));
    case kind::bad_base64:
      for (const std::string key : {"\"data\":\"", "\"audio\":\""})
        if (const auto at = bytes.find(key); text && at != std::string::npos)
          bytes.insert(at + key.size(), std::string(bad_base64_bytes, '%'));
      break;
    default:
      break;
  }
  text ? channel_->send_text(std::move(bytes)) : channel_->send_binary(std::move(bytes));
}

void simulated_link::break_off(std::uint16_t code, const char* reason) {
  silent_ = true;
  channel_->close(code, reason);
}

void simulated_link::hang_up() {
  const std::lock_guard lock{sending_};
  if (channel_ && fault_.what != provider_fault::kind::deaf_to_close)
    channel_->close(close_code::normal, "");
}

void simulated_link::hang_up(std::uint16_t code, std::string reason) {
  const std::lock_guard lock{sending_};
  if (channel_)
    channel_->close(code, std::move(reason));
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
  : house_(std::make_shared<simulated_house>(threads, std::move(setup))) {
  http_handler handler;
  handler.on_request = [this](const std::shared_ptr<http_exchange>& exchange) { answer(exchange); };
  handler.on_upgrade = [this](const std::shared_ptr<ws_upgrade>& upgrade) { take(upgrade); };
  http_server_options options;
  options.port = house_->setup.port;
  options.tls_cert = house_->setup.tls_cert;
  options.tls_key = house_->setup.tls_key;
  options.also_plain = !options.tls_cert.empty();
  options.ws_queue_bytes_max = queue_bytes_max;
  server_ = std::make_unique<http_server>(threads, options, std::move(handler));
}

simulated_providers::~simulated_providers() = default;

bool simulated_providers::start(std::string& why) {
  return server_->start(why);
}

std::uint16_t simulated_providers::port() const {
  return server_->port();
}

std::string simulated_providers::base_url() const {
  return (house_->setup.tls_cert.empty() ? "ws://127.0.0.1:" : "wss://127.0.0.1:")
         + std::to_string(server_->port());
}

std::map<std::string, std::uint64_t> simulated_providers::connections() const {
  const std::lock_guard lock{mutex_};
  return connections_;
}

provider_fault simulated_providers::next_fault(const std::string& service) {
  std::uint64_t number = 0;
  {
    const std::lock_guard lock{mutex_};
    number = connections_[service]++;
  }
  return house_->setup.faults ? house_->setup.faults(service, number) : provider_fault{};
}

void simulated_providers::take(const std::shared_ptr<ws_upgrade>& upgrade) {
  const auto& request = upgrade->request();
  const auto* service = service_at(request.path);
  if (!service)
    return upgrade->refuse(refusal(404, "NOT_FOUND", "no such service"));
  if (!has_key(request, house_->setup.key))
    return upgrade->refuse(refusal(401, "INVALID_AUTH", "Invalid credentials."));
  const auto fault = next_fault(service->name);
  if (auto no = refusal_of(fault))
    return upgrade->refuse(std::move(*no));
  const auto link = service->make(*house_, fault, request);
  note_link(service->name, link);
  const auto accept = [upgrade, link] {
    upgrade->accept(subprotocol_of(upgrade->request()), message_bytes_max,
                    [link](ws_channel_ptr channel) {
                      if (channel)
                        link->open(std::move(channel));
                    });
  };
  if (fault.what == provider_fault::kind::slow_handshake)
    house_->threads.post_after(static_cast<std::size_t>(fault.late.count()), accept);
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

void simulated_providers::answer(const std::shared_ptr<http_exchange>& exchange) {
  const auto& request = exchange->request();
  if (request.path != "/v1/audio/speech" || request.method != "POST")
    return exchange->answer(refusal(404, "NOT_FOUND", "no such service"));
  if (!has_key(request, house_->setup.key))
    return exchange->answer(refusal(401, "INVALID_AUTH", "Invalid credentials."));
  const auto fault = next_fault("openai tts");
  if (auto no = refusal_of(fault))
    return exchange->answer(std::move(*no));
  const auto speak = [this, fault, exchange] { answer_simulated_speech(*house_, fault, exchange); };
  if (fault.what == provider_fault::kind::slow_handshake)
    house_->threads.post_after(static_cast<std::size_t>(fault.late.count()), speak);
  else
    speak();
}

} // namespace unpod
