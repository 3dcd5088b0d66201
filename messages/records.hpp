// What the store keeps. Each record lists its fields once, with numbers that
// never change; the store encodes by number, tolerantly (an unknown number is
// skipped, a missing one keeps its default). New fields get new numbers.
#pragma once

#include "messages/clock.hpp"
#include "messages/ids.hpp"
#include "messages/secret.hpp"

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
  secret_text agent_secret;   // signs the serve handshake; never shown
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
  std::string
    transfer_allow; // numbers, and beginnings of numbers with '*' behind, parted by blanks
  std::string transfer_refusal; // what is said when a transfer is refused
  std::string calling_hours;    // when it may call out (messages/calling_hours.hpp); empty: always
};

template <class F>
void each_field(F& f, pipe_record& x) {
  f(1, x.id), f(2, x.project), f(3, x.name), f(4, x.voice_profile), f(5, x.agent);
  f(6, x.agent_endpoint), f(7, x.agent_secret), f(8, x.brain_json), f(9, x.recording);
  f(10, x.max_call_duration_s), f(11, x.max_concurrent), f(12, x.greeting);
  f(13, x.first_speaker), f(14, x.stt_grammar), f(15, x.apology), f(16, x.extra_json);
  f(17, x.end_of_turn_silence_ms), f(18, x.barge_in_min_speech_ms), f(19, x.is_default);
  f(20, x.status), f(21, x.created), f(22, x.modified), f(23, x.runner_agent);
  f(24, x.calling_hours), f(40, x.transfer_allow), f(41, x.transfer_refusal);
}

/// One turn of a transcript. The agent's text is what the caller heard of it.
struct turn_record {
  std::string role; // "user" or "agent"
  std::string content;
  wall_ms at = 0;
  std::int64_t turn = 0;    // counts user turns, from 1; 0 before the first
  bool interrupted = false; // the caller cut in: content is the heard part
  std::string words_json;   // word times, where the provider gives them
  std::string ledger_json;  // latency ledger of an answered turn (architecture §4.7)
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
  std::string worker;    // who answered
  std::string recording; // file name under the node's recordings folder; empty: none
  wall_ms created = 0;
  wall_ms started = 0;
  wall_ms ended = 0;
  wall_ms modified = 0;
  std::vector<turn_record> transcript;
  std::string participants;  // who is in it, parted by blanks; empty: the caller and the agent
  call_id room;              // the call its callers were moved into; empty: its own
  std::string trunk;         // outbound: who carries it
  wall_ms due = 0;           // outbound, waiting: not dialled before; 0: it does not wait
  std::int64_t attempts = 0; // outbound: dialled so often
  std::string last_failure;  // outbound: how the attempt before ended: no_answer, …
};

template <class F>
void each_field(F& f, call_record& x) {
  f(1, x.id), f(2, x.project), f(3, x.pipe), f(4, x.agent), f(5, x.direction);
  f(6, x.from_number), f(7, x.to_number), f(8, x.status), f(9, x.end_reason);
  f(10, x.data_json), f(11, x.instructions), f(12, x.worker), f(13, x.recording);
  f(14, x.created), f(15, x.started), f(16, x.ended), f(17, x.modified), f(18, x.transcript);
  f(19, x.trunk), f(20, x.due), f(21, x.attempts), f(22, x.last_failure);
  f(40, x.participants), f(41, x.room);
}

/// Who runs agents here: its projects, its keys, nobody else's business.
struct org_record {
  std::string id;     // ORG_…
  std::string handle; // what an Org-Handle header names
  std::string name;
  wall_ms created = 0;
  wall_ms modified = 0;
};

template <class F>
void each_field(F& f, org_record& x) {
  f(1, x.id), f(2, x.handle), f(3, x.name), f(4, x.created), f(5, x.modified);
}

/// A project, which Unpod's users also know as a space: what isolates every resource.
struct project_record {
  std::string id; // PRJ_…
  std::string org;
  std::string name;
  wall_ms created = 0;
  wall_ms modified = 0;
};

template <class F>
void each_field(F& f, project_record& x) {
  f(1, x.id), f(2, x.org), f(3, x.name), f(4, x.created), f(5, x.modified);
}

/// One API key: `sk_<id>_<secret>`; only a salted hash of the secret is kept.
struct key_record {
  std::string id;
  std::string name;
  std::string org;
  std::string project;
  std::string salt;              // hex
  std::string hash;              // hex of SHA-256(salt ‖ secret)
  std::string status = "active"; // active, revoked
  wall_ms created = 0;
  std::string scopes;      // of admin, runner, call, read, parted by blanks; empty: admin
  wall_ms last_used = 0;   // to the minute
  bool node_admin = false; // makes organisations; the first key is one
};

template <class F>
void each_field(F& f, key_record& x) {
  f(1, x.id), f(2, x.name), f(3, x.org), f(4, x.project), f(5, x.salt), f(6, x.hash);
  f(7, x.status), f(8, x.created), f(9, x.scopes), f(10, x.last_used), f(11, x.node_admin);
}

