// What became of every attempt of a run, held against what the scenario makes of it. Faults and
// delays are drawn from tokens (local_server/behaviour.h), so it is known beforehand how each
// attempt has to end.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/cell/samples.h"
#include "harness/scenario/scenario.h"
#include "local_server/ledger.h"

namespace fanout {

// How the attempt with this token at this host ends if all goes as the scenario says.
Outcome due_outcome(const Scenario& scenario, const HostBehaviour& host, std::uint64_t token);

// How long the server takes over it at least.
std::chrono::nanoseconds least_time(const Scenario& scenario, const HostBehaviour& host,
                                    std::uint64_t token);

// Whether it may also have ended otherwise: at the deadline, or at a time limit it comes close to.
bool may_end(const Scenario& scenario, const HostBehaviour& host, std::uint64_t token,
             Outcome seen);

// Over all attempts of a run.
struct Attempts {
  std::uint64_t made = 0;
  std::uint64_t unfinished = 0;  // requests without an outcome: of their attempts nothing is known
  std::map<std::string, std::uint64_t> retried;  // those made again, by outcome
  std::uint64_t unreached = 0;                   // that ended before they reached the server
  std::uint64_t hedged = 0;      // requests that had a second attempt beside the first
  std::uint64_t hedges_won = 0;  // those that the second one ended
  std::uint64_t uncertain = 0;   // given up, or lost with others, before they need to have
  // How many answers, on their way, may be lost with the connection of one that loses it.
  std::uint64_t lost_at_once = 0;
  std::uint64_t undecided = 0;  // that waited for a place, it may be, until their time was over
  std::map<std::string, std::uint64_t> rejected{};  // that a host's limit refused, by status
  std::vector<std::uint64_t> taken_on{};            // by host: those it answered otherwise
  std::array<std::uint64_t, kFaultKinds> faults{};  // that the server has to have acted out
  std::map<std::string, std::uint64_t> failed;      // that were to succeed, by outcome
  // That were to fail and did not, or failed otherwise: "ok (reset due)".
  std::map<std::string, std::uint64_t> not_as_due;
};

// Request i carries make_token(token_seed, i) to host i modulo the number of hosts.
Attempts account(const Scenario& scenario, const Samples& samples, std::uint64_t token_seed);

// Whether a request may have ended like this at all: after an attempt, or because it was given up
// when its time was over. A run's deadline counts from `ready_ns` (base/clock.h).
bool ends_in_order(const Scenario& scenario, const Sample& sample, std::int64_t ready_ns);

// How many of these requests may not, by outcome.
std::map<std::string, std::uint64_t> unfounded_ends(const Scenario& scenario,
                                                    const Samples& samples, std::int64_t ready_ns);

// Why the server's counters do not prove these attempts, one line each; none if some are
// unfinished.
std::vector<std::string> contradictions(const Attempts& attempts, const ServerCounters& server);

}  // namespace fanout
