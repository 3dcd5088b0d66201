// How we show a runner of transport `serve` that the dial is ours (contract §3.3).
//
//   message   = session_id | job_id | nonce | ts       joined by '|', UTF-8
//   signature = base64( HMAC-SHA256(agent_secret, message) )
//   query     = session_id, job_id, nonce, ts, signature, each URL-encoded
#pragma once

#include "messages/clock.hpp"
#include "messages/ids.hpp"

#include <string>
#include <string_view>

namespace unpod {

/// 32 hex digits from the system's generator; never used twice.
std::string fresh_nonce();

/// Base64 with padding.
std::string serve_signature(std::string_view secret, const call_id& session, const job_id& job,
                            std::string_view nonce, wall_ms now);

/// Everything but unreserved characters (RFC 3986 §2.3) percent-encoded.
std::string url_encode(std::string_view text);

/// `serving_url` with the query appended; an existing query is kept. Without a secret
/// the runner checks nothing, and gets no signature.
std::string signed_serve_url(const std::string& serving_url, std::string_view secret,
                             const call_id& session, const job_id& job, std::string_view nonce,
                             wall_ms now);

} // namespace unpod
