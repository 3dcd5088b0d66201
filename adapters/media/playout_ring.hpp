// Speech waiting for the caller, by utterance. Samples stand in one line in the
// order they were given; each utterance counts its own:
//
//   given = sent + queued   (flushed: what was queued is gone)
//
//   filling --finish--> ending --all sent--> drained
//      \________________\____flush_________> flushed
//
// Pure: no clock, no lock. Every utterance up to a flushed one stays flushed.
#pragma once

#include "adapters/media/sample_slabs.hpp"
#include "messages/media_port.hpp"

#include <deque>
#include <vector>

namespace unpod {

struct playout_event {
  enum class kind : std::uint8_t { started, reached, drained, flushed };
  kind what = kind::started;
  generation utterance = 0;
  std::uint64_t samples = 0; // reached: the mark; else all that was sent
};

/// utterances remembered, marks of one, stretches between two gaps of one, events that wait:
/// far above one turn's use; what is beyond is forgotten, oldest first (marks: not taken).
inline constexpr std::size_t utterances_max = 64, marks_max = 16'384, runs_max = 256,
                             playout_events_max = 4'096;

class playout_ring {
public:
  explicit playout_ring(std::size_t samples_max) : samples_max_(samples_max) {}

  /// Would `samples` more be taken?
  bool takes(generation utterance, std::size_t samples) const;
  /// False, and nothing is kept, when `takes` says no.
  bool append(generation utterance, const std::int16_t* pcm, std::size_t samples);
  void finish(generation utterance);
  void mark(generation utterance, std::uint64_t sample);
  playout_position flush(generation utterance);
  std::uint64_t trim(generation utterance, std::uint64_t to);
  playout_position position(generation utterance) const;
  std::uint64_t given(generation utterance) const;

  /// Samples waiting, of all utterances.
  std::size_t queued() const {
    return samples_.size();
  }

  /// Is a frame of so many samples complete: filled, or the end of what will come?
  bool is_ready(std::size_t samples) const;

  /// Fills a frame, zeros behind the last sample; false when nothing waits.
  bool take(std::int16_t* frame, std::size_t samples);

  /// So many samples that are not of this ring left in between.
  void skip(std::size_t samples) {
    downlink_ += samples;
  }

  /// Was anything flushed since this was asked last?
  bool take_cut();

  /// Moves what happened to `out`, in order.
  void take_events(std::vector<playout_event>& out);

  bool has_events() const {
    return !events_.empty();
  }

  /// The client rendered so many samples of the downlink, gaps filled up included.
  void rendered(std::uint64_t downlink_samples);

private:
  /// A stretch of an utterance that went out without a gap.
  struct run {
    std::uint64_t downlink = 0, first = 0, samples = 0;
  };
  struct utterance_state {
    generation id = 0;
    std::uint64_t given = 0, sent = 0;
    bool finished = false, flushed = false, drained = false;
    std::vector<std::uint64_t> marks; // descending: the next is last
    std::vector<run> runs;

    std::uint64_t queued() const {
      return flushed ? 0 : given - sent;
    }
  };

  utterance_state* find(generation utterance);
  const utterance_state* find(generation utterance) const;
  utterance_state& find_or_add(generation utterance);
  void say(playout_event::kind what, generation utterance, std::uint64_t samples);
  void note_sent(utterance_state& utterance, std::uint64_t downlink, std::size_t samples);
  void drain_if_done(utterance_state& utterance);
  std::uint64_t heard(const utterance_state& utterance) const;

  std::size_t samples_max_;
  sample_slabs samples_;
  std::deque<utterance_state> utterances_; // ascending
  generation newest_ = 0, flushed_to_ = 0;
  bool any_flushed_ = false, cut_ = false;
  std::uint64_t downlink_ = 0, rendered_ = 0;
  bool client_reports_ = false;
  std::vector<playout_event> events_;
};

} // namespace unpod
