#include "harness/analysis/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>

#include "base/text.h"
#include "base/units.h"
#include "strategies/registry.h"

namespace fanout {
namespace {

double time_of(const CellReport* cell) { return cell->summary.makespan_ns.median; }
double cost_of(const CellReport* cell) { return cell->summary.cpu_us_per_request.median; }

// Less is simpler.
std::tuple<std::ptrdiff_t, unsigned, double> complexity(const CellReport* cell) {
  const auto rows = strategies();
  const auto row = std::ranges::find(rows, cell->cell.strategy, &Strategy::name);
  return {row - rows.begin(), cell->cell.workers, cost_of(cell)};
}

const CellReport& simplest_of(const Cells& cells) {
  return **std::ranges::min_element(cells, {}, complexity);
}

// As long as needed to tell it from the others.
std::string short_name(const Cells& among, const Cell& cell) {
  const bool told_by_strategy = std::ranges::all_of(among, [&](const CellReport* other) {
    return other->cell.strategy != cell.strategy || other->cell.transport == cell.transport;
  });
  return fmt::format("{}{} with {}", cell.strategy, told_by_strategy ? "" : " on " + cell.transport,
                     counted(cell.workers, "worker"));
}

std::size_t strategies_in(const Cells& cells) {
  std::set<std::string_view> names;
  for (const CellReport* cell : cells) names.insert(cell->cell.strategy);
  return names.size();
}

// Those that none is known to cost less than. Too few rounds rank nothing: the cheapest by median.
Cells cheapest_of(const Report& report, const Scenario& scenario, const Cells& near) {
  const auto by_cpu = std::ranges::find(measures(), "cpu", &Measure::name);
  const Verdict verdict = verdict_on(report, scenario, near, *by_cpu);
  if (!verdict.ranking) return {*std::ranges::min_element(near, {}, cost_of)};
  Cells cells;
  for (const std::size_t i : verdict.ranking->bands.front()) cells.push_back(verdict.cells[i]);
  return cells;
}

std::string how_to_use(const Cells& all, const CellReport& use, const Scenario& scenario) {
  return fmt::format("{}: {} for {}, {} us of CPU each.", short_name(all, use.cell),
                     format_duration(time_of(&use)), counted(scenario.requests, "request"),
                     format_number(cost_of(&use)));
}

// Why this one: of those as fast as it, or because none is.
std::string why(const Verdict& by_makespan, const Cells& near, const Cells& cheapest,
                const CellReport& use) {
  const Cells& all = by_makespan.cells;
  const std::size_t others = strategies_in(near) - 1;
  if (others > 0) {
    const std::string as_fast =
        others == 1 ? "One other strategy is" : fmt::format("{} other strategies are", others);
    const std::size_t as_cheap = strategies_in(cheapest) - 1;
    const char* reason = as_cheap == 0 ? "it costs least"
                         : as_cheap == others
                             ? "nothing separates their cost, and it is the simplest"
                             : "it is the simplest of those that cost least";
    return fmt::format("{} as fast within 5 %; {}.", as_fast, reason);
  }
  Cells slower;
  std::ranges::copy_if(all, std::back_inserter(slower), [&](const CellReport* cell) {
    return cell->cell.strategy != use.cell.strategy;
  });
  if (slower.empty()) return {};
  const CellReport& next = **std::ranges::min_element(slower, {}, time_of);
  const std::string compared =
      fmt::format("{}, the next, takes {:.2f} x as long", short_name(all, next.cell),
                  time_of(&next) / time_of(&use));
  if (!by_makespan.ranking) return fmt::format("By median it is the fastest: {}.", compared);
  const bool separated = std::ranges::none_of(by_makespan.ranking->bands.front(),
                                              [&](std::size_t i) { return all[i] == &next; });
  return separated ? fmt::format("It is the fastest: {}.", compared)
                   : fmt::format("By median it is the fastest: {}, and is not separated from it.",
                                 compared);
}

}  // namespace

Answer answer_for(const Report& report, const Scenario& scenario, const Verdict& by_makespan,
                  const Cells& near) {
  const Cells& all = by_makespan.cells;
  const Cells cheapest = cheapest_of(report, scenario, near);
  const CellReport& use = simplest_of(cheapest);
  Answer answer{.use = use.cell, .lines = {}};
  const std::string how = how_to_use(all, use, scenario);
  const std::size_t needed = rounds_to_rank(all.size());
  answer.lines.push_back(
      by_makespan.rounds >= needed
          ? "Use " + how
          : fmt::format("By medians of {}, too few to rank (at least {} are needed): use {}",
                        counted(by_makespan.rounds, "round"), needed, how));
  if (std::string reason = why(by_makespan, near, cheapest, use); !reason.empty()) {
    answer.lines.push_back(std::move(reason));
  }
  const CellReport& simplest = simplest_of(near);
  if (simplest.cell.strategy != use.cell.strategy) {
    answer.lines.push_back(fmt::format("{}, the simplest of them, costs {:.2f} x the CPU.",
                                       short_name(all, simplest.cell),
                                       cost_of(&simplest) / cost_of(&use)));
  }
  return answer;
}

}  // namespace fanout
