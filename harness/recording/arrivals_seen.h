// When the requests of a log arrived: their rate, and how bursty they were.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace fanout {

struct ArrivalsSeen {
  std::uint64_t requests = 0;
  std::chrono::nanoseconds span{};  // from the first to the last, or its second's end; > 0
  double rate = 0;                  // requests per second, over all of the span
  double busiest_rate = 0;          // in the busiest part
  std::chrono::seconds part{};      // how long each part is
  // The variance of the counts of parts that hold 5 on average or more, over their mean (the index
  // of dispersion; Cox and Lewis 1966): 1 of requests that know nothing of each other, 0 of evenly
  // spaced ones, and more than 1 of bursts and of a rate that changes. Nothing where there are too
  // few parts.
  std::optional<double> dispersion{};
};

// Counts in parts of a second, or of as many seconds as it takes to have few parts: in flat memory,
// however long the log. Not thread-safe.
class ArrivalCounter {
 public:
  // When a request arrived, since any moment that is the same for all, in any order.
  void add(std::chrono::nanoseconds at);
  // Nothing where all came in the same moment.
  [[nodiscard]] std::optional<ArrivalsSeen> seen() const;

 private:
  [[nodiscard]] std::size_t part_of(std::chrono::nanoseconds at) const;
  void begin_earlier(std::chrono::nanoseconds at);
  void widen();

  std::vector<std::uint64_t> counts_;
  std::chrono::seconds part_{1};
  std::chrono::nanoseconds begin_{};  // of the first part
  std::chrono::nanoseconds first_{};
  std::chrono::nanoseconds last_{};
  std::uint64_t requests_ = 0;
  bool whole_seconds_ = true;  // whether all moments are
};

}  // namespace fanout
