// Out through an HTTP proxy: which connections go there, what is said to it, and a proxy of
// loopback that passes bytes on, or does not.
#define BOOST_TEST_MODULE websocket_proxy
#include <boost/test/unit_test.hpp>

#include "adapters/websocket/proxy.hpp"
#include "tests/adapters/websocket/certificate.hpp"
#include "tests/adapters/websocket/dial_record.hpp"
#include "tests/adapters/websocket/raw_peer.hpp"

#include <poll.h>

using namespace unpod;
using namespace std::chrono_literals;
using fixtures::dial_record;
using fixtures::raw_peer;

namespace {

void echo(raw_peer& self) {
  self.upgrade();
  for (auto frame = self.next(); frame.opcode != -1; frame = self.next())
    self.send(frame.opcode, frame.payload);
}

/// A proxy for one connection: notes what it is asked, answers, and joins it with `target`.
class little_proxy {
public:
  little_proxy(std::string answer, unsigned target)
    : answer_(std::move(answer)), target_(target), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_, 1);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread{[this] { serve(); }};
  }
  ~little_proxy() {
    ::shutdown(listener_, SHUT_RDWR);
    stopping_ = true;
    thread_.join();
    ::close(listener_);
  }
  std::string url(const std::string& user = "") const {
    return "http://" + user + "127.0.0.1:" + std::to_string(port_);
  }
  std::string asked() {
    const std::lock_guard lock{mutex_};
    return asked_;
  }

private:
  static sockaddr_in loopback(unsigned port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
  }
  void serve() {
    const int client = ::accept(listener_, nullptr, nullptr);
    if (client < 0)
      return;
    std::string head;
    char byte = 0;
    while (head.find("\r\n\r\n") == std::string::npos && ::recv(client, &byte, 1, 0) == 1)
      head += byte;
    {
      const std::lock_guard lock{mutex_};
      asked_ = head;
    }
    for (const char c : answer_) // as slowly as it gets
      ::send(client, &c, 1, MSG_NOSIGNAL);
    if (answer_.find(" 200 ") != std::string::npos)
      join(client);
    else
      while (!stopping_ && ::recv(client, &byte, 1, 0) > 0) {
      }
    ::close(client);
  }
  void join(int client) {
    const int server = ::socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in address = loopback(target_);
    ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    pollfd both[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    char buffer[4'096];
    for (bool open = true; open && !stopping_;) {
      if (::poll(both, 2, 50) <= 0)
        continue;
      for (int n = 0; n < 2 && open; ++n)
        if (both[n].revents != 0) {
          const auto got = ::recv(both[n].fd, buffer, sizeof buffer, 0);
          open = got > 0
                 && ::send(both[1 - n].fd, buffer, static_cast<std::size_t>(got), MSG_NOSIGNAL) > 0;
        }
    }
    ::close(server);
  }

  const std::string answer_;
  const unsigned target_;
  int listener_;
  unsigned port_ = 0;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::string asked_;
  std::thread thread_;
};

struct net {
  net_threads threads{2};
  std::shared_ptr<dial_record> record;

  ~net() {
    threads.stop();
    if (record)
      record->channel.reset();
  }
  /// Nothing said is all well.
  std::string dial(const std::string& url, const std::string& proxy,
                   const std::string& ca_file = "", std::chrono::milliseconds wait = 5s) {
    dial_options options;
    options.url = url;
    options.proxy = proxy;
    options.ca_file = ca_file;
    options.connect_wait = wait;
    record = dial_record::dial(threads, options);
    if (!record->wait_answer())
      return "no answer";
    return record->channel ? "" : record->why;
  }
  void talk() {
    record->channel->send_text("hello");
    BOOST_TEST_REQUIRE(record->wait([&] { return !record->texts.empty(); }));
    BOOST_TEST(record->texts.at(0) == "hello");
    record->channel->close(1000, "");
    BOOST_TEST(record->wait_closed());
  }
};

unsigned port_of(const raw_peer& peer) {
  const auto url = peer.url("/", "ws", "h");
  return static_cast<unsigned>(std::stoul(url.substr(url.rfind(':') + 1)));
}

const std::string yes = "HTTP/1.1 200 Connection established\r\nVia: me\r\n\r\n";

} // namespace

