// What each strategy itself costs per request: every row of the registry over the null transport.
//
// Reads like any Google Benchmark: --benchmark_filter, --benchmark_repetitions ... The time is wall
// time from ready() until the strategy returned, per request; cpu_ns is user + system of the
// process and of the children it reaped, per request.
#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include <string>

#include "harness/catalogue/pairing.h"
#include "strategies/registry.h"
#include "transports/registry.h"
#include "wire/token.h"

namespace {

using namespace fanout;

constexpr std::size_t kRequests = 20'000;

std::int64_t cpu_ns() {
  std::int64_t total = 0;
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    getrusage(who, &usage);
    total += (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1'000'000'000LL +
             (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1'000LL;
  }
  return total;
}

const Transport& null_row() {
  for (const Transport* row : transports()) {
    if (row->name == "null") return *row;
  }
  std::abort();
}

void measure(benchmark::State& state, const Strategy& strategy) {
  const auto workers = static_cast<unsigned>(state.range(0));
  const auto run = std::get<RunPair>(pair_up(strategy, null_row()));
  std::vector<Request> requests(kRequests);
  for (std::uint32_t i = 0; i < kRequests; ++i) requests[i] = {i, 0, make_token(1, i)};
  const ClientConfig config{.targets = {{.addresses = {"127.0.0.1"}}}};
  std::int64_t cpu_total = 0;
  std::int64_t wall_total = 0;
  for (auto iteration : state) {
    std::vector<Sample> samples(kRequests);
    std::int64_t ready_ns = 0;
    std::int64_t ready_cpu_ns = 0;
    Job job(requests, samples, {workers, 2 * std::size_t{workers}},
            {.ready =
                 [&](const Job&) {
                   ready_cpu_ns = cpu_ns();
                   ready_ns = now_ns();
                 },
             .idle = {}});
    run(job, config);
    wall_total += now_ns() - ready_ns;
    state.SetIterationTime(static_cast<double>(now_ns() - ready_ns) / 1e9);
    cpu_total += cpu_ns() - ready_cpu_ns;
  }
  const auto requests_made = static_cast<double>(state.iterations()) * kRequests;
  state.SetItemsProcessed(static_cast<std::int64_t>(requests_made));
  state.counters["cpu_ns"] = static_cast<double>(cpu_total) / requests_made;
  state.counters["wall_ns"] = static_cast<double>(wall_total) / requests_made;
}

}  // namespace

int main(int argc, char** argv) {
  for (const Strategy* strategy : strategies()) {
    auto* bench = benchmark::RegisterBenchmark(
        std::string(strategy->name).c_str(),
        [strategy](benchmark::State& state) { measure(state, *strategy); });
    bench->UseManualTime()->Unit(benchmark::kMillisecond)->ArgName("workers");
    bench->Arg(strategy->concurrency == Concurrency::one ? 1 : 10);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
