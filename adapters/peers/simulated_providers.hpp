// Speech providers as a client meets them, without the providers: their protocols on
// loopback, words as coded tones, and a script of faults. For tests and benches.
//
//   handshake --refused, late, or fine--> link --messages, through its fault--> closed
//
// Nothing can be pretended to it: the hearing side says only words whose samples arrived,
// the speaking side sends tones. What recognisers and voices have in common is in
// simulated_ear.hpp and simulated_mouth.hpp; a protocol is a table's line and a small class.
#pragma once

#include "adapters/http/server.hpp"
#include "adapters/peers/coded_tones.hpp"
#include "adapters/peers/provider_faults.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace unpod {

class net_threads;

/// Units in the names.
struct simulated_pace {
  /// ms. Default 300: silence that ends an utterance for the recognisers.
  std::chrono::milliseconds endpointing{300};
  /// ms. Default 200: audio between two partials.
  std::chrono::milliseconds partial_every{200};
  /// ms. Default 120: from a text to its first sound.
  std::chrono::milliseconds first_byte{120};
  /// ms. Default 20: between two chunks of sound.
  std::chrono::milliseconds chunk_every{20};
  /// ms. Default 100: sound of one chunk; five times real time.
  std::chrono::milliseconds chunk{100};
};

struct simulated_setup {
  simulated_pace pace;
  tone_alphabet alphabet = tone_alphabet::numbers();
  fault_script faults; // null: none
  /// The only key that is taken; empty: any.
  std::string key;
  /// Loopback only, and this port of it; 0: any free one.
  std::uint16_t port = 0;
  /// PEM files: TLS beside plain, on the same port; empty: plain alone.
  std::string tls_cert = {}, tls_key = {};
};

/// Everything a link needs of its house, which its links keep: a timer of one may run while
/// the doors are shut.
struct simulated_house : std::enable_shared_from_this<simulated_house> {
  simulated_house(net_threads& net, simulated_setup with) : threads(net), setup(std::move(with)) {}

  net_threads& threads;
  const simulated_setup setup;
};

/// One connection, the provider's side. On the channel's strand, but for its timers.
class simulated_link : public std::enable_shared_from_this<simulated_link> {
public:
  simulated_link(simulated_house& house, provider_fault fault)
    : house_(house), kept_(house.shared_from_this()), fault_(fault) {}
  virtual ~simulated_link() = default;

  void open(ws_channel_ptr channel);
  /// From now on this is what it does wrong: `close` and `stall` at once, the others from its
  /// next message on.
  void strike(provider_fault::kind what);

protected:
  virtual void opened() {}
  virtual void take_text(std::string_view text) = 0;
  virtual void take_binary(std::string_view bytes) = 0;

  /// Sends, or does what the fault says instead.
  void say(std::string text);
  void sound(std::string bytes);
  /// The client is done with us.
  void hang_up();
  /// Ends it from our side: an error of the protocol's.
  void hang_up(std::uint16_t code, std::string reason);
  /// Is this what the connection has to do wrong?
  bool is_wrong(provider_fault::kind what) const {
    return fault_.what == what;
  }
  /// Does this later, unless the link is gone.
  void later(std::chrono::milliseconds after, std::function<void()> work);

  simulated_house& house_;
  std::mutex mutex_; // of the link's own state: the strand and the timers take turns

private:
  void send(bool text, std::string bytes);
  void spoil(bool text, std::string bytes);
  void spoil_for_good(bool text, std::string bytes);
  void break_off(std::uint16_t code, const char* reason);

  const std::shared_ptr<const simulated_house> kept_;
  provider_fault fault_;
  std::mutex sending_;
  ws_channel_ptr channel_;
  std::uint64_t sent_ = 0;
  bool silent_ = false;
  std::string kept_back_;
};

class simulated_providers {
public:
  simulated_providers(net_threads& threads, simulated_setup setup);
  ~simulated_providers();

  bool start(std::string& why);
  /// "ws://127.0.0.1:PORT", or wss with a certificate: the base URL of every provider.
  std::string base_url() const;
  std::uint16_t port() const;

  /// Connections so far, by service.
  std::map<std::string, std::uint64_t> connections() const;

  /// Everything that is open of this service goes wrong now.
  void strike(const std::string& service, provider_fault::kind what);

private:
  provider_fault next_fault(const std::string& service);
  void take(const std::shared_ptr<ws_upgrade>& upgrade);
  void note_link(const std::string& service, const std::shared_ptr<simulated_link>& link);
  void answer(const std::shared_ptr<http_exchange>& exchange);

  const std::shared_ptr<simulated_house> house_;
  mutable std::mutex mutex_;
  std::map<std::string, std::uint64_t> connections_;
  std::map<std::string, std::vector<std::weak_ptr<simulated_link>>> links_;
  std::unique_ptr<http_server> server_;
};

using simulated_link_ptr = std::shared_ptr<simulated_link>;
using simulated_link_maker = simulated_link_ptr (*)(simulated_house& house, provider_fault fault,
                                                    const http_request& request);

simulated_link_ptr make_simulated_deepgram_stt(simulated_house& house, provider_fault fault,
                                               const http_request& request);
simulated_link_ptr make_simulated_flux_stt(simulated_house& house, provider_fault fault,
                                           const http_request& request);
simulated_link_ptr make_simulated_deepgram_tts(simulated_house& house, provider_fault fault,
                                               const http_request& request);
simulated_link_ptr make_simulated_flux_tts(simulated_house& house, provider_fault fault,
                                           const http_request& request);
simulated_link_ptr make_simulated_cartesia_stt(simulated_house& house, provider_fault fault,
                                               const http_request& request);
simulated_link_ptr make_simulated_cartesia_turns(simulated_house& house, provider_fault fault,
                                                 const http_request& request);
simulated_link_ptr make_simulated_cartesia_tts(simulated_house& house, provider_fault fault,
                                               const http_request& request);
simulated_link_ptr make_simulated_elevenlabs_stt(simulated_house& house, provider_fault fault,
                                                 const http_request& request);
simulated_link_ptr make_simulated_elevenlabs_tts(simulated_house& house, provider_fault fault,
                                                 const http_request& request);
simulated_link_ptr make_simulated_assemblyai_stt(simulated_house& house, provider_fault fault,
                                                 const http_request& request);
simulated_link_ptr make_simulated_openai_stt(simulated_house& house, provider_fault fault,
                                             const http_request& request);
simulated_link_ptr make_simulated_vosk_stt(simulated_house& house, provider_fault fault,
                                           const http_request& request);
/// `POST /v1/audio/speech`, the one protocol without a socket.
void answer_simulated_speech(simulated_house& house, provider_fault fault,
                             const std::shared_ptr<http_exchange>& exchange);

} // namespace unpod