BOOST_AUTO_TEST_CASE(the_environment_says_what_goes_where) {
  std::map<std::string, std::string> variables{{"https_proxy", "http://p:1"},
                                               {"HTTPS_PROXY", "http://other:1"},
                                               {"HTTP_PROXY", "http://q:2"},
                                               {"no_proxy", "a.com, .B.com,10.0.0.7, c.com:8443,"}};
  const auto rules = proxy_rules_of([&](const std::string& name) { return variables[name]; });
  for (const auto* url :
       {"wss://api.deepgram.com", "wss://xa.com/v1", "wss://c.com", "https://api.openai.com/v1"})
    BOOST_TEST(proxy_for(rules, url) == "http://p:1", url);
  BOOST_TEST(proxy_for(rules, "ws://stt.example:2700") == "http://q:2");
  for (const auto* url :
       {"wss://a.com", "wss://x.A.com/y", "wss://b.com", "wss://x.b.com", "wss://10.0.0.7:99",
        "wss://c.com:8443", "ws://localhost:2700", "ws://127.0.0.1:1", "wss://[::1]:1", "", "x"})
    BOOST_TEST(proxy_for(rules, url) == "", url);
  variables = {{"https_proxy", "http://p:1"}, {"NO_PROXY", "*"}};
  const auto none = proxy_rules_of([&](const std::string& name) { return variables[name]; });
  BOOST_TEST(proxy_for(none, "wss://api.deepgram.com") == "");
}

BOOST_AUTO_TEST_CASE(a_proxys_address_is_taken_apart) {
  std::string why;
  const auto one = parse_proxy("http://me:p%40ss@proxy.example:3128/", why);
  BOOST_REQUIRE(one);
  BOOST_TEST(one->host == "proxy.example");
  BOOST_TEST(one->port == "3128");
  BOOST_TEST(one->credentials == "me:p@ss");
  BOOST_TEST(parse_proxy("proxy:80", why)->host == "proxy");
  for (const auto* bad :
       {"socks5://p:1", "https://p:1", "http://", "http://p:99999", "http://a b"}) {
    why.clear();
    BOOST_TEST(!parse_proxy(bad, why), bad);
    BOOST_TEST(!why.empty());
  }
  std::string ignored;
  const auto to = *parse_ws_url("wss://[2001:db8::1]/x", ignored);
  BOOST_TEST(proxy_talk::question(*one, to)
             == "CONNECT [2001:db8::1]:443 HTTP/1.1\r\nHost: [2001:db8::1]:443\r\n"
                "Proxy-Authorization: Basic bWU6cEBzcw==\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(a_proxys_answer_is_read_as_it_comes) {
  proxy_talk slow;
  for (const char c : yes.substr(0, yes.size() - 1))
    BOOST_TEST((slow.take({&c, 1}) == proxy_talk::state::more));
  BOOST_TEST((slow.take("\n") == proxy_talk::state::open));
  for (const auto& [answer, why] :
       {std::pair<std::string, std::string>{"HTTP/1.1 407 No\r\n\r\n", "the proxy answers 407"},
        {"HTTP/1.1 200 OK\r\n\r\nmore", "the proxy speaks out of turn"},
        {"SSH-2.0\r\n\r\n", "the proxy does not speak HTTP"},
        {"HTTP/1.1 2\r\n\r\n", "the proxy does not speak HTTP"},
        {std::string(9'000, 'x'), "the proxy answers without an end"}}) {
    proxy_talk talk;
    BOOST_TEST((talk.take(answer) == proxy_talk::state::refused));
    BOOST_TEST(talk.why() == why);
  }
}

BOOST_FIXTURE_TEST_CASE(a_plain_socket_goes_through_a_proxy, net) {
  const raw_peer peer{echo};
  little_proxy proxy{yes, port_of(peer)};
  BOOST_TEST_REQUIRE(dial("ws://far.example:81/x", proxy.url("u:p@")) == "");
  talk();
  BOOST_TEST(proxy.asked()
             == "CONNECT far.example:81 HTTP/1.1\r\nHost: far.example:81\r\n"
                "Proxy-Authorization: Basic dTpw\r\n\r\n");
}

BOOST_FIXTURE_TEST_CASE(tls_is_checked_against_the_far_name_behind_a_proxy, net) {
  const fixtures::certificate own{"DNS:far.example"};
  {
    const raw_peer peer{echo, own.context};
    little_proxy proxy{yes, port_of(peer)};
    BOOST_TEST_REQUIRE(dial("wss://far.example/x", proxy.url(), own.file) == "");
    talk();
    BOOST_TEST(proxy.asked().rfind("CONNECT far.example:443 HTTP/1.1\r\n", 0) == 0u);
  }
  const raw_peer peer{[](raw_peer&) {}, own.context};
  little_proxy proxy{yes, port_of(peer)};
  BOOST_TEST(dial("wss://other.example/x", proxy.url(), own.file).rfind("no TLS connection", 0)
             == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_proxy_that_refuses_is_told_of_without_its_password, net) {
  little_proxy proxy{"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", 0};
  BOOST_TEST(dial("wss://far.example/x", proxy.url("u:secret@")) == "the proxy answers 407");
  BOOST_TEST(dial("wss://far.example/x", "socks5://u:secret@h:1")
             == "the proxy's address must begin with http://");
}

BOOST_FIXTURE_TEST_CASE(a_proxy_that_never_answers_costs_no_more_than_the_deadline, net) {
  little_proxy proxy{"", 0};
  BOOST_TEST(dial("wss://far.example/x", proxy.url(), "", 200ms) == "no connection in time");
}
