// A key and a certificate that signs itself, for servers of loopback that a bench or a test
// starts. Nobody else trusts it.
#pragma once

#include <string>

namespace unpod {

/// PEM files.
struct self_signed_files {
  std::string cert, key;
};

/// Writes `cert.pem` and `key.pem` (P-256, for localhost and 127.0.0.1, valid for a day) into
/// the folder. False: `why` says what went wrong.
bool make_self_signed(const std::string& folder, self_signed_files& made, std::string& why);

} // namespace unpod
