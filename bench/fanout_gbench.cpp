// The suite as Google Benchmarks: every cell is one, named strategy/transport/scenario/workers:N.
//
//   fanout_gbench --benchmark_filter=event_loop --benchmark_repetitions=10
//                 --benchmark_enable_random_interleaving=true --benchmark_out=FILE
//   fanout_gbench --scenario zero --strategy thread_pool,event_loop --workers 1..64
//
// An iteration is one run in a fresh process against the embedded server, as of `fanout run`; so a
// repetition is a round. The time is the makespan; the CPU column is the controller's own, the
// client's is the counter cpu_us_per_request. Without --scenario, all built-in scenarios.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"
#include "harness/catalogue/embedded.h"
#include "harness/commands/cli.h"
#include "harness/commands/internal_commands.h"
#include "harness/control/cell_runner.h"
#include "harness/document/gbench.h"
#include "harness/plan/make_plan.h"
#include "harness/plan/selection.h"
#include "harness/plan/server_loops.h"

namespace {

using namespace fanout;

constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;

void measure(benchmark::State& state, const Cell& cell, unsigned& round, CellRunner& runner) {
  for (auto iteration : state) {
    const Run run = runner(cell, round++);
    if (!run.valid) {
      state.SkipWithError(fmt::format("{}", fmt::join(run.reasons, "; ")).c_str());
      break;
    }
    state.SetIterationTime(static_cast<double>(run.makespan_ns) / 1e9);
    const auto requests = static_cast<double>(run.requests.total);
    state.SetItemsProcessed(static_cast<std::int64_t>(run.requests.total));
    state.counters["cpu_us_per_request"] = static_cast<double>(run.cpu_ns) / 1e3 / requests;
    state.counters["efficiency"] = run.efficiency.value_or(0);
    state.counters["latency_p50_ns"] = static_cast<double>(run.latency_ns.p50);
    state.counters["latency_p99_ns"] = static_cast<double>(run.latency_ns.p99);
    state.counters["peak_memory_bytes"] = static_cast<double>(run.peak_memory_bytes);
    if (run.server) {
      state.counters["connections"] = static_cast<double>(run.server->connections);
    }
  }
}

void print_help() {
  benchmark::PrintDefaultHelp();
  fmt::print(
      "\nand those of fanout run that choose cells: --scenario, --strategy, --transport, "
      "--workers, -n ...\n");
}

Selection every_scenario() {
  Selection selection;
  selection.scenarios.clear();
  for (const EmbeddedFile& file : builtin_scenarios) {
    selection.scenarios.emplace_back(file.name);
  }
  return selection;
}

int run_main(int argc, char** argv) {
  if (const auto code = run_internal_command(argc, argv)) return *code;
  benchmark::Initialize(&argc, argv, print_help);
  Selection selection = every_scenario();
  if (!parse_selection(argc, argv, "fanout_gbench", selection)) return 0;
  Plan plan = make_plan(selection, machine_limits(), find_program);
  choose_server_loops(plan, server_loops_for(usable_cpus()));
  const Environment environment = this_environment(plan.affinity, most_server_loops(plan));
  const InterruptWatch interrupt;
  CellRunner runner(plan, environment, interrupt);
  // Each cell's own rounds: with the same seed, all cells have the same tokens and delays in one.
  std::vector<unsigned> rounds(plan.cells.size());
  for (std::size_t i = 0; i < plan.cells.size(); ++i) {
    benchmark::RegisterBenchmark(
        benchmark_name(plan.cells[i]).c_str(),
        [&, i](benchmark::State& state) { measure(state, plan.cells[i], rounds[i], runner); })
        ->UseManualTime()
        ->Iterations(1)
        ->Unit(benchmark::kMillisecond);
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run_main(argc, argv);
  } catch (const Interrupted&) {
    return kExitInterrupted;
  } catch (const UsageError& error) {
    fmt::print(stderr, "fanout_gbench: {}\n", error.what());
    return kExitUsage;
  } catch (const std::exception& error) {
    fmt::print(stderr, "fanout_gbench: {}\n", error.what());
    return kExitFailed;
  }
}
