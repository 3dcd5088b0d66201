// The numbers CAF gives our message types. One block, one file: two blocks
// that overlap corrupt each other silently.
#pragma once

#include <caf/fwd.hpp>
#include <caf/type_id.hpp>

namespace unpod {

struct timed_word;
struct stt_settings;
struct stt_ready;
struct stt_partial;
struct stt_final;
struct stt_failed;
struct stt_finalize;
struct tts_settings;
struct spoken_word;
struct tts_speak;
struct tts_cancel;
struct tts_first_byte;
struct tts_piece_done;
struct tts_failed;

struct store_write;
struct store_done;
struct consume_token;
struct consumed_token;
struct journal_append;
struct store_health;

struct runner_card;
struct job_assign;
struct job_cancel;
struct job_ack;
struct runner_beat;
struct close_runner;
struct register_runner;
struct registered_runner;
struct bridge_user_text;
struct bridge_interrupted;
struct bridge_state;
struct bridge_metrics;
struct bridge_fatal;
struct bridge_close;
struct runner_joined;
struct runner_delta;
struct runner_text_end;
struct runner_say;
struct runner_filler;
struct runner_recording;
struct runner_end_call;
struct runner_verb;
struct runner_gone;
struct runner_told;
struct runner_usage;
struct bridge_opening;
struct bridge_heard;
struct runner_failed;

struct caller_partial;
struct caller_turn;
struct caller_reply;
struct caller_state;
struct caller_interrupted;
struct caller_ended;
struct caller_dtmf;
struct hang_up;
struct open_call;
struct opened_call;

struct caller_moved;
struct room_seat;
struct join_call;
struct transfer_call;
struct transferred_call;
struct merge_calls;
struct merge_outcome;
struct merged_calls;
struct release_callers;
struct released_callers;
struct remove_participant;
struct removed_participant;
struct say_words;
struct said_words;

struct speech_started;
struct speech_ended;
struct playout_started;
struct playout_reached;
struct playout_drained;
struct playout_flushed;
struct heard_partial;
struct heard_final;
struct hearing_lost;
struct speak_text;
struct speak_end;
struct speak_cancel;
struct voice_asked;
struct voice_sounds;
struct voice_piece;
struct speaking_lost;
struct stop_recording;
struct recording_closed;
struct call_status;

struct dispatch_call;
struct dispatch_candidate;
struct dispatched_call;
struct end_job;
struct offer_job;
struct job_answer;
struct runner_standing;
struct drain_runner;
struct runner_row;
struct list_runners;
struct runner_list;

struct voice_profile;
struct pick_providers;
struct picked_providers;
struct provider_report;
struct provider_health;
struct provider_used;
struct list_providers;
struct provider_list;
struct test_provider;
struct tested_provider;

struct end_call;
struct end_call_done;
struct call_ended;
struct drain_calls;
struct end_all_calls;
struct pipe_status;

struct count_metric;
struct time_metric;
struct read_metrics;
struct metrics_text;

struct analyse_call;
struct analyst_check;

struct turn_check;
struct phase_check;
struct clock_check;
struct voice_check;
struct ack_check;
struct farewell_check;

struct deliveries_due;
struct delivery_answered;
struct delivery_check;
struct nudge_actor;
struct dial_call;
struct drop_dial;
struct dial_ringing;
struct dial_answered;
struct dial_ended;
struct call_queued;
struct cancel_call;
struct cancelled_call;
struct queue_status;
struct queue_check;

} // namespace unpod

CAF_BEGIN_TYPE_ID_BLOCK(unpod, caf::first_custom_type_id)

CAF_ADD_TYPE_ID(unpod, (unpod::timed_word))
CAF_ADD_TYPE_ID(unpod, (unpod::stt_settings))
CAF_ADD_TYPE_ID(unpod, (unpod::stt_ready))
CAF_ADD_TYPE_ID(unpod, (unpod::stt_partial))
CAF_ADD_TYPE_ID(unpod, (unpod::stt_final))
CAF_ADD_TYPE_ID(unpod, (unpod::stt_failed))
CAF_ADD_TYPE_ID(unpod, (unpod::stt_finalize))
CAF_ADD_TYPE_ID(unpod, (unpod::tts_settings))
CAF_ADD_TYPE_ID(unpod, (unpod::spoken_word))
CAF_ADD_TYPE_ID(unpod, (unpod::tts_speak))
CAF_ADD_TYPE_ID(unpod, (unpod::tts_cancel))
CAF_ADD_TYPE_ID(unpod, (unpod::tts_first_byte))
CAF_ADD_TYPE_ID(unpod, (unpod::tts_piece_done))
CAF_ADD_TYPE_ID(unpod, (unpod::tts_failed))

CAF_ADD_TYPE_ID(unpod, (unpod::store_write))
CAF_ADD_TYPE_ID(unpod, (unpod::store_done))
CAF_ADD_TYPE_ID(unpod, (unpod::consume_token))
CAF_ADD_TYPE_ID(unpod, (unpod::consumed_token))
CAF_ADD_TYPE_ID(unpod, (unpod::journal_append))
CAF_ADD_TYPE_ID(unpod, (unpod::store_health))

