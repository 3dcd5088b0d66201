// Samples first in, first out, in slabs of 2 KB taken when needed and given back
// when read; any stretch of what is held can be read again until it is dropped.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>

namespace unpod {

class sample_slabs {
public:
  static constexpr std::size_t slab_samples = 1'024;

  std::size_t size() const {
    return size_;
  }

  void append(const std::int16_t* pcm, std::size_t samples);

  /// Copies from `offset` samples behind the oldest; `offset + samples <= size()`.
  void read(std::size_t offset, std::int16_t* out, std::size_t samples) const;

  /// Forgets the oldest; at most all.
  void drop(std::size_t samples);

  /// Forgets the newest; at most all. Its slabs are used again.
  void drop_back(std::size_t samples) {
    size_ -= samples < size_ ? samples : size_;
  }

private:
  using slab = std::array<std::int16_t, slab_samples>;

  std::deque<std::unique_ptr<slab>> slabs_;
  std::unique_ptr<slab> spare_; // a ring in balance allocates nothing
  std::size_t head_ = 0, size_ = 0;
};

} // namespace unpod
