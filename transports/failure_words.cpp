#include "transports/failure_words.h"

#include <algorithm>

namespace fanout {

// An entry that another worker is writing is passed over: that worker may have died at it. So the
// same words may be kept twice, and whoever counts by words adds the two.
std::uint8_t FailureWords::note(std::string_view words) {
  if (words.empty()) return 0;
  words = words.substr(0, kLongest);
  for (std::size_t i = 0; i < kMost; ++i) {
    Entry& entry = entries_[i];
    State state = entry.state.load(std::memory_order_acquire);
    if (state == State::empty && entry.state.compare_exchange_strong(state, State::writing)) {
      entry.size = static_cast<std::uint32_t>(words.size());
      std::ranges::copy(words, entry.text.begin());
      entry.state.store(State::written, std::memory_order_release);
      return static_cast<std::uint8_t>(i + 1);
    }
    if (state == State::written && entry.view() == words) return static_cast<std::uint8_t>(i + 1);
  }
  return 0;
}

std::string_view FailureWords::at(std::uint8_t number) const {
  if (number == 0 || number > kMost) return {};
  const Entry& entry = entries_[number - 1U];
  return entry.state.load(std::memory_order_acquire) == State::written ? entry.view()
                                                                       : std::string_view();
}

}  // namespace fanout