CAF_ADD_TYPE_ID(unpod, (unpod::runner_card))
CAF_ADD_TYPE_ID(unpod, (unpod::job_assign))
CAF_ADD_TYPE_ID(unpod, (unpod::job_cancel))
CAF_ADD_TYPE_ID(unpod, (unpod::job_ack))
CAF_ADD_TYPE_ID(unpod, (unpod::runner_beat))
CAF_ADD_TYPE_ID(unpod, (unpod::close_runner))
CAF_ADD_TYPE_ID(unpod, (unpod::register_runner))
CAF_ADD_TYPE_ID(unpod, (unpod::registered_runner))
CAF_ADD_TYPE_ID(unpod, (unpod::bridge_user_text))
CAF_ADD_TYPE_ID(unpod, (unpod::bridge_interrupted))
CAF_ADD_TYPE_ID(unpod, (unpod::bridge_state))
CAF_ADD_TYPE_ID(unpod, (unpod::bridge_metrics))
CAF_ADD_TYPE_ID(unpod, (unpod::bridge_fatal))
CAF_ADD_TYPE_ID(unpod, (unpod::bridge_close))
CAF_ADD_TYPE_ID(unpod, (unpod::runner_joined))
CAF_ADD_TYPE_ID(unpod, (unpod::runner_delta))
CAF_ADD_TYPE_ID(unpod, (unpod::runner_text_end))
CAF_ADD_TYPE_ID(unpod, (unpod::runner_say))
CAF_ADD_TYPE_ID(unpod, (unpod::runner_filler))
CAF_ADD_TYPE_ID(unpod, (unpod::runner_recording))
CAF_ADD_TYPE_ID(unpod, (unpod::runner_end_call))
CAF_ADD_TYPE_ID(unpod, (unpod::runner_verb))
CAF_ADD_TYPE_ID(unpod, (unpod::runner_gone))
CAF_ADD_TYPE_ID(unpod, (unpod::runner_told))
CAF_ADD_TYPE_ID(unpod, (unpod::runner_usage))
CAF_ADD_TYPE_ID(unpod, (unpod::bridge_opening))
CAF_ADD_TYPE_ID(unpod, (unpod::bridge_heard))
CAF_ADD_TYPE_ID(unpod, (unpod::runner_failed))

CAF_ADD_TYPE_ID(unpod, (unpod::caller_partial))
CAF_ADD_TYPE_ID(unpod, (unpod::caller_turn))
CAF_ADD_TYPE_ID(unpod, (unpod::caller_reply))
CAF_ADD_TYPE_ID(unpod, (unpod::caller_state))
CAF_ADD_TYPE_ID(unpod, (unpod::caller_interrupted))
CAF_ADD_TYPE_ID(unpod, (unpod::caller_ended))
CAF_ADD_TYPE_ID(unpod, (unpod::caller_dtmf))
CAF_ADD_TYPE_ID(unpod, (unpod::hang_up))
CAF_ADD_TYPE_ID(unpod, (unpod::open_call))
CAF_ADD_TYPE_ID(unpod, (unpod::opened_call))

CAF_ADD_TYPE_ID(unpod, (unpod::caller_moved))
CAF_ADD_TYPE_ID(unpod, (unpod::room_seat))
CAF_ADD_TYPE_ID(unpod, (unpod::join_call))
CAF_ADD_TYPE_ID(unpod, (unpod::transfer_call))
CAF_ADD_TYPE_ID(unpod, (unpod::transferred_call))
CAF_ADD_TYPE_ID(unpod, (unpod::merge_calls))
CAF_ADD_TYPE_ID(unpod, (unpod::merge_outcome))
CAF_ADD_TYPE_ID(unpod, (unpod::merged_calls))
CAF_ADD_TYPE_ID(unpod, (unpod::release_callers))
CAF_ADD_TYPE_ID(unpod, (unpod::released_callers))
CAF_ADD_TYPE_ID(unpod, (unpod::remove_participant))
CAF_ADD_TYPE_ID(unpod, (unpod::removed_participant))
CAF_ADD_TYPE_ID(unpod, (unpod::say_words))
CAF_ADD_TYPE_ID(unpod, (unpod::said_words))

