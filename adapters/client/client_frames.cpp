// Reading and writing a client's text frames.
#include "adapters/client/client_frames.hpp"

#include "adapters/json/json.hpp"

namespace unpod {

namespace {

using frame_or_none = std::optional<client_frame>;

frame_or_none refuse(frame_fault& fault, const char* code, std::string message) {
  fault = {code, std::move(message)};
  return std::nullopt;
}

frame_or_none read_start(const json::value& body, frame_fault& fault) {
  start_frame start;
  const auto* audio = json::member(body, "audio");
  if (!audio || audio->IsNull())
    return start;
  if (!audio->IsObject())
    return refuse(fault, "bad_frame", "audio of a start frame is an object");
  if (json::member(*audio, "encoding")) {
    const auto name = json::text(*audio, "encoding");
    const auto encoding = name ? encoding_of(*name) : std::nullopt;
    if (!encoding)
      return refuse(fault, "unsupported_audio", "encoding is pcm_s16le, mulaw or opus");
    start.audio.encoding = *encoding;
  }
  if (json::member(*audio, "sample_rate")) {
    const auto rate = json::whole(*audio, "sample_rate");
    if (!rate || *rate < 8'000 || *rate > 48'000)
      return refuse(fault, "unsupported_audio", "sample_rate is 8000, 16000, 24000 or 48000");
    start.audio.sample_rate = static_cast<std::uint32_t>(*rate);
  }
  if (!is_supported(start.audio))
    return refuse(fault, "unsupported_audio",
                  to_string(start.audio.encoding) + " is not served at "
                    + std::to_string(start.audio.sample_rate) + " samples/s");
  return start;
}

frame_or_none read_playback(const json::value& body, frame_fault& fault) {
  const auto played = json::number(body, "played_ms");
  if (!played || !(*played >= 0.0))
    return refuse(fault, "bad_frame", "played_ms of a playback frame is a number, 0 or more");
  return playback_frame{*played >= static_cast<double>(played_ms_max)
                          ? played_ms_max
                          : static_cast<std::uint64_t>(*played)};
}

frame_or_none read_dtmf(const json::value& body, frame_fault& fault) {
  auto digits = json::text(body, "digits");
  if (!digits || digits->empty() || digits->size() > dtmf_digits_max
      || digits->find_first_not_of("0123456789*#ABCD") != std::string::npos)
    return refuse(fault, "bad_frame",
                  "digits of a dtmf frame are 1 to " + std::to_string(dtmf_digits_max)
                    + " of 0-9 * # A-D");
  return dtmf_frame{std::move(*digits)};
}

frame_or_none read_mute(const json::value& body, frame_fault& fault) {
  const auto on = json::flag(body, "on");
  if (!on)
    return refuse(fault, "bad_frame", "on of a mute frame is true or false");
  return mute_frame{*on};
}

std::string turn_frame(const char* type, std::string_view text, std::uint64_t turn) {
  json::writer out;
  out.object().field("type", type).field("text", text).field("turn_id", turn).end();
  return out.str();
}

std::string one_field_frame(const char* type, const char* name, std::string_view content) {
  json::writer out;
  out.object().field("type", type).field(name, content).end();
  return out.str();
}

} // namespace

std::optional<client_frame> read_client_frame(std::string_view text, std::size_t depth_max,
                                              frame_fault& fault) {
  std::string why;
  const auto body = json::parse(text, depth_max, why);
  if (!body)
    return refuse(fault, "bad_json", "a text frame is one JSON object: " + why);
  if (!body->IsObject())
    return refuse(fault, "bad_json", "a text frame is one JSON object");
  const auto type = json::text(*body, "type");
  if (!type)
    return refuse(fault, "bad_frame", "a text frame names its type");
  if (*type == "start")
    return read_start(*body, fault);
  if (*type == "playback")
    return read_playback(*body, fault);
  if (*type == "dtmf")
    return read_dtmf(*body, fault);
  if (*type == "mute")
    return read_mute(*body, fault);
  if (*type == "end")
    return end_frame{};
  return refuse(fault, "unknown_type", "a client says start, playback, dtmf, mute or end");
}

std::string started_frame(const call_id& call, const audio_format& audio,
                          std::chrono::milliseconds frame) {
  json::writer out;
  out.object().field("type", "started");
  out.field("session_id", call.str()).field("call_id", call.str());
  out.key("audio").object();
  out.field("encoding", to_string(audio.encoding)).field("sample_rate", audio.sample_rate);
  out.field("frame_ms", frame.count()).end().end();
  return out.str();
}

std::string user_partial_frame(std::string_view text) {
  return one_field_frame("user_partial", "text", text);
}

std::string user_turn_frame(std::string_view text, std::uint64_t turn) {
  return turn_frame("user_turn", text, turn);
}

std::string agent_reply_frame(std::string_view text, std::uint64_t turn) {
  return turn_frame("agent_reply", text, turn);
}

std::string state_frame(std::string_view state) {
  return one_field_frame("state", "state", state);
}

std::string interrupted_frame(std::string_view heard) {
  return one_field_frame("interrupted", "heard_prefix", heard);
}

std::string moved_frame(const call_id& call) {
  return one_field_frame("moved", "session_id", call.str());
}

std::string error_frame(std::string_view code, std::string_view message, bool fatal) {
  json::writer out;
  out.object().field("type", "error").field("code", code);
  out.field("message", message).field("fatal", fatal).end();
  return out.str();
}

std::string ended_frame(end_reason reason) {
  return one_field_frame("ended", "reason", to_string(reason));
}

std::string close_words(std::string_view words) {
  if (words.size() <= close_reason_bytes_max)
    return std::string{words};
  auto length = close_reason_bytes_max;
  while (length > 0 && (static_cast<unsigned char>(words[length]) & 0xC0U) == 0x80U)
    --length;
  return std::string{words.substr(0, length)};
}

} // namespace unpod
