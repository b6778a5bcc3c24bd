#include "harness/recommendation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/units.h"
#include "harness/render_tables.h"
#include "harness/sweep.h"

namespace fanout {
namespace {

constexpr double kWithin = 1.05;  // of the shortest makespan
constexpr unsigned kRoundsToRecommend = 10;

using Cells = std::vector<const CellReport*>;

double makespan(const CellReport* cell) { return cell->summary.makespan_ns.median; }
double cpu(const CellReport* cell) { return cell->summary.cpu_us_per_request.median; }
unsigned workers(const CellReport* cell) { return cell->cell.workers; }

std::string name(const Report& report, const Cell& cell) {
  return fmt::format("{} / {}{} with {} worker{}", cell.strategy, cell.transport,
                     is_other_stack(report, cell) ? " *" : "", cell.workers,
                     cell.workers == 1 ? "" : "s");
}

std::string cost(const CellReport& cell) { return fmt::format("{:.3g} us", cpu(&cell)); }

// Cells that may not be recommended are named with the reason.
Cells candidates(const Report& report, const Scenario& scenario,
                 std::vector<std::string>& left_out) {
  Cells cells;
  for (const CellReport& cell : report.cells) {
    const Summary& summary = cell.summary;
    if (cell.cell.scenario != scenario.name || summary.total_runs == 0) continue;
    if (cell.cell.stack == "none") continue;  // no network: nothing a user could deploy
    if (summary.valid_runs < summary.total_runs) {
      left_out.push_back(name(report, cell.cell) + " (invalid runs)");
    } else if (summary.limited_by == "server") {
      left_out.push_back(name(report, cell.cell) + " (limited by the server)");
    } else {
      cells.push_back(&cell);
    }
  }
  return cells;
}

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 3;
  const std::size_t shown = std::min(names.size(), kMost);
  std::string text = fmt::format("{}", fmt::join(names.begin(), names.begin() + shown, ", "));
  if (names.size() > shown) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

std::string makespan_text(const CellReport& cell) {
  const Interval& makespan = cell.summary.makespan_ns;
  std::string text = format_duration(makespan.median);
  if (makespan.low) {
    text +=
        fmt::format(" [{}, {}]", format_duration(*makespan.low), format_duration(*makespan.high));
  }
  return text;
}

// Those of the cells whose intervals overlap that of the fastest.
std::vector<std::string> not_separated(const Report& report, const Cells& cells,
                                       const CellReport& fastest) {
  std::vector<std::string> names;
  const auto& high = fastest.summary.makespan_ns.high;
  for (const CellReport* cell : cells) {
    const auto& low = cell->summary.makespan_ns.low;
    if (cell != &fastest && high && low && *low <= *high) names.push_back(name(report, cell->cell));
  }
  return names;
}

std::string fastest_line(const Report& report, const Cells& cells, const CellReport& fastest) {
  const std::vector<std::string> others = not_separated(report, cells, fastest);
  const bool alone = others.empty() && fastest.summary.makespan_ns.high;
  return fmt::format("{}: {}, {}, {} of CPU per request.{}",
                     alone ? "Fastest" : "Fastest by median", name(report, fastest.cell),
                     makespan_text(fastest), cost(fastest),
                     others.empty() ? "" : " Not separated from " + listed(others) + ".");
}

// What more workers than the recommended cell's would buy, as far as the sweep went.
std::string more_workers(const Report& report, const Cell& cell) {
  for (const Sweep& sweep : sweeps_of(report)) {
    const Cell& knee = sweep.at_knee;
    if (knee.strategy != cell.strategy || knee.transport != cell.transport ||
        knee.scenario != cell.scenario) {
      continue;
    }
    if (cell.workers == sweep.most_workers) {
      return fmt::format(" No more than {} were tried: more may buy more.", sweep.most_workers);
    }
    return fmt::format(" More workers, up to {}, buy less than 5 %.", sweep.most_workers);
  }
  return {};
}

std::string cheapest_line(const Report& report, const CellReport& fastest,
                          const CellReport& cheapest) {
  const std::string more = more_workers(report, cheapest.cell);
  if (&cheapest == &fastest) return "It is also the cheapest of those within 5 % of it." + more;
  return fmt::format("Cheapest within 5 % of it: {}, {}, {} of CPU per request.{}",
                     name(report, cheapest.cell), makespan_text(cheapest), cost(cheapest), more);
}

}  // namespace

std::optional<Recommendation> recommend(const Report& report, const Scenario& scenario) {
  std::vector<std::string> left_out;
  const Cells cells = candidates(report, scenario, left_out);
  if (cells.empty()) return std::nullopt;
  const CellReport& fastest = **std::ranges::min_element(cells, {}, makespan);
  Cells near;
  std::ranges::copy_if(cells, std::back_inserter(near), [&](const CellReport* cell) {
    return makespan(cell) <= kWithin * makespan(&fastest);
  });
  const CellReport& cheapest = **std::ranges::min_element(near, {}, cpu);
  const CellReport& simplest = **std::ranges::min_element(near, {}, workers);

  Recommendation found{.scenario = scenario.name,
                       .lines = {},
                       .fastest = fastest.cell,
                       .cheapest = cheapest.cell,
                       .simplest = simplest.cell};
  const unsigned rounds = std::ranges::min(cells, {}, [](const CellReport* cell) {
                            return cell->summary.valid_runs;
                          })->summary.valid_runs;
  if (rounds < kRoundsToRecommend) {
    found.lines.push_back(
        fmt::format("Not enough evidence to rank: {} round{}, at least {} are needed.", rounds,
                    rounds == 1 ? "" : "s", kRoundsToRecommend));
  }
  found.lines.push_back(fastest_line(report, cells, fastest));
  found.lines.push_back(cheapest_line(report, fastest, cheapest));
  if (simplest.cell.workers < cheapest.cell.workers) {
    found.lines.push_back(fmt::format("Fewest workers within 5 % of it: {}, {}.",
                                      name(report, simplest.cell), makespan_text(simplest)));
  }
  if (!left_out.empty()) found.lines.push_back("Left out: " + listed(left_out) + ".");
  return found;
}

}  // namespace fanout
