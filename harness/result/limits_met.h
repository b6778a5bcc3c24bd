// What becomes of requests beyond their first attempt, and what a run meets of its server's limits.
// Plain data, part of a run (harness/result/run.h).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace fanout {

// Requests with a second attempt beside the first, which was late.
struct Hedges {
  std::uint64_t sent = 0;
  std::uint64_t won = 0;  // those of them that ended the request; the others were for nothing
};

// The limit of an adaptive strategy at one moment.
struct LimitMoment {
  std::int64_t at_ns = 0;  // from ready() on
  double limit = 0;
  std::uint64_t in_flight = 0;
  std::int64_t latency_ns = 0;  // of the attempt that ended then; 0: not known
};

// What a run met of its server's limits, and what an adaptive strategy made of them
// (docs/adaptive.md).
struct LimitsMet {
  std::uint64_t refused = 0;  // attempts that a limit of the server rejected
  double refused_share = 0;   // of all attempts
  // The most in flight over what the server takes on at most at one moment; nothing: its limits do
  // not say.
  std::optional<double> overshoot;
  // Jain's index of the hosts' answers: 1 where each has its part; nothing: there is one host.
  std::optional<double> fairness;
  // Until the limit of an adaptive strategy stays within 20 % of its later median: from ready() on,
  // or from the moment on when the server's limits changed; nothing: it does not, or has none.
  std::optional<std::int64_t> settle_ns;
  std::vector<LimitMoment> over_time;  // of an adaptive strategy; empty: it is none
};

}  // namespace fanout
