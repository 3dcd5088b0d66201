// The server's certificate and key, read from PEM files and checked, as a context for
// handshakes. Inside adapters/http only.
#pragma once

#include <memory>
#include <string>

namespace boost::asio::ssl {
class context;
}

namespace unpod {

/// TLS 1.2 or newer. Null: `why` says in words which file is bad and how.
std::shared_ptr<boost::asio::ssl::context> load_tls(const std::string& cert, const std::string& key,
                                                    std::string& why);

} // namespace unpod
