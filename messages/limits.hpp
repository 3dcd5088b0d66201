// Every limit has a name, a unit, a default and a reason. They are handed in,
// never looked up: a test brings its own. `runtime/` fills them from settings.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace unpod {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// What one turn of a conversation is measured by. A pipe may set its own.
struct turn_limits {
  /// ms. Default 500: field practice with a recogniser that keeps up; below 400 a breath ends the
  /// turn.
  milliseconds end_of_turn_silence{500};
  /// ms. Default 3,000: a caller who was heard but not understood waits no longer for an answer.
  milliseconds end_of_turn_max{3'000};
  /// ms. Default 300: shorter sounds are coughs and "mm".
  milliseconds barge_in_min_speech{300};
  /// words. Default 2: recognised words that interrupt before `barge_in_min_speech` is over.
  std::size_t barge_in_min_words = 2;
  /// ms. Default 1,500: a noise that cut the agent off and brought no words is forgiven
  /// then, and the agent goes on where it stopped. Looked at once a second.
  milliseconds false_interruption_wait{1'500};
  /// ms. Default 350: embedded recognisers close an utterance here, so that its words are there in
  /// time.
  milliseconds finalize_silence{350};
  /// s. Default 20: a runner that says nothing for so long in its turn loses it.
  seconds think_max{20};
  /// s. Default 60: nobody speaks at all for so long: the call is over.
  seconds idle_max{60};
};

/// What a call may take.
struct call_limits {
  /// s. Default 15: audio kept for a recogniser that takes over (architecture §3).
  seconds up_ring{15};
  /// bytes. Default 64 KB: text of one agent turn; more is refused with a fatal bridge error.
  std::size_t turn_text_bytes_max = 64 * 1024;
  /// restarts in `restart_window`. Default 2: then the call ends with the child's reason.
  std::size_t restarts_max = 2;
  /// s. Default 10.
  seconds restart_window{10};
  /// ms. Default 500: how long a hang-up in mid-turn waits for the runner's agent.text.end
  /// (contract §3.9).
  milliseconds clean_close_wait{500};
  /// ms. Default 1,000: how long a closed bridge may be redialled (architecture §5).
  milliseconds redial_wait{1'000};
  /// redials. Default 2: the SDK tries three times in all.
  std::size_t redials_max = 2;
  /// s. Default 10: how long queued speech may still play when a call ends politely.
  seconds farewell_max{10};
  /// callers, listeners included. Default 16: who may be in one call at a time.
  std::size_t room_callers_max = 16;
};

/// How calls are given to runners.
struct dispatch_limits {
  /// ms. Default 2,000: contract §2.5.
  milliseconds ack_wait{2'000};
  /// attempts, each with another runner. Default 3: contract §2.5.
  std::size_t attempts_max = 3;
  /// s. Default 20: how long an accepted runner may take to dial the bridge.
  seconds pairing_wait{20};
  /// s. Default 10: heartbeat asked of runners.
  seconds heartbeat{10};
  /// s. Default 30: a runner unheard of for so long is gone.
  seconds heartbeat_ttl{30};
  /// seats. Default 1,000: what one runner may claim; more is a lie or a mistake.
  std::size_t seats_max = 1'000;
  /// runners. Default 10,000: sockets one orchestrator keeps.
  std::size_t runners_max = 10'000;
};

/// How calls are placed. "At a time" counts from the dial to the end of the call.
struct queue_limits {
  /// outbound calls at a time. Default 100: the rest of `calls_max` is left for callers.
  std::size_t slots_max = 100;
  /// outbound calls of one account (project) at a time. Default 50: one does not fill the node.
  std::size_t account_calls_max = 50;
  /// outbound calls over one trunk at a time. Default 100.
  std::size_t trunk_calls_max = 100;
  /// outbound calls from one number at a time. Default 20: more from one number looks like spam.
  std::size_t number_calls_max = 20;
  /// calls begun a second over one trunk. Default 10: carriers refuse more; 0: no limit.
  std::uint32_t trunk_calls_per_s = 10;
  /// s. Default 30: rings unanswered for so long.
  seconds ring_max{30};
  /// times a call that nobody answered is dialled again. Default 2; a busy one never is.
  std::size_t no_answer_retries = 2;
  /// s. Default 120, doubled each time: before a call that nobody answered is dialled again.
  seconds no_answer_wait{120};
  /// times a call that the trunk could not place is dialled again. Default 3.
  std::size_t failure_retries = 3;
  /// s. Default 30, doubled each time: before a call that could not be placed is dialled again.
  seconds failure_wait{30};
  /// calls of one account that are held in memory. Default 64: the others are on the disk.
  std::size_t window_rows = 64;
  /// calls that wait on this node. Default 100,000: some 60 MB of disk; then 503.
  std::size_t waiting_max = 100'000;
};

/// What a node admits.
struct node_limits {
  /// calls. Default 500: beyond it a new call gets 503 and Retry-After.
  std::size_t calls_max = 500;
  /// calls of one pipe. Default 500.
  std::size_t pipe_calls_max = 500;
  /// s. Default 30: how long SIGTERM waits for live calls.
  seconds drain_max{30};
  /// s. Default 60: a session token's life (contract §4.5).
  seconds token_life{60};
  /// s. Default 3,600: a recording's link; it dies with the process, too.
  seconds recording_link_life{3'600};
};

/// What a peer may send on each kind of connection.
struct wire_limits {
  /// bytes of one HTTP head. Default 16 KB.
  std::size_t http_head_bytes_max = 16 * 1024;
  /// header lines of one head. Default 64.
  std::size_t http_headers_max = 64;
  /// bytes of one request body. Default 1 MiB.
  std::size_t http_body_bytes_max = 1024 * 1024;
  /// s. Default 10: head, TLS handshake and first byte; a silent peer is gone.
  seconds http_head_wait{10};
  /// s. Default 60: an idle keep-alive connection.
  seconds http_idle_wait{60};
  /// s. Default 30: how long a handler may take before the peer gets 503.
  seconds http_answer_wait{30};
  /// connections. Default 20,000.
  std::size_t connections_max = 20'000;
  /// bytes of one message on the control socket and the bridge. Default 1 MiB (contract §2.1).
  std::size_t runner_message_bytes_max = 1024 * 1024;
  /// bytes of one message of a client: 20 ms of 48 kHz PCM are 1,920. Default 64 KB.
  std::size_t client_message_bytes_max = 64 * 1024;
  /// levels of JSON. Default 32.
  std::size_t json_depth_max = 32;
  /// bytes waiting for a runner that does not read. Default 256 KB (architecture §3).
  std::size_t runner_queue_bytes_max = 256 * 1024;
  /// bytes waiting for a client that does not read. Default 512 KB: some 16 s of 16 kHz PCM.
  std::size_t client_queue_bytes_max = 512 * 1024;
  /// s. Default 10: the close handshake.
  seconds close_wait{10};
  /// s. Default 20: WebSocket pings; two unanswered and the peer is gone.
  seconds ping_every{20};
  /// s. Default 10: a client must say `start` or send audio by then.
  seconds client_start_wait{10};
  /// s. Default 5: dialling a runner that serves, connect and handshake.
  seconds dial_wait{5};
  /// bad frames of one client before it is closed. Default 1: the first is told, then closed 1008.
  std::size_t bad_frames_max = 1;
};

/// What the media path holds.
struct media_limits {
  /// ms. Default 20: one frame to the caller.
  milliseconds frame{20};
  /// ms. Default 60: how far the downlink may run ahead of real time.
  milliseconds lead_max{60};
  /// s. Default 120: speech waiting in the playout ring of one call.
  seconds playout_max{120};
  /// ms. Default 100: chunk of audio for a recogniser.
  milliseconds tap_chunk{100};
  /// ms. Default 240: quiet after which speech has ended (events carry the true last sample).
  milliseconds vad_hangover{240};
  /// ms. Default 60: speech needed before it counts.
  milliseconds vad_onset{60};
  /// ms. Default 300: audio before the onset that a recogniser also gets.
  milliseconds pre_roll{300};
  /// frames. Default 100: 2 s of a client that sends faster than real time; then the oldest is
  /// dropped.
  std::size_t jitter_frames_max = 100;
  /// s. Default 30: a client from which nothing at all comes for so long is lost.
  seconds silent_client_max{30};
  /// s. Default 60: recording audio that waits for the disk; then silence is written.
  seconds recording_backlog_max{60};
};

/// What speech engines in the process may take.
struct speech_limits {
  /// decoders kept warm. Default 8: 27 MB each with a grammar, some 58 MB for free speech.
  std::size_t decoders_max = 8;
  /// s of audio waiting for one decoder. Default 15.
  seconds decode_backlog_max{15};
  /// bytes of a grammar. Default 16 KB.
  std::size_t grammar_bytes_max = 16 * 1024;
  /// rules of a grammar. Default 64, and 2,000 words.
  std::size_t grammar_rules_max = 64;
  std::size_t grammar_words_max = 2'000;
  /// bytes of one spoken piece. Default 600: longer clauses are cut at a space.
  std::size_t piece_bytes_max = 600;
  /// ms. Default 900: text sent and no audio for so long: the next provider speaks.
  milliseconds first_byte_wait{900};
};

/// What the store may hold back.
struct store_limits {
  /// entries. Default 20,000: journal entries waiting for a store that is slow or gone.
  std::size_t journal_spool_max = 20'000;
  /// ms. Default 50: the journal may lose no more than this (architecture §6).
  milliseconds journal_sync_every{50};
  /// rows of one list answer. Default 1,000.
  std::size_t list_rows_max = 1'000;
  /// bytes of one stored record. Default 1 MiB.
  std::size_t record_bytes_max = 1024 * 1024;
  /// turns kept in a call's transcript. Default 2,000.
  std::size_t transcript_turns_max = 2'000;
};

/// How often whoever comes may ask.
struct api_limits {
  /// requests a second of one key, for long. Default 200: a console that polls is far below;
  /// 0: as often as it likes.
  std::uint32_t key_rate_per_s = 200;
  /// requests of one key at once. Default 400.
  std::uint32_t key_burst = 400;
  /// bad credentials of one address in a minute, for long. Default 60.
  std::uint32_t bad_keys_per_min = 60;
  /// bad credentials of one address at once. Default 100: a fleet behind one address whose
  /// key was revoked.
  std::uint32_t bad_keys_burst = 100;
  /// keys, and addresses, that are remembered. Default 4,096: some 400 KB; beyond it the
  /// one that was quiet for longest is forgotten.
  std::size_t askers_max = 4'096;
};

/// Who may look at calls while they go on, and how far back.
struct watch_limits {
  /// events. Default 512: of one call, to go on from where an observer was cut off; some
  /// two minutes of a lively one.
  std::size_t events_kept = 512;
  /// bytes. Default 64 KB: of one call; whichever of the two is reached first.
  std::size_t event_bytes_kept = 64 * 1024;
  /// calls. Default 64: that ended, their events kept for who comes back for the end.
  std::size_t ended_kept = 64;
  /// observers of a node. Default 1,000: each is a connection and a few KB.
  std::size_t observers_max = 1'000;
  /// observers with one key. Default 100: a wall of screens; beyond it 429.
  std::size_t key_observers_max = 100;
  /// s. Default 15: a sign of life to an observer when nothing happens; below the minute
  /// after which proxies give up.
  seconds heartbeat{15};
  /// bytes. Default 32 KB: handed to an observer at a time.
  std::size_t piece_bytes = 32 * 1024;
};

/// How webhooks are told.
struct webhook_limits {
  /// webhooks of one project. Default 16.
  std::size_t webhooks_max = 16;
  /// deliveries. Default 256: under way at once.
  std::size_t under_way_max = 256;
  /// deliveries. Default 4: under way to one host, so that a flood of calls floods nobody.
  std::size_t host_under_way_max = 4;
  /// deliveries. Default 64: of one webhook that are looked at at a time, the oldest first.
  std::size_t window = 64;
  /// s. Default 10: for the whole of one attempt.
  seconds answer_wait{10};
  /// bytes. Default 16 KB: of an answer that are taken; nobody reads them.
  std::size_t answer_bytes_max = 16 * 1024;
  /// s. Default 5: before the second attempt; doubled for each after it.
  seconds first_retry{5};
  /// s. Default 21,600, six hours: between two attempts at most.
  seconds retry_max{21'600};
  /// s. Default 86,400, a day: then a delivery is dead.
  seconds give_up{86'400};
  /// s. Default 604,800, a week: how long what was delivered, or is dead, is still shown.
  seconds history{604'800};
  /// s. Default 86,400: the old secret signs, too, for so long after a new one was made.
  seconds old_secret_life{86'400};
  /// bytes. Default 256 KB: of a transcript in a delivery; a longer one is left out.
  std::size_t transcript_bytes_max = 256 * 1024;
};

/// What leaves this node over HTTP, because somebody's configuration says so.
struct outgoing_limits {
  /// exchanges. Default 512: at a time; more are refused at once.
  std::size_t exchanges_max = 512;
  /// ms. Default 3,000: one address may take so long to be connected to, TLS included.
  milliseconds connect_wait{3'000};
  /// addresses. Default 3: of one name that are tried.
  std::size_t addresses_tried_max = 3;
  /// bytes. Default 2,048: a URL.
  std::size_t url_bytes_max = 2'048;
  /// bytes. Default 32 KB: the head of an answer.
  std::size_t head_bytes_max = 32 * 1024;
  /// s. Default 30: a name is asked for again after that.
  seconds name_life{30};
  /// names. Default 1,024: remembered at a time.
  std::size_t names_max = 1'024;
  /// lookups. Default 256: waiting for the name threads.
  std::size_t lookups_max = 256;
  /// connections. Default 64: kept open between exchanges.
  std::size_t idle_connections_max = 64;
};

/// What a brain behind a URL may take of a call.
struct brain_limits {
  /// ms. Default 7,000: until its answer begins. With one retry still below think_max.
  milliseconds first_byte{7'000};
  /// ms. Default 5,000: between two pieces of its answer.
  milliseconds quiet{5'000};
  /// ms. Default 60,000: its whole answer.
  milliseconds answer_wait{60'000};
  /// tries after the first, for one turn. Default 1; a brain's own max_retries up to 3.
  std::size_t retries = 1;
  std::size_t retries_max = 3;
  /// ms. Default 1,500: no word for so long, and the caller hears a filler.
  milliseconds filler_after{1'500};
  /// turns in a row without an answer. Default 2: then the call ends.
  std::size_t failed_turns_max = 2;
  /// bytes. Default 1 MiB: an answer on the wire.
  std::size_t answer_bytes_max = 1024 * 1024;
  /// bytes. Default 16 KB: its words, a quarter of an hour of speech; the rest is not said.
  std::size_t answer_text_bytes_max = 16 * 1024;
  /// bytes. Default 64 KB: one line of a stream.
  std::size_t line_bytes_max = 64 * 1024;
  /// turns and bytes of history that a model is given, the newest. Defaults 60 and 32 KB.
  std::size_t history_turns_max = 60;
  std::size_t history_bytes_max = 32 * 1024;
};

/// What the analysis of ended calls may take.
struct analyst_limits {
  /// runs at a time. Default 2: calls in progress need the model more.
  std::size_t at_once_max = 2;
  /// calls. Default 256: taken from the store at a time; the others wait there.
  std::size_t page_max = 256;
  /// s. Default 60: one run.
  seconds run_wait{60};
  /// s. Default 30: how often what waits in the store is looked at again.
  seconds look_every{30};
  /// bytes. Default 64 KB: of a transcript, its end.
  std::size_t transcript_bytes_max = 64 * 1024;
  /// bytes. Default 256 KB: an answer.
  std::size_t answer_bytes_max = 256 * 1024;
};

struct limits {
  turn_limits turn;
  call_limits call;
  dispatch_limits dispatch;
  queue_limits queue;
  node_limits node;
  wire_limits wire;
  media_limits media;
  speech_limits speech;
  store_limits store;
  api_limits api;
  watch_limits watch;
  webhook_limits webhooks;
  outgoing_limits outgoing;
  brain_limits brain;
  analyst_limits analyst;
};

} // namespace unpod