/// A telephone number. Its ids are made of its digits: NUM_14155550101 and 14155550101.
struct number_record {
  std::string number; // E.164, with '+': unique on the node
  std::string project;
  std::string country; // ISO 3166-1, two letters; empty: unknown
  pipe_id pipe;        // where its calls go; empty: nowhere
  agent_id agent;      // set when it was attached to an agent rather than to one pipe
  std::string inbound_trunk;
  std::string outbound_trunk;
  std::string status = "available"; // available, assigned, disabled
  std::string bridge_slug;
  std::string region;
  std::string extra_json;
  wall_ms created = 0;
  wall_ms modified = 0;
};

template <class F>
void each_field(F& f, number_record& x) {
  f(1, x.number), f(2, x.project), f(3, x.country), f(4, x.pipe), f(5, x.agent);
  f(6, x.inbound_trunk), f(7, x.outbound_trunk), f(8, x.status), f(9, x.bridge_slug);
  f(10, x.region), f(11, x.extra_json), f(12, x.created), f(13, x.modified);
}

/// A SIP trunk. Its string id holds its integer one: TK_482910374.
struct trunk_record {
  std::string id;
  std::string project;
  std::string name;
  std::string type = "byo"; // byo, livekit
  std::string sip_url;      // sip:host[:port]
  std::string username;
  secret_text password;          // never shown
  std::string transport = "tls"; // udp, tcp, tls
  std::string port;
  std::string source_ips; // addresses and networks, parted by blanks
  std::string provider;
  std::string provider_trunk;
  std::string status = "active";
  wall_ms created = 0;
  wall_ms modified = 0;
};

template <class F>
void each_field(F& f, trunk_record& x) {
  f(1, x.id), f(2, x.project), f(3, x.name), f(4, x.type), f(5, x.sip_url), f(6, x.username);
  f(7, x.password), f(8, x.transport), f(9, x.port), f(10, x.source_ips), f(11, x.provider);
  f(12, x.provider_trunk), f(13, x.status), f(14, x.created), f(15, x.modified);
}

/// What is asked of every session of some agents when it has ended (contract §1.15).
struct analytics_block {
  std::string id; // ABK_…
  std::string project;
  std::string org;
  std::string name;
  std::string prompt;
  std::string fields_json; // array of field specs
  std::string summary_description;
  std::string model;
  bool success_enabled = true;
  std::string success_description;
  std::string success_type = "bool"; // bool, enum
  std::string success_choices_json;
  std::string condition_json;
  std::string template_id;
  std::int64_t version = 1;
  std::string state = "active"; // active, archived
  std::string agents;           // agent ids, parted by blanks
  wall_ms created = 0;
  wall_ms modified = 0;
};

template <class F>
void each_field(F& f, analytics_block& x) {
  f(1, x.id), f(2, x.project), f(3, x.org), f(4, x.name), f(5, x.prompt), f(6, x.fields_json);
  f(7, x.summary_description), f(8, x.model), f(9, x.success_enabled);
  f(10, x.success_description), f(11, x.success_type), f(12, x.success_choices_json);
  f(13, x.condition_json), f(14, x.template_id), f(15, x.version), f(16, x.state);
  f(17, x.agents), f(18, x.created), f(19, x.modified);
}

/// What one block found in one session.
struct analytics_result {
  std::string id; // ANR_…
  std::string project;
  std::string block;
  std::int64_t block_version = 1;
  std::string name;
  call_id call;
  agent_id agent;
  std::string status = "ok"; // ok, failed, skipped
  std::string summary;
  std::string success_json; // bool, string or null
  std::string data_json;
  std::string error;
  std::string model;
  std::int64_t latency_ms = 0;
  wall_ms created = 0;
};

template <class F>
void each_field(F& f, analytics_result& x) {
  f(1, x.id), f(2, x.project), f(3, x.block), f(4, x.block_version), f(5, x.name), f(6, x.call);
  f(7, x.agent), f(8, x.status), f(9, x.summary), f(10, x.success_json), f(11, x.data_json);
  f(12, x.error), f(13, x.model), f(14, x.latency_ms), f(15, x.created);
}

/// One write that the API was asked for, kept in the batch that did it.
struct audit_record {
  std::string id; // ADT_…, in order of time
  std::string project;
  std::string key;    // id of the key that asked
  std::string action; // "POST v1/pipes"
  std::string target; // what it changed: "pipe PIPE_…"
  std::string peer;
  wall_ms at = 0;
};

