// Whose turn it is to touch a connection: its strand waits for it, a sender only tries.
//
//   free --held, tried--> somebody's --end of its scope--> free
//
// Whoever only tries takes no other lock while he holds it and waits for nothing: so the
// strand waits some microseconds at most, and nobody waits for the strand.
#pragma once

#include <atomic>
#include <mutex>
#include <thread>

namespace unpod {

class send_turn {
public:
  /// The turn for as long as this lives; whoever has it already keeps it.
  class held {
  public:
    explicit held(send_turn& turn) : turn_(turn), taken_(!turn.is_ours()) {
      if (taken_)
        turn_.take();
    }
    ~held() {
      if (taken_)
        turn_.give_back();
    }
    held(const held&) = delete;
    held& operator=(const held&) = delete;

  private:
    send_turn& turn_;
    const bool taken_;
  };

  /// The turn, if nobody has it: not even this thread.
  class tried {
  public:
    explicit tried(send_turn& turn) : turn_(turn), taken_(turn.try_take()) {}
    ~tried() {
      if (taken_)
        turn_.give_back();
    }
    tried(const tried&) = delete;
    tried& operator=(const tried&) = delete;

    bool is_ours() const {
      return taken_;
    }

  private:
    send_turn& turn_;
    const bool taken_;
  };

private:
  bool is_ours() const {
    return holder_.load(std::memory_order_relaxed) == std::this_thread::get_id();
  }
  void take() {
    mutex_.lock();
    holder_ = std::this_thread::get_id();
  }
  bool try_take() {
    if (is_ours() || !mutex_.try_lock())
      return false;
    holder_ = std::this_thread::get_id();
    return true;
  }
  void give_back() {
    holder_ = std::thread::id{};
    mutex_.unlock();
  }

  std::mutex mutex_;
  std::atomic<std::thread::id> holder_{};
};

} // namespace unpod
