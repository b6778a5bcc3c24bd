// Attempts that are made up: what the tests of the accounting share.
#pragma once

#include <string>
#include <vector>

#include "harness/judge/attempts.h"
#include "wire/token.h"

namespace fanout::unit_test {

using namespace std::chrono_literals;

inline constexpr std::uint64_t kSeed = 7;

inline Scenario scenario_of(const HostBehaviour& host) {
  Scenario scenario;
  scenario.requests = 1000;
  scenario.timeout = 100ms;  // so short that a time-out proves nothing of the server
  scenario.server().hosts = {host};
  return scenario;
}

// Samples of requests that ended just as they are due, without retries.
inline std::vector<Sample> as_due(const Scenario& scenario) {
  std::vector<Sample> samples(scenario.requests);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i].attempts = 1;
    samples[i].outcome = due_outcome(scenario, scenario.server().hosts[0], make_token(kSeed, i));
  }
  return samples;
}

// Counters of a server that served exactly these attempts.
inline ServerCounters counters_of(const Attempts& attempts) {
  ServerCounters server;
  server.requests = server.unique_tokens = attempts.made - attempts.unreached;
  for (int i = 1; i < kFaultKinds; ++i) {
    const std::uint64_t count = attempts.faults[static_cast<std::size_t>(i)];
    if (count > 0) server.faults[std::string(fault_name(static_cast<FaultKind>(i)))] = count;
  }
  server.rejected = attempts.rejected;
  return server;
}

}  // namespace fanout::unit_test
