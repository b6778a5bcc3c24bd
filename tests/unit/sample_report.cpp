#include "tests/unit/sample_report.h"

#include <nlohmann/json.hpp>

#include "harness/document/report_json.h"
#include "tests/unit/support.h"

#include <cmath>

namespace fanout::unit_test {
namespace {

Cell cell_of(const char* strategy, const char* transport, const char* stack, unsigned workers) {
  return {strategy, transport, stack, "mine", workers};
}

Environment sample_environment() {
  return {.kernel = "6.1.0",
          .os = "Debian",
          .cpu_model = "a CPU",
          .cpus = 2,
          .memory_bytes = 8LL << 30,
          .congestion_control = "bbr",
          .socket_congestion_control = "reno",
          .file_descriptors = 1024,
          .ephemeral_ports = 28'232,
          .server_cpus = {1},
          .client_cpus = {0},
          .libraries = {{"curl_easy", "7.88.1"}}};
}

Plan sample_plan() {
  Plan plan;
  plan.rounds = 3;
  plan.seed = 42;
  plan.time_budget = std::chrono::seconds(60);
  plan.scenarios = {{.name = "mine",
                     .summary = "made up",
                     .requests = 200,
                     .answered_by = ServerConfig{.loops = 1}}};
  plan.cells = {cell_of("sequential", "curl_easy", "libcurl", 1),
                cell_of("thread_pool", "curl_easy", "libcurl", 10),
                cell_of("event_loop", "curl_asio", "libcurl", 10),
                cell_of("event_loop", "beast_async", "beast", 10)};
  plan.precision = 0.03;
  plan.references = {{Role::twin, plan.cells[2]}};
  plan.skipped = {
      {cell_of("event_loop", "curl_easy", "libcurl", 10), {std::nullopt, "curl_easy blocks"}}};
  return plan;
}

Run invalid_run(unsigned round) {
  Run run = sample_run(round, 100);
  run.valid = false;
  run.reasons = {"1 request failed: 1 reset"};
  run.requests = {.total = 200, .ok = 199, .failed = 1, .attempts = 200, .retried = 0};
  run.errors = {{"reset", 1}};
  return run;
}

}  // namespace

Run sample_run(unsigned round, std::int64_t makespan_ms) {
  Run run;
  run.round = round;
  run.valid = true;
  run.makespan_ns = makespan_ms * kMs;
  run.setup_ns = 3 * kMs;
  run.requests = {.total = 200, .ok = 200, .failed = 0, .attempts = 200, .retried = 0};
  run.latency_ns = {.min = 9 * kMs,
                    .mean = 10.5e6,
                    .p50 = 10 * kMs,
                    .p90 = 12 * kMs,
                    .p99 = 17 * kMs,
                    .p999 = std::nullopt,
                    .max = 20 * kMs};
  run.histogram = {{9 * kMs, 150}, {12 * kMs, 50}};
  run.cpu_ns = 8 * kMs;
  run.process_cpu_ns = 11 * kMs;
  run.context_switches = {400, 10};
  run.peak_memory_bytes = 12 << 20;
  run.threads = 11;
  run.processes = 1;
  run.server = {.connections = 10,
                .requests = 200,
                .answered = 200,
                .unique_tokens = 200,
                .peak_in_flight = 10,
                .hold_ns = {.mean = 10e6, .p50 = 10 * kMs, .p99 = 11 * kMs, .max = 12 * kMs},
                .hold_error_ns = {.mean = 1e4, .p50 = 9000, .p99 = 30'000, .max = 50'000},
                .cpu_ns = 5 * kMs};
  run.host = {.steal_ns = 0, .foreign_wait_ns = 2000, .time_wait = 7, .retransmits = 1};
  run.bound_ns = 200 * kMs;
  run.efficiency = 200.0 / static_cast<double>(makespan_ms);
  run.limited_by = Limit::latency;
  return run;
}

Report sample_report() {
  Report report = empty_report(sample_plan(), sample_environment(), "fanout run --rounds 3");
  report.tool = {"0.1.0", "abc", "Release"};
  report.started_at = "2026-01-02T03:04:05Z";
  report.status = Status::complete;
  report.stopped_by = StoppedBy::rounds;
  report.warnings = {};
  // Makespans per round in ms, in the order of the cells; 0 stands for an invalid run.
  const std::int64_t makespans[][3] = {
      {2100, 2000, 2200}, {220, 0, 210}, {205, 215, 210}, {0, 0, 0}};
  for (std::size_t cell = 0; cell < report.cells.size(); ++cell) {
    for (unsigned round = 0; round < 3; ++round) {
      const std::int64_t ms = makespans[cell][round];
      report.cells[cell].runs.push_back(ms == 0 ? invalid_run(round) : sample_run(round, ms));
    }
    report.cells[cell].summary = summarize(report.cells[cell].runs);
  }
  CellReport& twin = report.references.front();
  for (unsigned round = 0; round < 3; ++round) twin.runs.push_back(sample_run(round, 208));
  twin.summary = summarize(twin.runs);
  return report;
}

Report bare_report() {
  Plan plan;
  plan.scenarios = {{.name = "mine",
                     .summary = "made up",
                     .requests = 200,
                     .answered_by = ServerConfig{.loops = 1}}};
  plan.rounds = 10;
  Report report = empty_report(std::move(plan), sample_environment(), "fanout sweep");
  report.tool.build = "Release";  // others are not ranked
  return report;
}

void add_cell(Report& report, const char* strategy, unsigned workers,
              const std::vector<double>& makespans_ms) {
  CellReport cell{.cell = cell_of(strategy, "curl", "libcurl", workers), .runs = {}, .summary = {}};
  for (unsigned round = 0; round < makespans_ms.size(); ++round) {
    cell.runs.push_back(sample_run(round, 1));
    cell.runs.back().makespan_ns = std::llround(makespans_ms[round] * kMs);
  }
  if (makespans_ms.empty()) cell.runs.push_back(invalid_run(0));
  cell.summary = summarize(cell.runs);
  report.plan.cells.push_back(cell.cell);
  report.cells.push_back(std::move(cell));
}

std::vector<double> about(double ms) {
  std::vector<double> rounds;
  for (int i = 0; i < 10; ++i) rounds.push_back(ms * (1 + 0.01 * ((7 * i) % 10)));
  return rounds;
}

nlohmann::json document(const Report& report) { return to_json(report, analyse(report)); }

std::string rendered(const Report& report, Format format) {
  return render(report, analyse(report), format);
}

void save(const Report& report, const std::string& file) {
  save_report(report, analyse(report), file);
}

}  // namespace fanout::unit_test
