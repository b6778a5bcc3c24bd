#include "harness/doctor/doctor_facts.h"

#include <fmt/format.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

#include "base/clock.h"
#include "base/timer_slack.h"
#include "harness/catalogue/embedded.h"
#include "harness/control/cell_runner.h"
#include "harness/machine/proc_files.h"
#include "harness/plan/make_plan.h"
#include "harness/plan/selection.h"
#include "harness/result/summary.h"
#include "strategies/registry.h"
#include "transports/registry.h"

namespace fanout {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kSecond = 1'000 * kMs;
constexpr std::uint64_t kShortRun = 5'000;  // requests without delay: some 100 ms
constexpr unsigned kPairs = 10;

void sleep_for(std::int64_t ns) {
  const timespec time{.tv_sec = ns / kSecond, .tv_nsec = ns % kSecond};
  ::clock_nanosleep(CLOCK_MONOTONIC, 0, &time, nullptr);
}

// What neighbours and other programs do while this one sleeps.
void sample_load(DoctorFacts& facts) {
  const HostConditions before = read_host();
  const std::int64_t began_ns = now_ns();
  sleep_for(kSecond);
  const auto elapsed = static_cast<double>(now_ns() - began_ns);
  const HostConditions during = between(before, read_host());
  facts.time_wait = during.time_wait;
  if (during.steal_ns) {
    facts.steal_share = static_cast<double>(*during.steal_ns) / elapsed / facts.machine_cpus;
  }
  if (during.psi_cpu_ns) {
    facts.pressure_share = std::min(1.0, static_cast<double>(*during.psi_cpu_ns) / elapsed);
  }
}

void sample_clock(DoctorFacts& facts) {
  constexpr int kReadings = 100'000;
  const std::int64_t began_ns = now_ns();
  for (int i = 0; i < kReadings; ++i) (void)now_ns();
  facts.clock_cost_ns = static_cast<double>(now_ns() - began_ns) / kReadings;
}

// Samples how late sleeps end, with the least slack the kernel grants, as the server sleeps.
void sample_timer(DoctorFacts& facts) {
  constexpr int kSleeps = 200;
  wake_on_time();
  std::vector<double> late_ns;
  for (int i = 0; i < kSleeps; ++i) {
    const std::int64_t due_ns = now_ns() + kMs;
    sleep_for(kMs);
    late_ns.push_back(static_cast<double>(now_ns() - due_ns));
  }
  std::ranges::sort(late_ns);
  facts.oversleep_p50_ns = late_ns[kSleeps / 2];
  facts.oversleep_p99_ns = late_ns[kSleeps * 99 / 100];
}

// Which built-in scenarios this machine's limits cut short.
void try_scenarios(DoctorFacts& facts, const MachineLimits& limits) {
  for (const EmbeddedFile& file : builtin_scenarios) {
    const std::string name(file.name);
    std::vector<Skipped> skipped;
    try {
      Selection selection;
      selection.scenarios = {name};
      skipped = make_plan(selection, limits, find_program).skipped;
    } catch (const NothingToRun& nothing) {
      skipped = nothing.skipped();
    }
    const auto lacks = [&](Skip kind) {
      return std::ranges::any_of(skipped, [&](const Skipped& one) { return one.why.kind == kind; });
    };
    if (lacks(Skip::fd_limited)) facts.fd_limited.push_back(name);
    if (lacks(Skip::port_limited)) facts.port_limited.push_back(name);
  }
}

// Every event loop's transport on a network, driven by the first strategy that is an event loop;
// none where the machine's limits forbid it.
Plan short_plan(const MachineLimits& limits) {
  const auto loop =
      std::ranges::find_if(strategies(), [](const Strategy* row) { return drives_loop(*row); });
  Selection selection;
  selection.scenarios = {"zero"};
  selection.strategies = {std::string((*loop)->name)};
  for (const Transport* row : transports()) {
    if (row->stack == kNoStack || std::holds_alternative<PrepareBlocking>(row->prepare)) continue;
    selection.transports.emplace_back(row->name);
  }
  selection.workers = {10};
  selection.requests = kShortRun;
  return make_plan(selection, limits, find_program);
}

void find_ceiling(DoctorFacts& facts, const Plan& plan, CellRunner& runner) {
  for (const Cell& cell : plan.cells) {
    const Run run = runner(cell, 0);
    if (!run.valid) continue;
    if (facts.ceiling && facts.ceiling->requests_per_second >= throughput(run)) continue;
    facts.ceiling = Ceiling{cell.transport, throughput(run), has_flag(run, Flag::server_bound)};
  }
}

// Runs one cell in pairs, first and second in turns, as rounds of a comparison.
void compare_twins(DoctorFacts& facts, const Plan& plan, CellRunner& runner) {
  std::vector<double> first;
  std::vector<double> second;
  for (unsigned pair = 0; pair < kPairs; ++pair) {
    const Run one = runner(plan.cells.front(), pair);
    const Run other = runner(plan.cells.front(), pair);
    if (!one.valid || !other.valid) continue;
    const bool swapped = pair % 2 == 1;
    first.push_back(static_cast<double>((swapped ? other : one).makespan_ns));
    second.push_back(static_cast<double>((swapped ? one : other).makespan_ns));
  }
  if (!first.empty()) facts.twins = compare_rounds(first, second);
}

void make_short_runs(DoctorFacts& facts, const MachineLimits& limits) {
  Plan plan;
  try {
    plan = short_plan(limits);
  } catch (const UsageError&) {
    return;  // not even these can be run: examine() says so
  }
  const InterruptWatch interrupt;
  CellRunner runner(plan, facts.environment, interrupt);
  find_ceiling(facts, plan, runner);
  compare_twins(facts, plan, runner);
}

}  // namespace

DoctorFacts gather_facts() {
  const MachineLimits limits = machine_limits();
  DoctorFacts facts;
  facts.environment = this_environment(Affinity::isolated);
  facts.unfit_build = unfit_build();
  facts.machine_cpus = static_cast<unsigned>(::sysconf(_SC_NPROCESSORS_ONLN));
  facts.governor = first_line(proc_file("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"));
  facts.clock_source =
      first_line(proc_file("/sys/devices/system/clocksource/clocksource0/current_clocksource"));
  facts.tcp_tw_reuse = number_of(proc_file("/proc/sys/net/ipv4/tcp_tw_reuse"));
  facts.available_memory_bytes =
      number_of(value_of(proc_file("/proc/meminfo"), "MemAvailable")).value_or(0) * 1024;
  for (const Transport* row : transports()) {
    const std::string fault = fault_of(*row);
    if (!fault.empty()) facts.unusable.push_back(fmt::format("{}: {}", row->name, fault));
  }
  sample_load(facts);
  sample_clock(facts);
  sample_timer(facts);
  try_scenarios(facts, limits);
  make_short_runs(facts, limits);
  return facts;
}

}  // namespace fanout
