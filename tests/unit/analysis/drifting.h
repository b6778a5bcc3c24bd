// Sessions made up by hand, on a machine that is faster in one than in the next.
#pragma once

#include <cmath>
#include <random>

#include "harness/analysis/compare.h"
#include "tests/unit/sample_report.h"

namespace fanout::unit_test {

// What sets one session apart, and its rounds.
struct Machine {
  double drift = 1;         // of everything
  double floor_alone = 1;   // of what the client floor costs, besides
  double server_alone = 1;  // of what the server costs
  double cell_alone = 1;    // of what the cell costs
  double noise = 0.01;      // of a round, as a share
};

// The run of a round that costs so much CPU time per request, in microseconds.
inline Run costing(unsigned round, double client_us, double server_us) {
  Run run = sample_run(round, 1);
  const auto requests = static_cast<double>(run.requests.total);
  run.cpu_ns = std::llround(1e3 * client_us * requests);
  run.server->cpu_ns = std::llround(1e3 * server_us * requests);
  run.makespan_ns = run.cpu_ns;
  run.limited_by = Limit::client;
  return run;
}

// A result of one cell, which costs `cost` microseconds a request where the machine is as usual,
// with a client floor; its ten rounds differ by chance.
inline Report session_on(const Machine& machine, double cost, std::mt19937_64& random) {
  Report report = bare_report();
  std::normal_distribution<double> chance(0, machine.noise);
  const auto noisy = [&](double figure) { return figure * std::exp(chance(random)); };
  CellReport cell{.cell = {"a", "curl", "libcurl", "mine", 10}, .runs = {}, .summary = {}};
  CellReport floor{.cell = {"event_loop", "floor", "none", "mine", 10}, .runs = {}, .summary = {}};
  for (unsigned round = 0; round < 10; ++round) {
    const double server = 20 * machine.drift * machine.server_alone;
    cell.runs.push_back(
        costing(round, noisy(cost * machine.drift * machine.cell_alone), noisy(server)));
    floor.runs.push_back(costing(round, noisy(5 * machine.drift * machine.floor_alone), 5));
  }
  cell.summary = summarize(cell.runs);
  floor.summary = summarize(floor.runs);
  report.plan.cells = {cell.cell};
  report.plan.references = {{Role::floor, floor.cell}};
  report.cells = {std::move(cell)};
  report.references = {std::move(floor)};
  return report;
}

inline const Measure* measure_named(std::string_view name) {
  for (const Measure& measure : measures()) {
    if (measure.name == name) return &measure;
  }
  return nullptr;
}

}  // namespace fanout::unit_test