CAF_ADD_TYPE_ID(unpod, (unpod::speech_started))
CAF_ADD_TYPE_ID(unpod, (unpod::speech_ended))
CAF_ADD_TYPE_ID(unpod, (unpod::playout_started))
CAF_ADD_TYPE_ID(unpod, (unpod::playout_reached))
CAF_ADD_TYPE_ID(unpod, (unpod::playout_drained))
CAF_ADD_TYPE_ID(unpod, (unpod::playout_flushed))
CAF_ADD_TYPE_ID(unpod, (unpod::heard_partial))
CAF_ADD_TYPE_ID(unpod, (unpod::heard_final))
CAF_ADD_TYPE_ID(unpod, (unpod::hearing_lost))
CAF_ADD_TYPE_ID(unpod, (unpod::speak_text))
CAF_ADD_TYPE_ID(unpod, (unpod::speak_end))
CAF_ADD_TYPE_ID(unpod, (unpod::speak_cancel))
CAF_ADD_TYPE_ID(unpod, (unpod::voice_asked))
CAF_ADD_TYPE_ID(unpod, (unpod::voice_sounds))
CAF_ADD_TYPE_ID(unpod, (unpod::voice_piece))
CAF_ADD_TYPE_ID(unpod, (unpod::speaking_lost))
CAF_ADD_TYPE_ID(unpod, (unpod::stop_recording))
CAF_ADD_TYPE_ID(unpod, (unpod::recording_closed))
CAF_ADD_TYPE_ID(unpod, (unpod::call_status))

CAF_ADD_TYPE_ID(unpod, (unpod::dispatch_call))
CAF_ADD_TYPE_ID(unpod, (unpod::dispatch_candidate))
CAF_ADD_TYPE_ID(unpod, (unpod::dispatched_call))
CAF_ADD_TYPE_ID(unpod, (unpod::end_job))
CAF_ADD_TYPE_ID(unpod, (unpod::offer_job))
CAF_ADD_TYPE_ID(unpod, (unpod::job_answer))
CAF_ADD_TYPE_ID(unpod, (unpod::runner_standing))
CAF_ADD_TYPE_ID(unpod, (unpod::drain_runner))
CAF_ADD_TYPE_ID(unpod, (unpod::runner_row))
CAF_ADD_TYPE_ID(unpod, (unpod::list_runners))
CAF_ADD_TYPE_ID(unpod, (unpod::runner_list))

CAF_ADD_TYPE_ID(unpod, (unpod::voice_profile))
CAF_ADD_TYPE_ID(unpod, (unpod::pick_providers))
CAF_ADD_TYPE_ID(unpod, (unpod::picked_providers))
CAF_ADD_TYPE_ID(unpod, (unpod::provider_report))
CAF_ADD_TYPE_ID(unpod, (unpod::provider_health))
CAF_ADD_TYPE_ID(unpod, (unpod::provider_used))
CAF_ADD_TYPE_ID(unpod, (unpod::list_providers))
CAF_ADD_TYPE_ID(unpod, (unpod::provider_list))
CAF_ADD_TYPE_ID(unpod, (unpod::test_provider))
CAF_ADD_TYPE_ID(unpod, (unpod::tested_provider))

CAF_ADD_TYPE_ID(unpod, (unpod::end_call))
CAF_ADD_TYPE_ID(unpod, (unpod::end_call_done))
CAF_ADD_TYPE_ID(unpod, (unpod::call_ended))
CAF_ADD_TYPE_ID(unpod, (unpod::drain_calls))
CAF_ADD_TYPE_ID(unpod, (unpod::end_all_calls))
CAF_ADD_TYPE_ID(unpod, (unpod::pipe_status))

CAF_ADD_TYPE_ID(unpod, (unpod::count_metric))
CAF_ADD_TYPE_ID(unpod, (unpod::time_metric))
CAF_ADD_TYPE_ID(unpod, (unpod::read_metrics))
CAF_ADD_TYPE_ID(unpod, (unpod::metrics_text))

CAF_ADD_TYPE_ID(unpod, (unpod::analyse_call))
CAF_ADD_TYPE_ID(unpod, (unpod::analyst_check))

CAF_ADD_TYPE_ID(unpod, (unpod::turn_check))
CAF_ADD_TYPE_ID(unpod, (unpod::phase_check))
CAF_ADD_TYPE_ID(unpod, (unpod::clock_check))
CAF_ADD_TYPE_ID(unpod, (unpod::voice_check))
CAF_ADD_TYPE_ID(unpod, (unpod::ack_check))
CAF_ADD_TYPE_ID(unpod, (unpod::farewell_check))

CAF_ADD_TYPE_ID(unpod, (unpod::deliveries_due))
CAF_ADD_TYPE_ID(unpod, (unpod::delivery_answered))
CAF_ADD_TYPE_ID(unpod, (unpod::delivery_check))
CAF_ADD_TYPE_ID(unpod, (unpod::nudge_actor))
CAF_ADD_TYPE_ID(unpod, (unpod::dial_call))
CAF_ADD_TYPE_ID(unpod, (unpod::drop_dial))
CAF_ADD_TYPE_ID(unpod, (unpod::dial_ringing))
CAF_ADD_TYPE_ID(unpod, (unpod::dial_answered))
CAF_ADD_TYPE_ID(unpod, (unpod::dial_ended))
CAF_ADD_TYPE_ID(unpod, (unpod::call_queued))
CAF_ADD_TYPE_ID(unpod, (unpod::cancel_call))
CAF_ADD_TYPE_ID(unpod, (unpod::cancelled_call))
CAF_ADD_TYPE_ID(unpod, (unpod::queue_status))
CAF_ADD_TYPE_ID(unpod, (unpod::queue_check))

CAF_END_TYPE_ID_BLOCK(unpod)
