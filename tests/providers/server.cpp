// The simulated providers as a process, for clients that are not ours: the providers' own
// SDKs. `provider_server FOLDER` makes itself a certificate in FOLDER, prints one line
//
//   {"port":40123,"ca":"FOLDER/cert.pem"}
//
// and serves plain and TLS on that port of loopback until its standard input ends.
#include "adapters/peers/simulated_providers.hpp"
#include "adapters/websocket/net_threads.hpp"
#include "tests/adapters/websocket/certificate.hpp"

#include <cstdlib>
#include <iostream>
#include <string>

int main(int count, char** words) {
  if (count != 2) {
    std::cerr << "usage: provider_server FOLDER\n";
    return EXIT_FAILURE;
  }
  const std::string folder = words[1];
  const fixtures::certificate made{"IP:127.0.0.1,DNS:localhost"};
  const auto key_file = folder + "/key.pem", cert_file = folder + "/cert.pem";
  std::filesystem::copy_file(made.file, cert_file,
                             std::filesystem::copy_options::overwrite_existing);
  FILE* const out = std::fopen(key_file.c_str(), "w");
  if (!out) {
    std::cerr << "cannot write " << key_file << '\n';
    return EXIT_FAILURE;
  }
  PEM_write_PrivateKey(out, made.key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(out);

  unpod::net_threads threads{2};
  unpod::simulated_setup setup;
  setup.key = "test-key";
  setup.tls_cert = cert_file;
  setup.tls_key = key_file;
  unpod::simulated_providers providers{threads, std::move(setup)};
  std::string why;
  if (!providers.start(why)) {
    std::cerr << why << '\n';
    return EXIT_FAILURE;
  }
  std::cout << "{\"port\":" << providers.port() << ",\"ca\":\"" << cert_file << "\"}" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
  }
  return EXIT_SUCCESS;
}
