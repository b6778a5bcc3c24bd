// What is kept of a list of requests that is too long for a sample (strategies/sample.h) of each.
//
// Of every request 16 bits are kept: whether it was started, how it ended, and whether either
// happened more than once. How a request can end is written down once, and its bits say where.
// Times go into a histogram, sums and extremes, which do not grow with the list.
//
// It all lies in memory that the workers of a run share, threads or processes, and its controller;
// zeroed, nothing has happened. Every change is atomic, so that nothing is lost or counted twice,
// and none waits for another worker.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/atomic_extremes.h"
#include "base/shared_histogram.h"
#include "strategies/sample.h"

namespace fanout {

class Tally {
 public:
  // A request that a strategy was handed, until its place is wanted for another
  // (strategies/long_list.h).
  struct Entry {
    Request request;
    std::int64_t start_ns = 0;  // base/clock.h, as end_ns
    std::int64_t end_ns = 0;
  };
  struct Slot {
    std::atomic<std::uint32_t> owner;  // 1 + the index of the request that is in it; 0: none
    Entry entry;
  };

  // So many ways to end are told apart.
  static constexpr std::size_t kMostEnds = 16'384;

  // The memory that it needs, of which the first fixed_bytes() do not depend on the list.
  static std::size_t bytes(std::size_t requests, std::size_t slots);
  static std::size_t fixed_bytes();
  // In zeroed memory of as many bytes, aligned to 64 and borrowed. `slots` is a power of two.
  Tally(void* memory, std::size_t requests, std::size_t slots);

  [[nodiscard]] std::size_t size() const { return codes_.size(); }
  [[nodiscard]] Slot& slot_of(std::uint32_t index) const {
    return slots_[index & (slots_.size() - 1)];
  }

  void start(std::uint32_t index, std::int64_t now_ns);
  // What ends a request for the first time after it was started is counted.
  void end(std::uint32_t index, std::int64_t start_ns, std::int64_t end_ns,
           const Response& response);
  // Whether nothing has happened to it; it was started and not ended; it was ended. Any time.
  [[nodiscard]] bool is_untouched(std::uint32_t index) const;
  [[nodiscard]] bool is_under_way(std::uint32_t index) const;
  [[nodiscard]] bool has_ended(std::uint32_t index) const;

  // The request's sample without times and bytes; of one that was given up at the deadline, the end
  // of the first that was.
  [[nodiscard]] Sample at(std::size_t index) const;
  // Service times of those that succeeded, and the bytes of bodies that they received.
  [[nodiscard]] Histogram service_times() const;
  [[nodiscard]] std::uint64_t body_bytes() const;
  [[nodiscard]] std::int64_t first_start_ns() const;  // Least::kNothing: none was started
  [[nodiscard]] std::int64_t last_end_ns() const;     // 0: none has ended
  // Requests that ended in one way too many; they have no outcome.
  [[nodiscard]] std::uint64_t lost() const;

 private:
  enum class Written : std::uint32_t { no, begun, done };
  struct End {
    std::atomic<Written> written;
    Sample sample;
  };
  // Each CPU counts into a part of its own, so that they seldom meet.
  static constexpr std::size_t kParts = 16;
  struct alignas(64) Part {
    SharedHistogram service_times;
    std::atomic<std::uint64_t> body_bytes;
    Least first_start_ns;
    Least first_given_up_ns;
    Greatest last_end_ns;
  };
  struct Fixed {
    std::array<Part, kParts> parts;
    std::array<End, kMostEnds> ends;
    std::atomic<std::uint64_t> lost;
  };

  [[nodiscard]] Part& own_part() const;
  [[nodiscard]] std::uint16_t code_of(const Sample& sample) const;

  Fixed* fixed_;
  std::span<Slot> slots_;
  std::span<std::atomic<std::uint16_t>> codes_;
};

}  // namespace fanout
