#include "adapters/speech/exchange_channel.hpp"

#include "adapters/json/json.hpp"

#include <mutex>
#include <thread>

namespace unpod {

namespace {

class exchange_channel : public ws_channel, public std::enable_shared_from_this<exchange_channel> {
public:
  exchange_channel(const outgoing_http_ptr& http, wire_dial to, const provider_limits& bounds)
    : http_(http), to_(std::move(to)), quiet_(bounds.stall_wait) {}

  void start(channel_handler handler) override;
  void send_text(std::string text) override;
  /// Nothing is asked in bytes.
  void send_binary(std::string) override {}
  std::size_t queued_bytes() const override {
    return 0;
  }
  void close(std::uint16_t, std::string) override;
  const std::string& peer() const override {
    return peer_;
  }

  bool began(std::uint64_t number, int status);
  bool piece(std::uint64_t number, std::string_view bytes);
  void ended(std::uint64_t number, const outgoing_result& result);

private:
  using handler_ptr = std::shared_ptr<const channel_handler>;

  /// Who is told; null when this exchange was called off.
  handler_ptr listener_of(std::uint64_t number) {
    const std::lock_guard lock{mutex_};
    return number == number_ && asking_ != std::this_thread::get_id() ? handler_ : nullptr;
  }

  const std::weak_ptr<outgoing_http> http_; // its own thread must not be the last to let go of it
  const wire_dial to_;
  const std::chrono::milliseconds quiet_;
  const std::string peer_ = "http";

  std::mutex mutex_; // guards what follows, and is never held while others are called
  handler_ptr handler_;
  std::shared_ptr<outgoing_exchange> exchange_;
  std::string early_;        // asked for before anybody listened
  std::uint64_t number_ = 0; // of the exchange that is wanted
  std::thread::id asking_;   // a node that stops answers at once, to one who holds his own lock

  // Of the port's thread.
  int status_ = 0;
  std::string refusal_;
};

class exchange_ear : public outgoing_listener {
public:
  exchange_ear(std::shared_ptr<exchange_channel> channel, std::uint64_t number)
    : channel_(std::move(channel)), number_(number) {}
  bool began(int status, const std::string&) override {
    return channel_->began(number_, status);
  }
  bool piece(std::string_view bytes) override {
    return channel_->piece(number_, bytes);
  }
  void ended(const outgoing_result& result) override {
    channel_->ended(number_, result);
  }

private:
  const std::shared_ptr<exchange_channel> channel_;
  const std::uint64_t number_;
};

void exchange_channel::start(channel_handler handler) {
  std::string early;
  {
    const std::lock_guard lock{mutex_};
    handler_ = std::make_shared<const channel_handler>(std::move(handler));
    early.swap(early_);
  }
  if (!early.empty())
    send_text(std::move(early));
}

void exchange_channel::send_text(std::string text) {
  std::shared_ptr<outgoing_exchange> before;
  std::uint64_t number = 0;
  {
    const std::lock_guard lock{mutex_};
    if (!handler_) {
      early_ = std::move(text);
      return;
    }
    before = std::move(exchange_);
    exchange_ = nullptr;
    number = ++number_;
    asking_ = text.empty() ? std::thread::id{} : std::this_thread::get_id();
  }
  if (before)
    before->abort();
  if (text.empty())
    return;
  outgoing_request request;
  request.url = to_.url;
  request.headers = to_.headers;
  request.body = std::move(text);
  request.timeout = exchange_wait;
  request.first_byte = exchange_head_wait;
  request.quiet = quiet_;
  request.answer_max = exchange_answer_bytes_max;
  const auto http = http_.lock();
  auto asked = http ? http->send(std::move(request),
                                 std::make_shared<exchange_ear>(shared_from_this(), number))
                    : nullptr;
  const std::lock_guard lock{mutex_};
  asking_ = {};
  if (number == number_)
    exchange_ = std::move(asked);
}

void exchange_channel::close(std::uint16_t, std::string) {
  std::shared_ptr<outgoing_exchange> last;
  {
    const std::lock_guard lock{mutex_};
    ++number_;
    handler_ = nullptr;
    last = std::move(exchange_);
    exchange_ = nullptr;
  }
  if (last)
    last->abort();
}

bool exchange_channel::began(std::uint64_t number, int status) {
  status_ = status;
  refusal_.clear();
  return listener_of(number) != nullptr;
}

bool exchange_channel::piece(std::uint64_t number, std::string_view bytes) {
  const auto listener = listener_of(number);
  if (!listener)
    return false;
  if (status_ != 200) {
    refusal_.append(bytes.substr(0, exchange_refusal_bytes_max - refusal_.size()));
    return refusal_.size() < exchange_refusal_bytes_max;
  }
  listener->on_binary(bytes);
  return true;
}

void exchange_channel::ended(std::uint64_t number, const outgoing_result& result) {
  const auto listener = listener_of(number);
  if (!listener)
    return;
  if (result.status == 200 && result.why.empty())
    return listener->on_text(R"({"ended":true})");
  if (result.status != 0 && result.status != 200) {
    std::string why;
    const auto body = json::parse(refusal_, provider_json_depth_max, why);
    const auto* error = body && body->IsObject() ? json::member(*body, "error") : nullptr;
    auto words = error ? json::text(*error, "message") : std::nullopt;
    if (!words && error && error->IsString())
      words = error->GetString();
    json::writer out;
    out.object().field("status", result.status).field("error", words.value_or(""));
    return listener->on_text(out.end().str());
  }
  listener->on_closed(close_code::abnormal, result.why);
}

} // namespace

ws_channel_ptr open_exchange_channel(const outgoing_http_ptr& http, wire_dial to,
                                     const provider_limits& bounds) {
  return std::make_shared<exchange_channel>(http, std::move(to), bounds);
}

} // namespace unpod
