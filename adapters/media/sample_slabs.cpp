#include "adapters/media/sample_slabs.hpp"

#include <algorithm>

namespace unpod {

void sample_slabs::append(const std::int16_t* pcm, std::size_t samples) {
  while (samples > 0) {
    const auto end = head_ + size_;
    if (end == slabs_.size() * slab_samples)
      slabs_.push_back(spare_ ? std::move(spare_) : std::make_unique<slab>());
    const auto within = end % slab_samples;
    const auto piece = std::min(samples, slab_samples - within);
    std::copy_n(pcm, piece, slabs_[end / slab_samples]->begin() + within);
    size_ += piece;
    pcm += piece;
    samples -= piece;
  }
}

void sample_slabs::read(std::size_t offset, std::int16_t* out, std::size_t samples) const {
  auto at = head_ + offset;
  while (samples > 0) {
    const auto within = at % slab_samples;
    const auto piece = std::min(samples, slab_samples - within);
    std::copy_n(slabs_[at / slab_samples]->begin() + within, piece, out);
    at += piece;
    out += piece;
    samples -= piece;
  }
}

void sample_slabs::drop(std::size_t samples) {
  samples = std::min(samples, size_);
  head_ += samples;
  size_ -= samples;
  while (head_ >= slab_samples) {
    spare_ = std::move(slabs_.front());
    slabs_.pop_front();
    head_ -= slab_samples;
  }
}

} // namespace unpod
