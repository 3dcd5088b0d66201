#include "runtime/gauges.hpp"

namespace unpod {

namespace {

template <class Number>
std::string metric(const char* type, const char* name, Number value) {
  return std::string{"# TYPE "} + name + " " + type + "\n" + name + " " + std::to_string(value)
         + "\n";
}

} // namespace

std::string gauges_text(const media_figures& media, const http_figures& http) {
  return metric("gauge", "unpod_media_calls", media.calls)
         + metric("counter", "unpod_media_ticks_total", media.ticks)
         + metric("counter", "unpod_media_late_ticks_total", media.late_ticks)
         + metric("counter", "unpod_media_frames_in_total", media.frames_in)
         + metric("counter", "unpod_media_frames_out_total", media.frames_out)
         + metric("counter", "unpod_media_frames_dropped_total", media.frames_dropped)
         + metric("counter", "unpod_media_bad_frames_total", media.bad_frames)
         + metric("gauge", "unpod_http_connections", http.connections)
         + metric("gauge", "unpod_http_websockets", http.websockets)
         + metric("counter", "unpod_http_requests_total", http.requests)
         + metric("counter", "unpod_http_bad_requests_total", http.bad_requests)
         + metric("counter", "unpod_http_slow_readers_cut_total", http.slow_cut);
}

} // namespace unpod