template <class F>
void each_field(F& f, audit_record& x) {
  f(1, x.id), f(2, x.project), f(3, x.key), f(4, x.action), f(5, x.target), f(6, x.peer);
  f(7, x.at);
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

/// A tool of a project, as its users wrote it down (SDK 0.5.0 `client.tools`).
struct tool_record {
  std::string id; // <project>/<name>
  std::string project;
  std::string name;      // what a model calls it
  std::string body_json; // everything else that was given: kept, shown again
  wall_ms created = 0;
  wall_ms modified = 0;
  std::string agents_json; // array: the agents it is attached to
};

template <class F>
void each_field(F& f, tool_record& x) {
  f(1, x.id), f(2, x.project), f(3, x.name), f(4, x.body_json), f(5, x.created), f(6, x.modified);
  f(7, x.agents_json);
}

/// How a project wants some words heard and spoken (SDK 0.5.0 `client.domain_dictionaries`).
struct dictionary_record {
  std::string id; // <project>/<domain>
  std::string project;
  std::string name; // the domain
  std::string body_json;
  wall_ms created = 0;
  wall_ms modified = 0;
  std::string agents_json; // array: the agents in its reverse index
};

template <class F>
void each_field(F& f, dictionary_record& x) {
  f(1, x.id), f(2, x.project), f(3, x.name), f(4, x.body_json), f(5, x.created), f(6, x.modified);
  f(7, x.agents_json);
}

/// An outbound call that is not over: it waits for its turn, or an attempt at it has begun.
/// Erased in the batch that ends it, or once its CALL has ended it.
struct queued_call {
  call_id call;
  std::string project;
  std::string trunk; // which gate, besides the project's and the number's
  std::string from_number;
  std::string to_number;
  wall_ms created = 0;
  wall_ms due = 0;           // not before
  std::int64_t attempts = 0; // dialled so often
  std::string last_failure;  // busy, no_answer, …
  bool begun = false;        // the attempt `attempts` may have left the node
  pipe_id pipe;
  std::string zone; // the callee's time zone ("Europe/Berlin"); empty: unknown
};

template <class F>
void each_field(F& f, queued_call& x) {
  f(1, x.call), f(2, x.project), f(3, x.trunk), f(4, x.from_number), f(5, x.to_number);
  f(6, x.created), f(7, x.due), f(8, x.attempts), f(9, x.last_failure);
  f(10, x.begun), f(11, x.pipe), f(12, x.zone);
}

/// Where a project wants to be told of its calls.
struct webhook_record {
  std::string id; // WHK_…
  std::string project;
  std::string url;
  secret_text secret;            // signs every delivery; shown once
  std::string events;            // names, parted by blanks; empty: all
  std::string status = "active"; // active, paused
  wall_ms created = 0;
  wall_ms modified = 0;
  secret_text old_secret; // signs too, for a while after a new one was made
  wall_ms old_secret_until = 0;
  std::string description;
};

template <class F>
void each_field(F& f, webhook_record& x) {
  f(1, x.id), f(2, x.project), f(3, x.url), f(4, x.secret), f(5, x.events), f(6, x.status);
  f(7, x.created), f(8, x.modified), f(9, x.old_secret), f(10, x.old_secret_until);
  f(11, x.description);
}

/// One event that one webhook is to be told of. Its key begins with whether it still is,
/// so that what is pending is found without a look at what is not.
struct delivery_record {
  std::string id; // DLV_…, in order of time
  std::string project;
  std::string webhook;
  call_id call;
  std::string event;
  std::string body_json;
  std::int64_t attempts = 0;
  wall_ms due = 0;
  std::string status = "pending"; // pending, delivered, dead
  std::string last_error;
  wall_ms created = 0;
  wall_ms queued = 0;           // since when it is tried: its day begins here
  std::int64_t last_status = 0; // of the last answer; 0: there was none
  wall_ms delivered = 0;
};

template <class F>
void each_field(F& f, delivery_record& x) {
  f(1, x.id), f(2, x.project), f(3, x.webhook), f(4, x.call), f(5, x.event), f(6, x.body_json);
  f(7, x.attempts), f(8, x.due), f(9, x.status), f(10, x.last_error), f(11, x.created);
  f(12, x.queued), f(13, x.last_status), f(14, x.delivered);
}

/// What one source used up in one call; the pair (source, seq) counts once.
struct usage_record {
  call_id call;
  std::string project;
  agent_id agent;
  std::string source; // "node", or who reported it
  std::uint64_t seq = 0;
  std::string body_json; // what and how much (contract §1.17)
  wall_ms at = 0;
};

template <class F>
void each_field(F& f, usage_record& x) {
  f(1, x.call), f(2, x.project), f(3, x.agent), f(4, x.source), f(5, x.seq), f(6, x.body_json);
  f(7, x.at);
}

/// How often a project made the first voice of an agent: two who do so at once meet here, and
/// one of them is refused.
struct agent_mark {
  std::string id; // a hash of project and agent
  std::string project;
  std::int64_t made = 0;
};

template <class F>
void each_field(F& f, agent_mark& x) {
  f(1, x.id), f(2, x.project), f(3, x.made);
}

/// An ended call whose analytics blocks are to be run; erased in the batch that keeps what
/// they found.
struct analysis_record {
  call_id call;
  std::string project;
  agent_id agent;
  wall_ms created = 0;
};

template <class F>
void each_field(F& f, analysis_record& x) {
  f(1, x.call), f(2, x.project), f(3, x.agent), f(4, x.created);
}

/// Anything the store keeps.
using stored =
  std::variant<pipe_record, call_record, key_record, token_record, journal_record, org_record,
               project_record, number_record, trunk_record, analytics_block, analytics_result,
               audit_record, tool_record, dictionary_record, queued_call, webhook_record,
               delivery_record, usage_record, agent_mark, analysis_record>;

} // namespace unpod
