#include "harness/gbench.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

namespace fanout {
namespace {

using Json = nlohmann::json;

Json context(const Report& report) {
  return {{"date", report.started_at},
          {"executable", "fanout"},
          {"num_cpus", report.environment.cpus},
          {"caches", Json::array()},
          {"load_avg", Json::array()},
          {"library_build_type", report.tool.build == "Release" ? "release" : "debug"},
          {"fanout_version", report.tool.version},
          {"fanout_commit", report.tool.commit},
          {"fanout_command", report.command}};
}

Json repetition(const CellReport& cell, std::size_t family, std::size_t index) {
  const Run& run = cell.runs[index];
  const std::string name = benchmark_name(cell.cell);
  Json row{{"name", name},
           {"run_name", name},
           {"run_type", "iteration"},
           {"family_index", family},
           {"per_family_instance_index", 0},
           {"repetitions", cell.runs.size()},
           {"repetition_index", index},
           {"threads", 1},
           {"iterations", 1},
           {"real_time", run.makespan_ns},
           {"cpu_time", run.cpu_ns},
           {"time_unit", "ns"}};
  if (!run.valid) {
    row["error_occurred"] = true;
    row["error_message"] = fmt::format("{}", fmt::join(run.reasons, "; "));
    return row;
  }
  row["items_per_second"] = throughput(run);
  if (run.efficiency) row["efficiency"] = *run.efficiency;
  if (run.requests.ok > 0) {  // latency is that of successes
    row["latency_p50_ns"] = run.latency_ns.p50;
    row["latency_p99_ns"] = run.latency_ns.p99;
  }
  row["peak_memory_bytes"] = run.peak_memory_bytes;
  if (run.server) row["connections"] = run.server->connections;
  return row;
}

}  // namespace

std::string benchmark_name(const Cell& cell) {
  return fmt::format("{}/{}/{}/workers:{}", cell.strategy, cell.transport, cell.scenario,
                     cell.workers);
}

Json to_gbench(const Report& report) {
  Json benchmarks = Json::array();
  for (std::size_t family = 0; family < report.cells.size(); ++family) {
    for (std::size_t run = 0; run < report.cells[family].runs.size(); ++run) {
      benchmarks.push_back(repetition(report.cells[family], family, run));
    }
  }
  return {{"context", context(report)}, {"benchmarks", std::move(benchmarks)}};
}

}  // namespace fanout
