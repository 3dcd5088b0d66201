// One exchange on the curl thread: what libcurl is told, and what it says back.
//
//   waiting (for a name) --connect--> asked --head--> answering --> over
//
// Owned by outgoing_engine and touched by its thread alone, but for `abort`.
#pragma once

#include "adapters/outgoing/guard.hpp"
#include "messages/clock.hpp"
#include "messages/limits.hpp"
#include "messages/outgoing.hpp"

#include <atomic>
#include <cstddef>
#include <curl/curl.h>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace unpod {

class curl_transfer : public outgoing_exchange {
public:
  curl_transfer(outgoing_request request, std::shared_ptr<outgoing_listener> listener,
                const outgoing_limits& bounds, std::function<void()> wake);
  ~curl_transfer() override;

  void abort() override;

  /// False and words in `why` when the rules refuse it.
  bool judge(const outgoing_rules& rules, std::string& why);
  bool judge(const std::vector<ip_address>& addresses, std::string& why);
  /// A handle that connects to the next address; null when there is none left.
  CURL* connect(const std::string& ca_file);
  /// It could not even connect, and there is another address.
  bool may_try_next(CURLcode result) const;
  /// Words for how it ended; empty when it is whole.
  std::string words_for(CURLcode result) const;
  /// Tells the listener; nothing follows.
  void end(std::string why, bool refused);

  bool is_aborted() const {
    return aborted_;
  }
  const outgoing_target& target() const {
    return target_;
  }
  CURL* handle() const {
    return handle_;
  }
  /// When it must have moved on.
  mono_time deadline() const;
  std::string late_words() const;

private:
  static std::size_t on_head(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static curl_socket_t on_socket(void* self, curlsocktype, curl_sockaddr* address);

  bool take_head(std::string_view line);
  bool take_body(std::string_view bytes);
  void acknowledge();
  void let_go();
  void set_options(const std::string& ca_file, const std::string& pinned);

  outgoing_request request_;
  std::shared_ptr<outgoing_listener> listener_;
  outgoing_limits bounds_;
  std::function<void()> wake_;
  std::atomic<bool> aborted_{false};
  mono_time begun_{mono_now()};
  mono_time moved_{begun_}; // the last piece
  outgoing_target target_;
  std::vector<ip_address> addresses_;
  std::size_t tried_ = 0; // addresses
  CURL* handle_ = nullptr;
  curl_slist* headers_ = nullptr;
  curl_slist* connect_to_ = nullptr;
  std::size_t head_bytes_ = 0, body_bytes_ = 0;
  bool began_ = false;
  bool over_ = false;
  int status_ = 0;
  std::string why_; // why we cut it off ourselves
};

} // namespace unpod
