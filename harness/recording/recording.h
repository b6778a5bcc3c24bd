// A recording: how an API behaved, as the hosts of a scenario, and where that is known from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/recording/fit.h"
#include "transports/method.h"

namespace fanout {

// What a strategy met at the double and at the API itself: as predicted, and as it was.
struct CheckedTime {
  std::chrono::nanoseconds predicted{};
  std::chrono::nanoseconds actual{};
};

// The double held against the API: as many requests, one after the other.
struct DoubleCheck {
  std::uint64_t requests = 0;
  std::uint64_t answered = 0;  // by the API; its times are those of these
  std::string row;             // that asked the double: "session_reuse, curl_easy, 1 worker"
  CheckedTime makespan{};
  CheckedTime median{};
  CheckedTime p90{};
};

struct Recording {
  std::string name{};         // of the scenario
  std::string recorded_by{};  // "fanout 0.1.0"
  std::string recorded_at{};  // UTC, as in ISO 8601
  Source source = Source::requests;
  std::string ended_early{};           // Observations::ended_early
  std::vector<std::string> notes{};    // what of the source is not in the scenario
  std::vector<std::string> unknown{};  // what such a recording cannot know, in sentences
  std::vector<HostFit> hosts{};
  // What the scenario asks for.
  std::uint64_t requests = 0;
  unsigned workers = 0;                // 0: the default
  std::vector<std::uint32_t> order{};  // Scenario::order; empty: each host in turn
  Method method = Method::get;
  std::optional<ArrivalsSeen> arrivals{};  // of a log
  std::optional<DoubleCheck> check{};
};

// What the observations amount to. The name, and who recorded when, are left to the caller. Throws
// UsageError where too little was seen.
Recording recording_of(const Observations& seen);

}  // namespace fanout
