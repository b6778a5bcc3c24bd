#include "harness/print/render_server_habits.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "base/text.h"
#include "base/units.h"

namespace fanout {
namespace {

// Where connections were to be kept, and each request opened one all the same: "* the server closes
// each connection after its answer (100 connections for 100 requests): reuse had no effect".
std::string vain_reuse(const Report& report) {
  for (const CellReport& row : report.cells) {
    const Scenario& scenario = scenario_of(report.plan, row.cell);
    if (scenario.real_targets() == nullptr || !scenario.reuse) continue;
    const std::uint64_t kept = expected_connections(row.cell, scenario);
    const auto all_connected = [kept](const Run& run) {
      return run.requests.ok > kept && run.requests.connected == run.requests.ok;
    };
    const auto found = std::ranges::find_if(row.runs, all_connected);
    if (found == row.runs.end()) continue;
    return fmt::format(
        "* the server keeps no connection open until it is used again ({} for {}): reuse had no "
        "effect\n",
        counted(found->requests.ok, "connection"), counted(found->requests.ok, "request"));
  }
  return {};
}

// Where one connection was served and the others waited in vain.
std::string one_at_a_time(const Report& report) {
  const auto timed_out = [](const Run& run) {
    std::uint64_t count = 0;
    for (const char* outcome : {"timeout", "connect_timeout"}) {
      const auto found = run.errors.find(outcome);
      if (found != run.errors.end()) count += found->second;
    }
    return count;
  };
  for (const CellReport& row : report.cells) {
    if (row.cell.http != HttpVersion::http1) continue;  // one is what its requests share
    if (scenario_of(report.plan, row.cell).real_targets() == nullptr) continue;
    const auto only_one = [&](const Run& run) {
      return run.requests.connected == 1 && run.requests.ok > 1 && timed_out(run) > 0;
    };
    const auto found = std::ranges::find_if(row.runs, only_one);
    if (row.cell.workers == 1 || found == row.runs.end()) continue;
    return fmt::format(
        "* the server seems to serve one connection at a time (1 connection had {} answered, on "
        "others {} timed out):\ngive it --workers 1 or --reuse off\n",
        counted(found->requests.ok, "request"), format_count(timed_out(*found)));
  }
  return {};
}

}  // namespace

std::string render_server_habits(const Report& report) {
  return vain_reuse(report) + one_at_a_time(report);
}

}  // namespace fanout
