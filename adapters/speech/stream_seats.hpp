// How many streams of a provider there may be at a time, as its plan allows. A connection that
// only stands by takes a seat that calls can spare, and gives it back to one that finds none.
//
//   take()        any free seat, or one that the lender gives back
//   take_spare()  a seat that leaves a quarter of all, and one at least, to calls
//
// Any thread.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

namespace unpod {

class stream_seats : public std::enable_shared_from_this<stream_seats> {
public:
  using seat = std::shared_ptr<void>;

  /// 0: any number.
  explicit stream_seats(std::size_t seats_max) : seats_max_(seats_max) {}

  /// Asked when a call finds no seat; true: one was given back. Set before the first is taken.
  void ask_when_full(std::function<bool()> lender) {
    lender_ = std::move(lender);
  }

  /// A seat for as long as somebody holds it; null: all are taken, by calls.
  seat take() {
    if (auto free = take_leaving(0))
      return free;
    return lender_ && lender_() ? take_leaving(0) : nullptr;
  }

  /// For a connection that no call uses; null: calls may need what is left.
  seat take_spare() {
    return take_leaving(std::max<std::size_t>(1, seats_max_ / spare_share));
  }

private:
  /// One in four.
  static constexpr std::size_t spare_share = 4;

  seat take_leaving(std::size_t free) {
    auto taken = taken_.load();
    do {
      if (seats_max_ > 0 && taken + 1 + free > seats_max_)
        return nullptr;
    } while (!taken_.compare_exchange_weak(taken, taken + 1));
    return {this, [all = shared_from_this()](stream_seats*) { --all->taken_; }};
  }

  const std::size_t seats_max_;
  std::function<bool()> lender_;
  std::atomic<std::size_t> taken_{0};
};

} // namespace unpod
