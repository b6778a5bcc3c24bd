#include "strategies/long_list.h"

#include <algorithm>
#include <bit>

#include "base/clock.h"

namespace fanout {

std::size_t LongList::slots_for(unsigned workers) {
  constexpr std::size_t kLeast = 4096;
  constexpr std::size_t kForEachWorker = 8;
  return std::bit_ceil(std::max(kLeast, kForEachWorker * workers));
}

const Request& LongList::at(std::size_t i) {
  const auto index = static_cast<std::uint32_t>(i);
  Tally::Slot& slot = tally_.slot_of(index);
  std::uint32_t owner = slot.owner.load(std::memory_order_acquire);
  const bool is_free = owner == 0 || (owner != index + 1 && tally_.has_ended(owner - 1));
  if (is_free && tally_.is_untouched(index) &&
      slot.owner.compare_exchange_strong(owner, index + 1, std::memory_order_acq_rel)) {
    slot.entry = {.request = make_(index)};
    return slot.entry.request;
  }
  const std::lock_guard lock(mutex_);
  const auto [at, is_new] = beside_.try_emplace(index);
  if (is_new) at->second.request = make_(index);
  return at->second.request;
}

void LongList::started(std::uint32_t index) {
  const std::int64_t start_ns = now_ns();
  entry_of(index).start_ns = start_ns;
  tally_.start(index, start_ns);
}

void LongList::finished(std::uint32_t index, const Response& response) {
  const std::int64_t end_ns = now_ns();
  std::int64_t start_ns = end_ns;
  // Another may have the slot of one that has ended before.
  if (tally_.is_under_way(index)) {
    Tally::Entry& entry = entry_of(index);
    if (response.began_ns != 0) entry.start_ns = response.began_ns;
    start_ns = entry.start_ns;
    entry.end_ns = end_ns;
  }
  tally_.end(index, start_ns, end_ns, response);
}

std::int64_t LongList::service_time_ns(std::uint32_t index) {
  const Tally::Entry& entry = entry_of(index);
  return entry.end_ns - entry.start_ns;
}

Tally::Entry& LongList::entry_of(std::uint32_t index) {
  Tally::Slot& slot = tally_.slot_of(index);
  if (slot.owner.load(std::memory_order_acquire) == index + 1) return slot.entry;
  const std::lock_guard lock(mutex_);
  return beside_[index];
}

}  // namespace fanout
