// From observations to hosts of the embedded server that behave alike: pure functions.
//
// The think time of an answer, what the API itself takes, is the time to its last byte less one
// round trip: the local network delivers bodies at once, so what they took is part of it. A round
// trip is how long TCP took to connect: the median of the smaller half of all connects, since what
// disturbs a connect (a busy machine, a packet sent again) only makes it longer, while the very
// smallest is a matter of luck.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/recording/observation.h"
#include "local_server/behaviour.h"

namespace fanout {

// A scenario has at most so many think times and sizes of a host; more are thinned to quantiles.
// With fewer, p99 would lie between two of them that are far apart.
inline constexpr std::size_t kMostValues = 1000;
// A shorter round trip is that of a machine nearby, and is not emulated: the local server's own
// takes its place.
inline constexpr std::chrono::nanoseconds kLeastRoundTrip = std::chrono::microseconds(200);

// What the local server and its clients take of their own where an answer is held back: from 0.09
// to 0.16 ms on the machine it was tried on. Think times are fitted less that, or as none.
inline constexpr std::chrono::nanoseconds kLocalPath = std::chrono::microseconds(100);

// What was seen of a host, values in ascending order.
struct Seen {
  std::size_t requests = 0;
  std::size_t usable = 0;  // Observation::is_usable
  // Without that of the very first of our own requests, by which a server warms up.
  std::vector<std::chrono::nanoseconds> think_times{};
  // The same apart: over connections used before, and over new ones.
  std::vector<std::chrono::nanoseconds> on_kept{};
  std::vector<std::chrono::nanoseconds> on_new{};
  std::vector<std::chrono::nanoseconds> handshakes{};  // of TLS
  std::optional<std::chrono::nanoseconds> round_trip{};
  std::vector<std::uint64_t> sizes{};           // of usable answers
  std::optional<std::uint64_t> header_bytes{};  // the median
  unsigned http_version = 0;                    // the highest it agreed to; 0: not known
  enum class Tls : std::uint8_t { unknown, v12, v13 };
  Tls tls = Tls::unknown;  // of HostFit::behaviour.tls, which version
  std::map<unsigned, std::size_t> statuses{};
  std::map<std::string, std::size_t> failures{};
  std::optional<unsigned> close_after = 0;  // close_after_of(), of requests of our own
  // Think times among so many requests in flight, where that was tried.
  std::map<unsigned, std::vector<std::chrono::nanoseconds>> at_once{};
  std::vector<std::string> rate_limit_fields{};  // of the last answer that had some
};

struct HostFit {
  std::string name;
  Seen seen;
  HostBehaviour behaviour{};
  std::vector<std::string> left_out{};  // what was seen and is not acted out, in sentences
};

// The quantile by the nearest-rank rule, as of histograms (base/histogram.h): the smallest value at
// or below which this share (0 to 1) of the values lies; they ascend. REQUIRED: any.
template <class Value>
Value quantile(const std::vector<Value>& values, double share);

// At most `most` of the values, which ascend: their quantiles in the middle of equal parts.
template <class Value>
std::vector<Value> thinned(const std::vector<Value>& values, std::size_t most);

// The median of the smaller half; nothing for no values. Of handshakes, too.
std::optional<std::chrono::nanoseconds> round_trip_of(
    std::vector<std::chrono::nanoseconds> connects);

// After how many requests the host closes a connection: 0 for any number, nothing where it closed
// some without a rule. Its observations are in the order they were made.
std::optional<unsigned> close_after_of(std::span<const Observation> all);

// One host for each that was observed, in the same order. Throws UsageError, naming the host and
// how many samples are needed, where there are too few.
std::vector<HostFit> fit(const Observations& observations);

template <class Value>
Value quantile(const std::vector<Value>& values, double share) {
  const double rank = std::ceil(share * static_cast<double>(values.size()));
  const auto place = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
  return values[std::min(place, values.size() - 1)];
}

template <class Value>
std::vector<Value> thinned(const std::vector<Value>& values, std::size_t most) {
  if (values.size() <= most) return values;
  std::vector<Value> kept;
  for (std::size_t i = 0; i < most; ++i) {
    kept.push_back(quantile(values, (static_cast<double>(i) + 0.5) / static_cast<double>(most)));
  }
  return kept;
}

}  // namespace fanout
