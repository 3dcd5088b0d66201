// A call's media as the caller's socket sees it, and the engine that runs all
// of them. The house's side of the same object is `media_port`.
//
//   socket --caller_frame()--> [jitter] --tick: decode, ring, VAD--> tap
//   socket <--media_sink------ [encode] <--tick: playout ring------ play()
#pragma once

#include "adapters/websocket/socket_home.hpp"
#include "messages/limits.hpp"
#include "messages/media_port.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unpod {

enum class audio_encoding : std::uint8_t { pcm_s16le, mulaw, opus };

/// How the caller's socket carries audio; the same both ways, mono.
struct audio_format {
  audio_encoding encoding = audio_encoding::pcm_s16le;
  std::uint32_t sample_rate = 16'000; // 8,000, 16,000, 24,000 or 48,000

  friend bool operator==(const audio_format& a, const audio_format& b) {
    return a.encoding == b.encoding && a.sample_rate == b.sample_rate;
  }
};

std::string to_string(audio_encoding encoding);
/// "pcm_s16le", "mulaw", "opus"; nothing for anything else.
std::optional<audio_encoding> encoding_of(std::string_view name);
bool is_supported(const audio_format& format);

/// Where frames for the caller go. Called on a media thread; must not block.
class media_sink {
public:
  virtual ~media_sink() = default;
  virtual void frame(std::string bytes) = 0;
};

class call_media : public media_port {
public:
  /// From now on the downlink goes here. Before `start` play() already buffers.
  virtual void start(std::shared_ptr<media_sink> sink) = 0;

  /// One binary frame from the caller's socket (opus: one packet). Net thread;
  /// copies, and returns. False: not a possible frame of this format.
  virtual bool caller_frame(std::string_view bytes) = 0;

  /// The client says it has rendered this much of the downlink, ms since the first
  /// frame, cumulative; clamped to what was sent.
  virtual void rendered(std::uint64_t played_ms) = 0;

  /// When the caller's last frame came.
  virtual mono_time last_frame_at() const = 0;

  /// The caller's socket is gone. Closes the port, unless it is the first of a room: the
  /// agent and the other callers go on.
  virtual void leave() {
    close();
  }
};

/// ms. Upper bounds of the buckets in which pacing errors are counted; one more is open.
inline constexpr std::array<double, 20> pacing_bounds_ms{
  0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 3, 4, 5, 7.5, 10, 15, 20, 30, 50};

/// How far the time between two frames to a caller was from one frame, either way. The
/// head start at the beginning of speech is not counted: it is sent in one go on purpose.
struct pacing_figures {
  std::array<std::uint64_t, pacing_bounds_ms.size() + 1> counts{};
  std::uint64_t sum_ns = 0;
};

/// What the engine did so far; each counter only grows.
struct media_figures {
  std::uint64_t calls = 0; // now
  std::uint64_t ticks = 0;
  std::uint64_t late_ticks = 0; // more than one period behind
  std::uint64_t frames_in = 0, frames_out = 0;
  std::uint64_t frames_dropped = 0; // over jitter_frames_max
  std::uint64_t bad_frames = 0;
  pacing_figures pacing;
};

struct media_options {
  std::size_t threads = 1;
  bool realtime = false; // ask for SCHED_FIFO; goes on without when refused
  media_limits bounds;
  seconds up_ring{15};
};

class media_engine {
public:
  virtual ~media_engine() = default;

  /// The media thread with the fewest calls, for the socket of the next one: what lives
  /// on the thread that ticks it is read and written without waking any other. Null: none.
  virtual socket_home* home() {
    return nullptr;
  }

  /// A port for one call; lives until closed and let go. `at`: where its socket lives.
  virtual std::shared_ptr<call_media> open(const audio_format& format,
                                           const socket_home* at = nullptr) = 0;

  /// Records this call (stereo WAV at the port's rate) to `path`, from now on;
  /// null and words in `why` when the file cannot be made.
  virtual std::shared_ptr<call_recording> record(const media_port_ptr& port,
                                                 const std::string& path, std::string& why) = 0;

  /// Seats the guest's caller in the host's room, which is made when there is none. A guest
  /// leaves the room it was in; unless it is `heard` it only listens.
  virtual bool join(const media_port_ptr& host, const media_port_ptr& guest, bool heard,
                    std::string& why) = 0;

  virtual media_figures figures() const = 0;

  /// Stops the threads; ports answer but nothing moves.
  virtual void stop() = 0;
};

std::unique_ptr<media_engine> make_media_engine(const media_options& options);

} // namespace unpod
