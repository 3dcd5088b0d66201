// The frames of runners and clients: any text is a frame, ignored, or refused with words.
#include "adapters/client/client_frames.hpp"
#include "adapters/runner/bridge_frames.hpp"
#include "adapters/runner/control_frames.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  const unpod::limits bounds;
  const auto depth = bounds.wire.json_depth_max;
  const auto control = unpod::read_control_frame(text, 1'000, depth);
  if (const auto* bad = std::get_if<unpod::bad_frame>(&control))
    fuzz::expect(!bad->why.empty());
  if (const auto* card = std::get_if<unpod::runner_card>(&control))
    fuzz::expect(card->seats <= 1'000);
  const auto bridge = unpod::read_bridge_frame(text, bounds.call.turn_text_bytes_max, depth);
  if (const auto* bad = std::get_if<unpod::bad_bridge_frame>(&bridge))
    fuzz::expect(!bad->why.empty());
  unpod::frame_fault fault;
  if (!unpod::read_client_frame(text, depth, fault))
    fuzz::expect(!fault.code.empty() && !fault.message.empty());
  return 0;
}

std::vector<std::string> fuzz_seeds() {
  return {
    R"({"type":"register","worker_id":"a#1","pool":"a","capabilities":{"voice_profiles":[],)"
    R"("max_concurrent":5,"agent_id":"a","transport":"dial_out","kind":"brain"}})",
    R"({"type":"heartbeat","worker_id":"a#1","active_jobs":2})",
    R"({"type":"job.ack","assign_id":"ASG_1","job_id":"JOB_1","accepted":true})",
    R"({"event":"hello","protocol_version":2,"supported_events":["user.text"],"supported_verbs":[]})",
    R"({"event":"agent.text.delta","text":"hé\u00e9","turn_id":1})",
    R"({"event":"agent.say","text":"__filler:one moment"})",
    R"({"event":"agent.end_call","reason":"done"})",
    R"({"type":"start","audio":{"encoding":"pcm_s16le","sample_rate":16000}})",
    R"({"type":"playback","played_ms":120})",
    R"({"type":"dtmf","digits":"12#"})",
    R"({"type":"mute","on":true})"};
}
