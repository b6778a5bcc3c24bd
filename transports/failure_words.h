// Why requests failed, in words, as all workers of a run say it.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace fanout {

// A table of distinct sentences. Usable from any thread, and from processes that share the memory
// it lies in; zeroed memory is an empty table. Nothing is ever taken out.
class FailureWords {
 public:
  static constexpr std::size_t kMost = 32;      // what comes later is not kept
  static constexpr std::size_t kLongest = 200;  // bytes; what is longer is cut

  // The number of these words, from 1 on; 0 for none, and where there is no more room.
  std::uint8_t note(std::string_view words);
  // The words with this number; empty for 0, and for a number that note() has not returned.
  [[nodiscard]] std::string_view at(std::uint8_t number) const;

 private:
  enum class State : std::uint32_t { empty, writing, written };
  struct Entry {
    std::atomic<State> state;
    std::uint32_t size;
    std::array<char, kLongest> text;
    [[nodiscard]] std::string_view view() const { return {text.data(), size}; }
  };
  static_assert(std::atomic<State>::is_always_lock_free);

  std::array<Entry, kMost> entries_{};
};

}  // namespace fanout
