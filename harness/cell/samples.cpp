#include "harness/cell/samples.h"

#include <algorithm>
#include <atomic>

namespace fanout {

bool Samples::has_ended(std::size_t index) const {
  if (tally_) return tally_->has_ended(static_cast<std::uint32_t>(index));
  // What is only read may be const, but std::atomic_ref does not know that before C++26.
  auto& finishes = const_cast<std::uint8_t&>(each_[index].finishes);
  return std::atomic_ref(finishes).load(std::memory_order_acquire) != 0;
}

std::int64_t Samples::first_start_ns() const {
  if (tally_) return tally_->first_start_ns();
  std::int64_t first_ns = Least::kNothing;
  for (const Sample& sample : each_) {
    if (sample.starts != 0) first_ns = std::min(first_ns, sample.start_ns);
  }
  return first_ns;
}

}  // namespace fanout
