#include "harness/report.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"

namespace fanout {
namespace {

std::string temporary_beside(const std::string& file) {
  return fmt::format("{}.{}.tmp", file, ::getpid());
}

void write_file(const std::string& file, const std::string& text) {
  std::ofstream stream(file, std::ios::trunc);
  stream << text;
  stream.close();
  if (!stream) throw RunError(fmt::format("{}: {}", file, std::strerror(errno)));
}

// What limited more than half of the runs.
std::string common_limit(const std::vector<const Run*>& runs) {
  for (const char* limit : {"latency", "client", "server"}) {
    const auto count =
        std::ranges::count(runs, limit, [](const Run* run) { return run->limited_by; });
    if (2 * count > std::ssize(runs)) return limit;
  }
  return {};
}

}  // namespace

Summary summarize(const std::vector<Run>& runs) {
  std::vector<const Run*> valid;
  for (const Run& run : runs) {
    if (run.valid) valid.push_back(&run);
  }
  const auto over_runs = [&](auto figure) {
    std::vector<double> values;
    for (const Run* run : valid) values.push_back(static_cast<double>(figure(*run)));
    return median_interval(std::move(values));
  };
  const auto per_request = [](const Run& run, auto figure) {
    return static_cast<double>(figure) / static_cast<double>(run.requests.total);
  };
  Summary summary;
  summary.valid_runs = static_cast<unsigned>(valid.size());
  summary.total_runs = static_cast<unsigned>(runs.size());
  summary.makespan_ns = over_runs([](const Run& run) { return run.makespan_ns; });
  summary.requests_per_second = over_runs([](const Run& run) {
    return static_cast<double>(run.requests.total) * 1e9 / static_cast<double>(run.makespan_ns);
  });
  summary.efficiency = over_runs([](const Run& run) { return run.efficiency; });
  summary.cpu_us_per_request =
      over_runs([&](const Run& run) { return per_request(run, run.cpu_ns) / 1e3; });
  summary.latency_p50_ns = over_runs([](const Run& run) { return run.latency_ns.p50; });
  summary.latency_p99_ns = over_runs([](const Run& run) { return run.latency_ns.p99; });
  summary.peak_memory_bytes = over_runs([](const Run& run) { return run.peak_memory_bytes; });
  summary.context_switches_per_request = over_runs([&](const Run& run) {
    return per_request(run, run.voluntary_switches + run.involuntary_switches);
  });
  for (const Run* run : valid) {
    summary.connections = std::max(summary.connections, run->server.connections);
    summary.peak_in_flight = std::max(summary.peak_in_flight, run->server.peak_in_flight);
  }
  summary.limited_by = common_limit(valid);
  return summary;
}

Report empty_report(Plan plan, Environment environment, std::string command) {
  Report report;
  report.tool = this_tool();
  report.environment = std::move(environment);
  report.command = std::move(command);
  report.started_at =
      fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                  std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
  report.status = "running";
  for (const Cell& cell : plan.cells) report.cells.push_back({cell, {}, {}});
  report.plan = std::move(plan);
  if (const std::string unfit = unfit_build(); !unfit.empty()) report.warnings.push_back(unfit);
  const Environment& machine = report.environment;
  if (report.plan.affinity == Affinity::isolated && machine.server_cpus == machine.client_cpus) {
    report.warnings.emplace_back("one CPU only: server and clients share it");
  }
  return report;
}

bool has_invalid_runs(const Report& report) {
  return std::ranges::any_of(report.cells, [](const CellReport& cell) {
    return std::ranges::any_of(cell.runs, [](const Run& run) { return !run.valid; });
  });
}

Report load_report(const std::string& file) {
  const std::optional<std::string> text = read_file(file);
  if (!text) {
    throw UsageError(
        fmt::format("{}: cannot be read; name a result file fanout run has written", file));
  }
  try {
    return report_from_json(nlohmann::json::parse(*text), file);
  } catch (const nlohmann::json::parse_error& error) {
    throw UsageError(fmt::format("{}: not JSON at byte {}; was it cut short?", file, error.byte));
  }
}

void save_report(const Report& report, const std::string& file) {
  const std::string temporary = temporary_beside(file);
  // Arguments and paths may hold bytes that are not UTF-8; JSON may not.
  const std::string text =
      to_json(report).dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  try {
    write_file(temporary, text);
    std::filesystem::rename(temporary, file);
  } catch (const std::exception& error) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    throw RunError(error.what());
  }
}

void check_writable(const std::string& file) {
  const std::filesystem::path path(file);
  const std::filesystem::path folder = path.parent_path();
  const std::string temporary = temporary_beside(file);
  try {
    const auto status = std::filesystem::symlink_status(path);
    const bool replaceable = !exists(status) || is_regular_file(status);
    if (!replaceable || !path.has_filename()) throw RunError(file + ": is no file to be replaced");
    if (!folder.empty()) std::filesystem::create_directories(folder);
    write_file(temporary, "");
    std::filesystem::remove(temporary);
  } catch (const std::exception&) {
    throw UsageError(
        fmt::format("--output {}: cannot be written; name a new or an ordinary file in a folder "
                    "you may write to",
                    file));
  }
}

}  // namespace fanout
