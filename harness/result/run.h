// What one execution of a cell returned. Plain data; its JSON form is in
// harness/document/run_json.h, every field is explained in results/README.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/machine/host_conditions.h"
#include "harness/result/failed_request.h"
#include "harness/result/limits_met.h"
#include "harness/result/states.h"
#include "local_server/ledger.h"

namespace fanout {

struct RequestCounts {
  std::uint64_t total = 0;
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;    // ended otherwise, or not at all
  std::uint64_t attempts = 0;  // those made
  std::uint64_t retried = 0;   // those of them that were made again
  // Of the requests that succeeded: how many opened a connection; nothing: not known.
  std::optional<std::uint64_t> connected{};
  std::optional<std::uint64_t> body_bytes{};  // received by them; nothing: an older result
};

// Service times of the requests that succeeded.
struct Latency {
  std::int64_t min = 0;
  double mean = 0;
  std::int64_t p50 = 0;
  std::int64_t p90 = 0;
  std::int64_t p99 = 0;
  std::optional<std::int64_t> p999;  // only from 10,000 requests or more
  std::int64_t max = 0;
};

// What a run in mode open says besides (docs/modes.md).
struct OpenLoop {
  double offered_per_second = 0;   // requests due
  double achieved_per_second = 0;  // as many of them as were begun in time
  Latency response_ns;             // of requests that succeeded: from when they were due
  std::vector<std::pair<std::int64_t, std::uint64_t>> response_histogram;
};

// What a run in mode steady says besides: its makespan is the length of the window in which it was
// measured.
struct SteadyState {
  std::int64_t warm_up_ns = 0;  // ready() to the window's beginning
  std::uint64_t requests = 0;   // that ended within the window
  std::uint64_t ok = 0;         // those of them that succeeded
};

// What a client did with right answers (strategies/work.h).
struct WorkMet {
  std::uint64_t answers = 0;
  double cpu_ns = 0;           // of the thread, for each of them on average
  std::uint64_t not_json = 0;  // bodies that were to be parsed as JSON, and could not be
};

// Where the time of attempts at real targets went, on average of those that were answered; mode
// open has the wait for a worker besides, which is response time less service time.
struct Phases {
  double connect_ns = 0;
  double handshake_ns = 0;        // of TLS
  double first_byte_ns = 0;       // from a connection that is ready to the first byte
  double body_ns = 0;             // and from there to the last
  std::uint64_t syns_resent = 0;  // in all: what should open a connection, and got no answer in 1 s
};

struct ContextSwitches {
  std::uint64_t voluntary = 0;
  std::uint64_t involuntary = 0;
};

// After how long a request, or the opening of its connection, is given up: a request that timed out
// took as long at least.
struct TimeLimits {
  std::int64_t request_ns = 0;  // 0: not known
  std::int64_t connect_ns = 0;
};

struct Run {
  unsigned round = 0;     // from 0
  unsigned position = 0;  // in the round, from 0
  std::string program;    // what an external program says it runs on, or ""
  bool valid = false;
  std::vector<std::string> reasons;  // why it is not valid, one line each
  std::vector<Flag> flags;           // what else should be known, in the order it was found

  std::int64_t makespan_ns = 0;  // ready() to the end of the last request
  std::int64_t setup_ns = 0;     // start of the process to ready()
  RequestCounts requests;
  std::map<std::string, std::uint64_t> errors;   // outcome name -> requests, other than "ok"
  std::map<std::string, std::uint64_t> retries;  // outcome name -> attempts made again after it
  std::map<std::string, std::uint64_t> status_counts;  // status -> attempts answered with it
  std::vector<FailureKind> failures;                   // the most frequent kind first
  std::vector<FailedRequest> failed_requests;          // the first kNamedFailures
  std::vector<std::string>
      tls_versions;              // that connections spoke: "TLS 1.2"; of a program: unknown
  std::uint64_t redirects = 0;   // that were followed
  std::optional<Phases> phases;  // nothing: the embedded server, or the library does not tell
  Latency latency_ns;
  TimeLimits time_limits;  // those of the scenario, which the document has (summarize_rows())
  std::vector<std::pair<std::int64_t, std::uint64_t>> histogram;  // bucket's lowest value, count

  std::optional<OpenLoop> open;       // nothing: another mode
  std::optional<SteadyState> steady;  // nothing: another mode, or no window was completed
  std::optional<Hedges> hedges;       // nothing: none was made
  std::optional<WorkMet> work;        // nothing: none was asked for, or it is a program's word
  std::uint64_t retries_denied = 0;   // by the budget of retries
  std::optional<LimitsMet> limits;    // nothing: the server has none, and the strategy neither

  std::int64_t cpu_ns = 0;          // user + system from ready() on, reaped children included
  std::int64_t process_cpu_ns = 0;  // the same of the whole process, from exec to exit
  ContextSwitches context_switches;
  std::int64_t peak_memory_bytes =
      0;                       // VmHWM; of a forked pool, all of it (harness/machine/usage.h)
  std::int64_t threads = 0;    // at ready(), over all processes
  std::int64_t processes = 0;  // at ready()
  std::optional<std::uint64_t> queue_peak;  // most requests in the strategy's queue, if it has one

  // Nothing: no embedded server took part, or it died.
  std::optional<ServerCounters> server;
  HostConditions host;

  std::int64_t bound_ns = 0;  // no client could have a shorter makespan (judge/bound.h)
  // bound_ns / makespan_ns; nothing: no bound is known, as of real targets or an invalid run.
  std::optional<double> efficiency;
  Limit limited_by = Limit::none;
};

// From ready() to the end: the makespan, or the warm-up and the window of mode steady. The server
// and the run's threads count over all of it.
std::int64_t running_ns(const Run& run);
// Why the run is not valid, as far as its first reason goes; "" if none is given.
std::string first_reason(const Run& run);
// Whether a flag was raised.
bool has_flag(const Run& run, Flag flag);

}  // namespace fanout
