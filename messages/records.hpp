// What the store keeps. Each record lists its fields once, with numbers that
// never change; the store encodes by number, tolerantly (an unknown number is
// skipped, a missing one keeps its default). New fields get new numbers.
#pragma once

#include "messages/clock.hpp"
#include "messages/ids.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace unpod {

/// One Speech Pipe. A row of an agent (contract §1.6) is a pipe with a brain.
struct pipe_record {
  pipe_id id;
  std::string project;
  std::string name;
  std::string voice_profile; // id of the profile
  agent_id agent;
  agent_id runner_agent;      // whose runners answer, when not the agent's own (brain.ref)
  std::string agent_endpoint; // ws(s): a runner that serves; http(s): a webhook
  std::string agent_secret;   // signs the serve handshake; never shown
  std::string brain_json;     // `{type, ref?, cfg?}` of an agent row; empty for a plain pipe
  bool recording = false;
  std::int64_t max_call_duration_s = 3600;
  std::int64_t max_concurrent = 0; // 0: the node's limit
  std::string greeting;
  std::string first_speaker; // "agent", "user" or empty
  std::string stt_grammar;
  std::string apology;
  std::string extra_json; // keys the API was given and does not know: kept, shown again
  std::int64_t end_of_turn_silence_ms = 0; // 0: the node's default, for this and the rest
  std::int64_t barge_in_min_speech_ms = 0;
  bool is_default = false; // the agent's first voice
  std::string status = "active";
  wall_ms created = 0;
  wall_ms modified = 0;
};

template <class F>
void each_field(F& f, pipe_record& x) {
  f(1, x.id), f(2, x.project), f(3, x.name), f(4, x.voice_profile), f(5, x.agent);
  f(6, x.agent_endpoint), f(7, x.agent_secret), f(8, x.brain_json), f(9, x.recording);
  f(10, x.max_call_duration_s), f(11, x.max_concurrent), f(12, x.greeting);
  f(13, x.first_speaker), f(14, x.stt_grammar), f(15, x.apology), f(16, x.extra_json);
  f(17, x.end_of_turn_silence_ms), f(18, x.barge_in_min_speech_ms), f(19, x.is_default);
  f(20, x.status), f(21, x.created), f(22, x.modified), f(23, x.runner_agent);
}

/// One turn of a transcript. The agent's text is what the caller heard of it.
struct turn_record {
  std::string role; // "user" or "agent"
  std::string content;
  wall_ms at = 0;
  std::int64_t turn = 0;      // counts user turns, from 1; 0 before the first
  bool interrupted = false;   // the caller cut in: content is the heard part
  std::string words_json;     // word times, where the provider gives them
  std::string ledger_json;    // latency ledger of an answered turn (architecture §4.7)
};

template <class F>
void each_field(F& f, turn_record& x) {
  f(1, x.role), f(2, x.content), f(3, x.at), f(4, x.turn), f(5, x.interrupted);
  f(6, x.words_json), f(7, x.ledger_json);
}

/// One call, which is also its session.
struct call_record {
  call_id id;
  std::string project;
  pipe_id pipe;
  agent_id agent;
  std::string direction = "web"; // inbound, outbound, web
  std::string from_number;
  std::string to_number;
  std::string status = "pending"; // pending, ringing, active, completed, failed, cancelled
  std::string end_reason;
  std::string data_json; // what the creator attached; an object
  std::string instructions;
  std::string worker; // who answered
  std::string recording; // file name under the node's recordings folder; empty: none
  wall_ms created = 0;
  wall_ms started = 0;
  wall_ms ended = 0;
  wall_ms modified = 0;
  std::vector<turn_record> transcript;
};

template <class F>
void each_field(F& f, call_record& x) {
  f(1, x.id), f(2, x.project), f(3, x.pipe), f(4, x.agent), f(5, x.direction);
  f(6, x.from_number), f(7, x.to_number), f(8, x.status), f(9, x.end_reason);
  f(10, x.data_json), f(11, x.instructions), f(12, x.worker), f(13, x.recording);
  f(14, x.created), f(15, x.started), f(16, x.ended), f(17, x.modified), f(18, x.transcript);
}

/// One API key: `sk_<id>_<secret>`; only a salted hash of the secret is kept.
struct key_record {
  std::string id;
  std::string name;
  std::string org;
  std::string project;
  std::string salt; // hex
  std::string hash; // hex of SHA-256(salt ‖ secret)
  std::string status = "active"; // active, revoked
  wall_ms created = 0;
};

template <class F>
void each_field(F& f, key_record& x) {
  f(1, x.id), f(2, x.name), f(3, x.org), f(4, x.project), f(5, x.salt), f(6, x.hash);
  f(7, x.status), f(8, x.created);
}

/// A session token, kept by its hash until it expires, used or not, so that a
/// used one stays used across a restart.
struct token_record {
  std::string hash; // hex of SHA-256(token)
  std::string project;
  pipe_id pipe;
  std::string metadata_json;
  wall_ms expires = 0;
  bool used = false;
};

template <class F>
void each_field(F& f, token_record& x) {
  f(1, x.hash), f(2, x.project), f(3, x.pipe), f(4, x.metadata_json), f(5, x.expires);
  f(6, x.used);
}

/// One event in the life of one call, in order.
struct journal_record {
  call_id call;
  std::uint64_t seq = 0;
  wall_ms at = 0;
  std::string kind; // "dispatch", "user_turn", "barge_in", "provider", "end", …
  std::string body; // JSON object
};

template <class F>
void each_field(F& f, journal_record& x) {
  f(1, x.call), f(2, x.seq), f(3, x.at), f(4, x.kind), f(5, x.body);
}

/// Anything the store keeps.
using stored = std::variant<pipe_record, call_record, key_record, token_record, journal_record>;

} // namespace unpod
