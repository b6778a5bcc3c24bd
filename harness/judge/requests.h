// What became of the requests of a run, and whether each of them ended as it had to.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/judge/attempts.h"
#include "harness/judge/execution.h"
#include "harness/plan/cell.h"
#include "harness/result/run.h"
#include "harness/scenario/scenario.h"

namespace fanout {

struct CountedRequests {
  std::uint64_t total = 0;  // without those that the end of mode steady left over
  std::uint64_t ok = 0;
  std::uint64_t connected = 0;   // of those that succeeded: how many opened a connection
  std::uint64_t body_bytes = 0;  // received by those that succeeded
  std::map<std::string, std::uint64_t> errors;  // outcome name -> requests, other than "ok"
  std::vector<std::string> doubts;              // requests without an outcome, or with several
};
CountedRequests count_requests(const Execution& execution, const Scenario& scenario);

// The scenario that the requests of this execution really met: where the embedded server takes no
// part nothing acts out faults or delays, and the end of mode steady is a deadline. Its workers,
// and its one version of HTTP over how many connections, are those of `cell`.
Scenario scenario_met(const Execution& execution, const Scenario& scenario, const Cell& cell = {});

// Why the attempts do not prove the run, one line each: they ended otherwise than the scenario
// makes them end. What real targets answer is a result, unless it is nothing at all.
std::vector<std::string> doubts_about_attempts(const Execution& execution,
                                               const CountedRequests& counted,
                                               const Attempts& attempts, const Scenario& scenario);

}  // namespace fanout
