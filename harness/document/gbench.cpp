#include "harness/document/gbench.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace fanout {
namespace {

using Json = nlohmann::json;

Json context(const Report& report) {
  return {{"date", report.started_at},
          {"executable", "fanout"},
          {"num_cpus", static_cast<unsigned>(std::ceil(report.environment.cpus))},
          {"caches", Json::array()},
          {"load_avg", Json::array()},
          {"library_build_type", report.tool.build == "Release" ? "release" : "debug"},
          {"fanout_version", report.tool.version},
          {"fanout_commit", report.tool.commit},
          {"fanout_command", report.command}};
}

// How often something was timed, and how long it took.
struct Timed {
  std::uint64_t iterations = 1;
  double real_ns = 0;
  double cpu_ns = 0;
};

// Mode batch: the whole run once. Others: each request; in mode open from when it was due.
Timed timed(const Run& run) {
  const auto makespan = static_cast<double>(run.makespan_ns);
  const auto cpu = static_cast<double>(run.cpu_ns);
  const std::uint64_t requests = std::max<std::uint64_t>(measured_requests(run), 1);
  const auto each = static_cast<double>(requests);
  if (run.open) return {requests, run.open->response_ns.mean, cpu / each};
  if (run.steady) return {requests, makespan / each, cpu / each};
  return {1, makespan, cpu};
}

Json repetition(const CellReport& cell, std::size_t family, std::size_t index) {
  const Run& run = cell.runs[index];
  const std::string name = benchmark_name(cell.cell);
  const Timed time = timed(run);
  Json row{{"name", name},
           {"run_name", name},
           {"run_type", "iteration"},
           {"family_index", family},
           {"per_family_instance_index", 0},
           {"repetitions", cell.runs.size()},
           {"repetition_index", index},
           {"threads", 1},
           {"iterations", time.iterations},
           {"real_time", time.real_ns},
           {"cpu_time", time.cpu_ns},
           {"time_unit", "ns"}};
  if (!run.valid) {
    row["error_occurred"] = true;
    row["error_message"] = fmt::format("{}", fmt::join(run.reasons, "; "));
    return row;
  }
  if (run.open && run.requests.ok == 0) {
    row["error_occurred"] = true;
    row["error_message"] = "no request succeeded: no response time";
    return row;
  }
  if (!run.open) row["items_per_second"] = throughput(run);  // there it is what was asked for
  if (const double bytes = body_bytes_per_request(run); bytes > 0 && !run.open) {
    row["bytes_per_second"] = throughput(run) * bytes;
  }
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
  std::string name = fmt::format("{}/{}/{}/workers:{}", cell.strategy, cell.transport,
                                 cell.scenario, cell.workers);
  if (cell.http == HttpVersion::http2) {
    name += fmt::format("/http:2/connections:{}", connections_to_a_host(cell));
  }
  return name;
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
