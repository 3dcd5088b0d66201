#include "runtime/gauges.hpp"

#include "adapters/api/metric_text.hpp"

#include <cstdio>

namespace unpod {

namespace {

std::string pacing_text(const pacing_figures& pacing) {
  const std::string name = "unpod_media_pacing_error_seconds";
  std::string out = "# TYPE " + name + " histogram\n";
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < pacing.counts.size(); ++i) {
    below += pacing.counts[i];
    char bound[32] = "+Inf";
    if (i < pacing_bounds_ms.size())
      std::snprintf(bound, sizeof bound, "%.9g", pacing_bounds_ms[i] / 1'000);
    out += name + "_bucket{le=\"" + bound + "\"} " + std::to_string(below) + "\n";
  }
  char sum[32];
  std::snprintf(sum, sizeof sum, "%.9g", static_cast<double>(pacing.sum_ns) / 1e9);
  return out + name + "_sum " + sum + "\n" + name + "_count " + std::to_string(below) + "\n";
}

} // namespace

std::string gauges_text(const media_figures& media, const http_figures& http,
                        const queue_figures& queue) {
  return metric("gauge", "unpod_media_calls", media.calls)
         + metric("counter", "unpod_media_ticks_total", media.ticks)
         + metric("counter", "unpod_media_late_ticks_total", media.late_ticks)
         + metric("counter", "unpod_media_frames_in_total", media.frames_in)
         + metric("counter", "unpod_media_frames_out_total", media.frames_out)
         + metric("counter", "unpod_media_frames_dropped_total", media.frames_dropped)
         + metric("counter", "unpod_media_bad_frames_total", media.bad_frames)
         + pacing_text(media.pacing) + metric("gauge", "unpod_http_connections", http.connections)
         + metric("gauge", "unpod_http_websockets", http.websockets)
         + metric("counter", "unpod_http_requests_total", http.requests)
         + metric("counter", "unpod_http_bad_requests_total", http.bad_requests)
         + metric("counter", "unpod_http_slow_readers_cut_total", http.slow_cut)
         + metric("gauge", "unpod_queue_waiting", queue.waiting.load())
         + metric("gauge", "unpod_queue_dialling", queue.dialling.load())
         + metric("gauge", "unpod_queue_live", queue.live.load());
}

std::string standby_gauges_text(const std::map<std::string, std::size_t>& standing) {
  std::string text = "# TYPE unpod_provider_standbys gauge\n";
  for (const auto& [provider, count] : standing)
    text +=
      "unpod_provider_standbys{provider=\"" + provider + "\"} " + std::to_string(count) + "\n";
  return text;
}

} // namespace unpod
