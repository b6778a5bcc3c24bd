#include "harness/analysis/sweep.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "harness/analysis/contenders.h"
#include "harness/statistics/slope.h"

namespace fanout {
namespace {

constexpr double kKneeShare = 0.95;

using Row = std::vector<const CellReport*>;  // of one strategy and transport; W ascending

std::vector<Row> rows_of(const Report& report, const Scenario& scenario) {
  std::vector<Row> rows;
  for (const CellReport& cell : report.cells) {
    if (cell.cell.scenario != scenario.name || cell.summary.valid_runs == 0) continue;
    const auto row = std::ranges::find_if(
        rows, [&](const Row& other) { return is_same_row(other.front()->cell, cell.cell); });
    if (row == rows.end()) {
      rows.push_back({&cell});
    } else {
      row->push_back(&cell);
    }
  }
  std::erase_if(rows, [](const Row& row) { return row.size() < 2; });
  for (Row& row : rows) {
    std::ranges::sort(row, {}, [](const CellReport* cell) { return cell->cell.workers; });
  }
  return rows;
}

double reaches(const CellReport& cell) {
  const Interval& goodput = cell.summary.goodput_per_second;
  return goodput.high.value_or(goodput.median);
}

const Run* run_of_round(const CellReport& cell, unsigned round) {
  for (const Run& run : cell.runs) {
    if (run.valid && run.round == round) return &run;
  }
  return nullptr;
}

// A figure of each cell of the row in this round; empty unless all were valid.
std::vector<double> in_round(const Row& row, unsigned round, double (*figure)(const Run&)) {
  std::vector<double> values;
  for (const CellReport* cell : row) {
    const Run* run = run_of_round(*cell, round);
    if (run == nullptr) return {};
    values.push_back(figure(*run));
  }
  return values;
}

// What keeps throughput from being the client's own; "" if nothing does.
std::string limit_beside_client(Limit limit) {
  const bool beside = limit == Limit::server || limit == Limit::latency;
  return beside ? std::string(name_of(limit)) : std::string();
}

std::vector<SweepPoint> points_of(const Row& row, unsigned rounds) {
  std::vector<SweepPoint> points;
  for (const CellReport* cell : row) {
    points.push_back({.workers = cell->cell.workers,
                      .throughput = cell->summary.goodput_per_second,
                      .by_round = {},
                      .not_by_client = limit_beside_client(cell->summary.limited_by)});
  }
  for (unsigned round = 0; round < rounds; ++round) {
    const std::vector<double> values = in_round(row, round, goodput);
    for (std::size_t i = 0; i < values.size(); ++i) points[i].by_round.push_back(values[i]);
  }
  return points;
}

std::optional<Interval> memory_per_worker(const Row& row, unsigned rounds) {
  constexpr std::size_t kFewestPoints = 3;
  if (row.size() < kFewestPoints) return std::nullopt;
  std::vector<double> slopes;
  for (unsigned round = 0; round < rounds; ++round) {
    const std::vector<double> memory = in_round(
        row, round, [](const Run& run) { return static_cast<double>(run.peak_memory_bytes); });
    std::vector<std::pair<double, double>> points;
    for (std::size_t i = 0; i < memory.size(); ++i) {
      points.emplace_back(row[i]->cell.workers, memory[i]);
    }
    if (const auto slope = theil_sen_slope(points)) slopes.push_back(*slope);
  }
  return slopes.empty() ? std::nullopt : std::optional(median_interval(std::move(slopes)));
}

// The CPUs of the clients of one machine; of several, of the one that has the fewest.
double cpus_of_clients(const Environment& machine) {
  if (!machine.clients.empty()) {
    return std::ranges::min_element(machine.clients, {}, &ClientMachine::cpus)->cpus;
  }
  const auto pinned = static_cast<double>(machine.client_cpus.size());
  return pinned == 0 ? machine.cpus : std::min(machine.cpus, pinned);
}

std::optional<double> model_knee_of(const CellReport& cell, const Environment& machine) {
  std::vector<double> holds;
  std::vector<double> threads;
  for (const Run& run : cell.runs) {
    if (!run.valid) continue;
    if (!run.server) return std::nullopt;  // nobody knows how long requests wait
    holds.push_back(run.server->hold_ns.mean);
    threads.push_back(static_cast<double>(run.threads));
  }
  const double cpu_ns = cell.summary.cpu_us_per_request.median * 1e3;
  if (cpu_ns <= 0) return std::nullopt;
  const auto machines = static_cast<double>(std::max<std::size_t>(1, machine.clients.size()));
  return model_knee(
      std::min(std::max(median_interval(threads).median / machines, 1.0), cpus_of_clients(machine)),
      median_interval(holds).median, cpu_ns);
}

// Those in which enough requests succeeded; all of them if none did.
Row successful(const Row& row, const Plan& plan) {
  Row found;
  std::ranges::copy_if(row, std::back_inserter(found),
                       [&](const CellReport* cell) { return !is_unsuccessful(plan, *cell); });
  return found.empty() ? row : found;
}

Sweep sweep_of(const Row& row, const Report& report) {
  const auto median = [](const CellReport* c) { return c->summary.goodput_per_second.median; };
  const Row worth = successful(row, report.plan);
  const CellReport& best = **std::ranges::max_element(worth, {}, median);
  const double enough = kKneeShare * median(&best);
  const CellReport& knee = **std::ranges::find_if(
      worth, [&](const CellReport* cell) { return reaches(*cell) >= enough; });
  return {.at_knee = knee.cell,
          .knee_limited_by = knee.summary.limited_by,
          .best_workers = best.cell.workers,
          .most_workers = row.back()->cell.workers,
          .model_knee_workers = model_knee_of(knee, report.environment),
          .scalability = scalability(points_of(row, report.plan.rounds)),
          .memory_bytes_per_worker = memory_per_worker(row, report.plan.rounds)};
}

}  // namespace

std::vector<Sweep> sweeps_of(const Report& report, const Scenario& scenario) {
  std::vector<Sweep> sweeps;
  if (scenario.mode == Mode::open) return sweeps;
  for (const Row& row : rows_of(report, scenario)) sweeps.push_back(sweep_of(row, report));
  return sweeps;
}

double model_knee(double cpus, double hold_ns, double cpu_ns_per_request) {
  return cpus * (hold_ns + cpu_ns_per_request) / cpu_ns_per_request;
}

std::string peak_in_words(const Sweep& sweep) {
  const Scalability& found = sweep.scalability;
  if (found.peak) return fmt::format("throughput peaks at {:.0f} workers", *found.peak);
  if (found.falls) {
    return fmt::format("throughput falls beyond {}; no law named: {}",
                       counted(sweep.best_workers, "worker"), found.why_no_peak);
  }
  return fmt::format("no peak seen up to {}: {}", sweep.most_workers, found.why_no_peak);
}

std::string in_words(const Sweep& sweep) {
  std::string text = "knee at " + counted(sweep.knee_workers(), "worker");
  if (sweep.knee_at_end()) {
    text += sweep.knee_limited_by == Limit::server
                ? ", the most tested, where the server is the limit"
                : ", the most tested: more may buy more";
  }
  return text + "; " + peak_in_words(sweep);
}

}  // namespace fanout
