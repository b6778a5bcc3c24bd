// Asks a real API, politely, and notes what each request has shown.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "harness/recording/observation.h"
#include "harness/scenario/url_list.h"

namespace fanout {

// However willing the API is, no recording makes more requests.
inline constexpr std::uint64_t kMostRecorded = 100;

// So many clients at once, each of which makes so many requests one after the other, to see whether
// the API slows down.
struct AtOnce {
  unsigned clients;
  unsigned each;
};
inline constexpr std::array<AtOnce, 3> kAtOnce{{{2, 4}, {5, 2}, {10, 2}}};
inline constexpr std::uint64_t kAtOnceRequests = [] {
  std::uint64_t sum = 0;
  for (const AtOnce& level : kAtOnce) sum += std::uint64_t{level.clients} * level.each;
  return sum;
}();

struct ProbeSettings {
  std::uint64_t requests = 60;
  bool concurrency = false;  // whether kAtOnceRequests more are made, several at once
  bool only_kept = false;    // whether none goes over a new connection if there is one
  bool anonymous = false;    // whether hosts are called host-1, host-2
  double per_second = 5;
  std::chrono::nanoseconds connect_timeout = std::chrono::seconds(5);
  std::chrono::nanoseconds timeout = std::chrono::seconds(30);
  std::vector<std::string> headers;  // checked, with fanout's own (harness/plan/selection.h)
};

// Is told how many requests have been made.
using ProbeProgress = std::function<void(std::uint64_t made)>;

// Requests the URLs in their order, from the first again after the last: one after the other, no
// sooner after another than the rate allows, every other one on a new connection; then, if wanted,
// several at once, over connections that are kept, and no sooner than the rate allows on average.
// Ends early when the API asks to wait (429, or 503 with Retry-After) and when it answers nothing.
// Throws RunError if nothing was answered at all, and UsageError if a request is neither GET nor
// HEAD.
Observations probe(const UrlList& urls, const ProbeSettings& settings,
                   const ProbeProgress& progress);

}  // namespace fanout
