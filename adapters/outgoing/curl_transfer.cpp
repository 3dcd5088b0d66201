#include "adapters/outgoing/curl_transfer.hpp"

#include <algorithm>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <utility>

namespace unpod {

namespace {

bool is_method(const std::string& method) {
  return !method.empty() && method.size() <= 16
         && std::all_of(method.begin(), method.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

std::string pinned_text(const outgoing_target& target, const ip_address& address) {
  const auto host = address.v6 ? "[" + to_string(address) + "]" : to_string(address);
  return "::" + host + ":" + std::to_string(target.port); // whatever it asks for: there
}

} // namespace

curl_transfer::curl_transfer(outgoing_request request, std::shared_ptr<outgoing_listener> listener,
                             const outgoing_limits& bounds, std::function<void()> wake)
  : request_(std::move(request)), listener_(std::move(listener)), bounds_(bounds),
    wake_(std::move(wake)) {}

curl_transfer::~curl_transfer() {
  let_go();
}

void curl_transfer::abort() {
  aborted_ = true;
  wake_();
}

bool curl_transfer::judge(const outgoing_rules& rules, std::string& why) {
  if (!is_method(request_.method)) {
    why = "the method is none";
    return false;
  }
  return judge_url(rules, request_.url, target_, why) && judge_headers(request_.headers, why);
}

bool curl_transfer::judge(const std::vector<ip_address>& addresses, std::string& why) {
  addresses_ = addresses;
  return judge_addresses(target_, addresses_, why);
}

CURL* curl_transfer::connect(const std::string& ca_file) {
  let_go();
  handle_ = tried_ < addresses_.size() ? curl_easy_init() : nullptr;
  if (handle_)
    set_options(ca_file, pinned_text(target_, addresses_[tried_++]));
  return handle_;
}

void curl_transfer::set_options(const std::string& ca_file, const std::string& pinned) {
  const auto set = [this](CURLoption option, auto value) {
    curl_easy_setopt(handle_, option, value);
  };
  const bool has_body = !request_.body.empty() || request_.method == "POST";
  set(CURLOPT_URL, target_.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, target_.tls ? "https" : "http");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PROXY, "");
  set(CURLOPT_NOPROXY, "*");
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!ca_file.empty()) {
    set(CURLOPT_CAINFO, ca_file.c_str());
    set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
  }
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(bounds_.connect_wait.count()));
  for (const auto& [name, value] : request_.headers)
    headers_ = curl_slist_append(headers_, (name + (value.empty() ? ";" : ": " + value)).c_str());
  headers_ = curl_slist_append(headers_, "Expect:"); // no pause before a large body
  set(CURLOPT_HTTPHEADER, headers_);
  set(CURLOPT_USERAGENT, "unpod");
  connect_to_ = curl_slist_append(connect_to_, pinned.c_str());
  set(CURLOPT_CONNECT_TO, connect_to_);
  if (has_body) {
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    set(CURLOPT_POSTFIELDS, request_.body.c_str());
  }
  if (request_.method == "HEAD")
    set(CURLOPT_NOBODY, 1L);
  set(CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  set(CURLOPT_HEADERFUNCTION, &curl_transfer::on_head);
  set(CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(CURLOPT_WRITEFUNCTION, &curl_transfer::on_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(this));
  set(CURLOPT_OPENSOCKETFUNCTION, &curl_transfer::on_socket);
  set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
}

/// Of a transfer that is no longer in the multi handle.
void curl_transfer::let_go() {
  if (handle_)
    curl_easy_cleanup(std::exchange(handle_, nullptr));
  curl_slist_free_all(std::exchange(headers_, nullptr));
  curl_slist_free_all(std::exchange(connect_to_, nullptr));
}

bool curl_transfer::may_try_next(CURLcode result) const {
  if (result != CURLE_COULDNT_CONNECT && result != CURLE_OPERATION_TIMEDOUT)
    return false;
  curl_off_t ready_after = 0;
  curl_easy_getinfo(handle_, CURLINFO_PRETRANSFER_TIME_T, &ready_after);
  return ready_after == 0 && !aborted_ && why_.empty()
         && tried_ < std::min(addresses_.size(), bounds_.addresses_tried_max);
}

std::string curl_transfer::words_for(CURLcode result) const {
  if (!why_.empty() || result == CURLE_OK)
    return why_;
  const auto words = "'" + target_.host + "': " + curl_easy_strerror(result);
  return result == CURLE_PEER_FAILED_VERIFICATION
           ? words + "; outgoing.ca_file names an authority of one's own"
           : words;
}

void curl_transfer::end(std::string why, bool refused) {
  if (std::exchange(over_, true))
    return;
  outgoing_result result;
  result.status = status_;
  result.why = std::move(why);
  result.refused = refused;
  result.took = std::chrono::duration_cast<milliseconds>(mono_now() - begun_);
  std::exchange(listener_, nullptr)->ended(result);
}

mono_time curl_transfer::deadline() const {
  const auto step = began_ ? moved_ + request_.quiet : begun_ + request_.first_byte;
  return std::min<mono_time>(begun_ + request_.timeout, step);
}

std::string curl_transfer::late_words() const {
  const auto host = "'" + target_.host + "' ";
  if (mono_now() >= begun_ + request_.timeout)
    return host + "took longer than " + std::to_string(request_.timeout.count()) + " ms";
  return began_
           ? host + "fell silent for " + std::to_string(request_.quiet.count()) + " ms"
           : host + "did not answer for " + std::to_string(request_.first_byte.count()) + " ms";
}

std::size_t curl_transfer::on_head(char* data, std::size_t size, std::size_t count, void* self) {
  const auto bytes = size * count;
  return static_cast<curl_transfer*>(self)->take_head({data, bytes}) ? bytes : 0;
}

bool curl_transfer::take_head(std::string_view line) {
  if (aborted_)
    return false;
  head_bytes_ += line.size();
  if (head_bytes_ > bounds_.head_bytes_max) {
    why_ = "'" + target_.host + "' answered with a head of more than "
           + std::to_string(bounds_.head_bytes_max) + " bytes";
    return false;
  }
  if (began_ || (line != "\r\n" && line != "\n"))
    return true;
  long status = 0;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  if (status < 200)
    return true; // 1xx: the head is still to come
  began_ = true;
  status_ = static_cast<int>(status);
  moved_ = mono_now();
  acknowledge();
  const char* type = nullptr;
  curl_easy_getinfo(handle_, CURLINFO_CONTENT_TYPE, &type);
  if (listener_->began(status_, type ? type : ""))
    return true;
  why_ = "nobody wanted the answer of '" + target_.host + "'";
  return false;
}

std::size_t curl_transfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  const auto bytes = size * count;
  // Whatever is not the size itself is an error to libcurl.
  return static_cast<curl_transfer*>(self)->take_body({data, bytes}) ? bytes : bytes + 1;
}

bool curl_transfer::take_body(std::string_view bytes) {
  if (aborted_)
    return false;
  moved_ = mono_now();
  acknowledge();
  body_bytes_ += bytes.size();
  if (body_bytes_ > request_.answer_max) {
    why_ = "'" + target_.host + "' answered with more than " + std::to_string(request_.answer_max)
           + " bytes";
    return false;
  }
  if (listener_->piece(bytes))
    return true;
  why_ = "nobody wanted the rest of the answer of '" + target_.host + "'";
  return false;
}

/// Many small servers write a head and then a body, and wait for the head's acknowledgement
/// in between (Nagle): the kernel would let them wait for 40 ms.
void curl_transfer::acknowledge() {
  curl_socket_t socket = CURL_SOCKET_BAD;
  const int now = 1;
  if (curl_easy_getinfo(handle_, CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK
      && socket != CURL_SOCKET_BAD)
    ::setsockopt(socket, IPPROTO_TCP, TCP_QUICKACK, &now, sizeof now);
}

/// The last door: a socket to the address that was judged, or none.
curl_socket_t curl_transfer::on_socket(void* self, curlsocktype, curl_sockaddr* address) {
  auto& transfer = *static_cast<curl_transfer*>(self);
  const auto to = ip_of(address->addr);
  if (!to || transfer.tried_ == 0 || !(*to == transfer.addresses_[transfer.tried_ - 1])) {
    transfer.why_ = "'" + transfer.target_.host + "' would have led to an address nobody judged";
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

} // namespace unpod
