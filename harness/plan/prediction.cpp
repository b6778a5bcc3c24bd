#include "harness/plan/prediction.h"

#include <algorithm>
#include <cmath>
#include <thread>

#include "harness/statistics/steady.h"
#include "transports/policy.h"

namespace fanout {
namespace {

// Long lists of long requests take longer than whole nanoseconds can count.
using Time = std::chrono::duration<double, std::nano>;
constexpr Time kMonth = std::chrono::hours(30 * 24);
constexpr Time kYear = std::chrono::hours(365 * 24);

std::chrono::nanoseconds at_most(Time limit, Time time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::min(limit, time));
}

// How much longer a host that slows down takes when all workers wait, as many at each host.
Time slowed_by(const HostBehaviour& host, unsigned workers, const Scenario& scenario) {
  const double others = static_cast<double>(workers) / static_cast<double>(hosts_of(scenario)) - 1;
  return Time(host.slowdown.per_request) * std::max(0.0, others - host.slowdown.above);
}

// How long an attempt at this host takes, on average, the client's time limit included.
std::chrono::nanoseconds mean_attempt(const Scenario& scenario, const HostBehaviour& host,
                                      unsigned workers, double connects) {
  if (refuses(host)) return {};
  const Time limit = scenario.timeout;
  const Time right = std::min<Time>(mean_of(host.delay) + slowed_by(host, workers, scenario) +
                                        Time(host.rtt) * (1 + connects * host.handshake_trips),
                                    limit);
  Time mean = right;
  for (const FaultShare& fault : host.faults) {
    if (fault.kind == FaultKind::hang) mean += fault.share * (limit - right);
    if (fault.kind == FaultKind::drip)
      mean += fault.share * Time(drip_time(fault, host.body_bytes));
  }
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::min(mean, limit));
}

// The share of a host's attempts that fail.
double failing(const HostBehaviour& host) {
  double share = 0;
  for (const FaultShare& fault : host.faults) {
    if (fault.kind != FaultKind::drip) share += fault.share;
  }
  return std::min(share, 1.0);
}

// How long a request takes on average: its attempts, and the waits between them, of which each is
// half of its cap on average. `connects`: the share of requests that open a connection.
std::chrono::nanoseconds mean_request(const Scenario& scenario, unsigned workers, double connects) {
  Time sum{};
  if (scenario.real_targets() != nullptr) return {};  // nobody knows
  for (std::size_t i = 0; i < scenario.server().hosts.size(); ++i) {
    const HostBehaviour& host = scenario.server().hosts[i];
    double reached = share_of_host(scenario, i);  // the share of requests that come to this attempt
    for (unsigned attempt = 0; attempt <= scenario.retry.retries; ++attempt) {
      sum += reached * mean_attempt(scenario, host, workers, connects);
      reached *= failing(host);
      if (attempt < scenario.retry.retries) {
        sum += reached * Time(longest_backoff(scenario.retry, attempt + 1)) / 2;
      }
    }
  }
  return std::chrono::duration_cast<std::chrono::nanoseconds>(sum);
}

double connects_per_request(const Cell& cell, const Scenario& scenario) {
  return static_cast<double>(expected_connections(cell, scenario)) /
         static_cast<double>(scenario.requests);
}

// How long the server stands still altogether.
std::chrono::nanoseconds freeze_time(const Scenario& scenario) {
  std::chrono::nanoseconds sum{};
  if (scenario.real_targets() != nullptr) return sum;
  for (const HostBehaviour& host : scenario.server().hosts) sum += host.freeze.lasting;
  return sum;
}

// The longest that one request takes for certain.
std::chrono::nanoseconds longest_request(const Scenario& scenario) {
  std::chrono::nanoseconds longest{};
  if (scenario.real_targets() != nullptr) return longest;
  for (const HostBehaviour& host : scenario.server().hosts) {
    if (refuses(host)) continue;
    longest = std::max({longest, mean_of(host.delay), host.delay.max});
    const auto hangs = [](const FaultShare& fault) { return fault.kind == FaultKind::hang; };
    if (std::ranges::any_of(host.faults, hangs)) return scenario.timeout;
  }
  return std::min(longest, scenario.timeout);
}

// The schedule of an open loop: when its last request is due.
std::chrono::nanoseconds scheduled(const Scenario& scenario) {
  if (scenario.mode != Mode::open) return {};
  const std::chrono::duration<double> span(static_cast<double>(scenario.requests - 1) /
                                           scenario.rate.value_or(1));
  return at_most(kMonth, span);
}

// The least time in which the hosts' limits let all requests through.
std::chrono::nanoseconds allowed(const Scenario& scenario) {
  double longest = 0;
  if (scenario.real_targets() != nullptr) return {};
  for (std::size_t i = 0; i < scenario.server().hosts.size(); ++i) {
    const auto& limit = scenario.server().hosts[i].limit;
    const auto own = static_cast<double>(scenario.requests) * share_of_host(scenario, i);
    if (limit) longest = std::max(longest, least_time_ns(*limit, std::llround(own)));
  }
  return at_most(kMonth, Time(longest));
}

// When even requests that all take as long as they may have ended, at most a month.
std::chrono::nanoseconds longest_run(const Cell& cell, const Scenario& scenario) {
  const std::uint64_t waves = (scenario.requests + cell.workers - 1) / cell.workers;
  const auto wait = std::max<std::chrono::nanoseconds>(scenario.retry.cap, kLongestRetryAfter);
  const std::chrono::duration<double> longest =
      static_cast<double>(waves) * (scenario.timeout * (1.0 + scenario.retry.retries) +
                                    wait * static_cast<double>(scenario.retry.retries)) +
      scheduled(scenario);
  return at_most(kMonth, longest);
}

