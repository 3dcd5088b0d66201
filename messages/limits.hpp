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

struct limits {
  turn_limits turn;
  call_limits call;
  dispatch_limits dispatch;
  node_limits node;
  wire_limits wire;
  media_limits media;
  speech_limits speech;
  store_limits store;
  api_limits api;
};

} // namespace unpod