// Whether the delays of the hosts tell how long requests take.
bool is_plain(const Scenario& scenario) {
  if (scenario.real_targets() != nullptr) return false;
  return std::ranges::all_of(scenario.server().hosts, [](const HostBehaviour& host) {
    return host.faults.empty() && host.slowdown.per_request.count() == 0 && !host.limit;
  });
}

// Requests per second that so many workers make, waiting and working on these CPUs.
double predicted_rate(unsigned workers, std::chrono::nanoseconds request,
                      std::chrono::nanoseconds cpu, unsigned cpus = 1) {
  const auto per_second = [](double count, std::chrono::nanoseconds time) {
    return count * 1e9 / static_cast<double>(time.count());
  };
  return std::min(per_second(workers, request + cpu), per_second(cpus, cpu));
}

// The time a run in mode steady takes; of it the warm-up is most often no longer than it must be.
std::chrono::nanoseconds steady_time(double requests_per_second) {
  const std::chrono::duration<double> measured(
      std::max(kSteadyMeasure.count() / 1e9, kSteadyRequests / requests_per_second));
  const auto whole = kSteadyWindow * kSteadyWindows +
                     std::chrono::duration_cast<std::chrono::nanoseconds>(measured);
  return std::min<std::chrono::nanoseconds>(whole, kSteadyLongest);
}

}  // namespace

std::uint64_t steady_requests(const Scenario& scenario) {
  using namespace std::chrono_literals;
  // Of one request: less than any transport with a network.
  const std::chrono::nanoseconds least_cpu = 6us + scenario.work.cpu;
  constexpr double kEnough = 6;  // seconds: longest warm-up, measuring and some more
  constexpr double kLeast = 5'000;
  constexpr double kMost = 2e6;
  // The server has one of them, unless work makes them share all (affinity_for()); 0: not known.
  const unsigned all_cpus = std::max(std::thread::hardware_concurrency(), 2U);
  const unsigned cpus = scenario.work.any() ? all_cpus : all_cpus - 1;
  const unsigned workers = scenario.workers.back();
  const double rate = predicted_rate(workers, mean_request(scenario, workers, 0), least_cpu, cpus);
  return static_cast<std::uint64_t>(std::clamp(kEnough * rate, kLeast, kMost));
}

std::chrono::nanoseconds predicted_run(const Cell& cell, const Scenario& scenario) {
  using namespace std::chrono_literals;
  // Starting, setting up and ending a run's process; the CPU of one request. Of external programs
  // as of interpreters.
  const auto process = is_external(cell) ? 600ms : 120ms;
  const std::chrono::nanoseconds client_cpu =
      (is_external(cell) ? 1ms : 60us) + work_on_an_answer(scenario);
  const std::uint64_t waves = (scenario.requests + cell.workers - 1) / cell.workers;
  const auto cpu = at_most(kMonth, static_cast<double>(scenario.requests) * client_cpu);
  const auto request = mean_request(scenario, cell.workers, connects_per_request(cell, scenario));
  if (scenario.mode == Mode::steady) {
    return process + steady_time(predicted_rate(cell.workers, request, client_cpu));
  }
  auto makespan = std::max<std::chrono::nanoseconds>(
      {at_most(kMonth, static_cast<double>(waves) * (request + client_cpu)), cpu,
       longest_request(scenario), allowed(scenario), scheduled(scenario) + request});
  if (scenario.deadline.count() > 0) makespan = std::min(makespan, scenario.deadline);
  return process + makespan + freeze_time(scenario);
}

std::chrono::nanoseconds predicted_total(const Plan& plan) {
  Time round{};
  const auto add = [&](const Cell& cell) { round += predicted_run(cell, scenario_of(plan, cell)); };
  for (const Cell& cell : plan.cells) add(cell);
  for (const Reference& reference : plan.references) add(reference.cell);
  return at_most(kYear, round * plan.rounds);
}

std::chrono::nanoseconds longest_total(const Plan& plan) {
  Time round{};
  for (const Cell& cell : plan.cells) {
    const Scenario& scenario = scenario_of(plan, cell);
    if (scenario.real_targets() == nullptr) return predicted_total(plan);
    auto longest = longest_run(cell, scenario);
    if (scenario.deadline.count() > 0) longest = std::min(longest, scenario.deadline);
    round += predicted_run(cell, scenario) + longest;
  }
  return at_most(kYear, round * plan.rounds);
}

std::chrono::nanoseconds run_limit(const Plan& plan, const Cell& cell) {
  if (plan.run_limit) return *plan.run_limit;
  const Scenario& scenario = scenario_of(plan, cell);
  if (scenario.mode == Mode::steady) {
    // Requests in flight at its end take as long as they may, and each that is left over a little.
    constexpr std::chrono::microseconds kLeftOver{100};
    return std::chrono::seconds(15) + 2 * kSteadyLongest + longest_request(scenario) +
           scenario.timeout + kLeftOver * static_cast<std::int64_t>(scenario.requests);
  }
  auto limit = is_plain(scenario) ? scenario.timeout + 10 * predicted_run(cell, scenario)
                                  : longest_run(cell, scenario);
  if (scenario.deadline.count() > 0) limit = std::min(limit, scenario.timeout + scenario.deadline);
  return std::chrono::seconds(15) + limit;
}

}  // namespace fanout
