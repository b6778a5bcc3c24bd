#include "harness/analysis/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
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

// As long as needed to tell it from the others: "event_loop on curl_asio".
std::string short_name(const Cells& among, const Cell& cell) {
  const bool told_by_strategy = std::ranges::all_of(among, [&](const CellReport* other) {
    return other->cell.strategy != cell.strategy || other->cell.transport == cell.transport;
  });
  return cell.strategy + (told_by_strategy ? "" : " on " + cell.transport);
}

// "Not ranked: a Debug build. By medians, use ": what precedes an answer that rests on no ranking.
std::string by_medians(std::string declined) {
  declined.front() = static_cast<char>(std::toupper(declined.front()));
  return declined + ". By medians, use ";
}

std::size_t strategies_in(const Cells& cells) {
  std::set<std::string_view> names;
  for (const CellReport* cell : cells) names.insert(cell->cell.strategy);
  return names.size();
}

// The CPU per request of cells that are as fast as each other.
struct Costs {
  Cells least;          // of which none is known to cost less; not ranked: the least median
  bool ranked = false;  // else medians are all there is
};

Costs costs_of(const Report& report, const Scenario& scenario, const Cells& near) {
  const auto by_cpu = std::ranges::find(measures(), "cpu", &Measure::name);
  const Verdict verdict = verdict_on(report, scenario, near, *by_cpu);
  if (!verdict.ranking) return {.least = {*std::ranges::min_element(near, {}, cost_of)}};
  Costs costs{.least = {}, .ranked = true};
  for (const std::size_t i : verdict.ranking->bands.front()) {
    costs.least.push_back(verdict.cells[i]);
  }
  return costs;
}

std::string how_to_use(const Cells& all, const CellReport& use, const Scenario& scenario) {
  const auto row = std::ranges::find(strategies(), use.cell.strategy, &Strategy::name);
  const bool adapts = row != strategies().end() && (*row)->concurrency == Concurrency::adaptive;
  return fmt::format("{} with {}{} in flight (--workers {}): {} for {}, {} us of CPU for each.",
                     short_name(all, use.cell), adapts ? "at most " : "",
                     counted(use.cell.workers, "request"), use.cell.workers,
                     format_duration(time_of(&use)), counted(scenario.requests, "request"),
                     format_number(cost_of(&use)));
}

// Where no other strategy is near: how much longer the next takes. "" where there is no other.
std::string compared_with_next(const Cells& all, const CellReport& use) {
  Cells others;
  std::ranges::copy_if(all, std::back_inserter(others), [&](const CellReport* cell) {
    return cell->cell.strategy != use.cell.strategy;
  });
  if (others.empty()) return {};
  const CellReport& next = **std::ranges::min_element(others, {}, time_of);
  return fmt::format(
      "No other strategy comes within 5 % of the shortest median: the next, {}, takes {:.2f} x as "
      "long.",
      short_name(all, next.cell), time_of(&next) / time_of(&use));
}

// Why this one.
std::string why(const Cells& all, const Cells& near, const Costs& costs, const CellReport& use) {
  const std::size_t others = strategies_in(near) - 1;
  if (others == 0) return compared_with_next(all, use);
  const std::string within =
      others == 1 ? "One other strategy is" : fmt::format("{} other strategies are", others);
  const std::string name = short_name(all, use.cell);
  if (!costs.ranked || strategies_in(costs.least) == 1) {
    return fmt::format("{} within 5 % of the shortest time; {} uses the least CPU{}.", within, name,
                       costs.ranked ? "" : " by median");
  }
  return fmt::format(
      "{} within 5 % of the shortest time; none is known to use less CPU, and of those that use as "
      "little {} is the simplest.",
      within, name);
}

}  // namespace

Answer answer_for(const Report& report, const Scenario& scenario, const Verdict& by_makespan,
                  const Cells& near) {
  const Cells& all = by_makespan.cells;
  const Costs costs = costs_of(report, scenario, near);
  const CellReport& use = simplest_of(costs.least);
  Answer answer{.use = use.cell, .lines = {}};
  const std::string how = how_to_use(all, use, scenario);
  answer.lines.push_back((by_makespan.ranking ? "Use " : by_medians(by_makespan.declined)) + how);
  if (std::string reason = why(all, near, costs, use); !reason.empty()) {
    answer.lines.push_back(std::move(reason));
  }
  const CellReport& simplest = simplest_of(near);
  const bool known_to_cost_more = std::ranges::find(costs.least, &simplest) == costs.least.end();
  if (simplest.cell.strategy != use.cell.strategy && known_to_cost_more &&
      cost_of(&simplest) > cost_of(&use)) {
    answer.lines.push_back(fmt::format(
        "The simplest of these {} is {}: {} us of CPU for each request ({:.2f} x{}).",
        strategies_in(near), short_name(all, simplest.cell), format_number(cost_of(&simplest)),
        cost_of(&simplest) / cost_of(&use), costs.ranked ? "" : ", by medians"));
  }
  return answer;
}

std::string shorter_elsewhere(const Report& report, const Answer& answer,
                              const std::vector<LeftOut>& elsewhere) {
  if (!answer.use) return {};
  const auto row_of = [&](const Cell& cell) {
    return std::ranges::find(report.cells, cell, &CellReport::cell);
  };
  const double limit = time_of(&*row_of(*answer.use)) / kAsFast;
  std::string names;
  for (const LeftOut& out : elsewhere) {
    const auto row = row_of(out.cell);
    if (row->summary.valid_runs == 0 || time_of(&*row) >= limit) continue;
    names += fmt::format("{}{} on {}, {} ({})", names.empty() ? "" : "; ", out.cell.strategy,
                         out.cell.transport, format_duration(time_of(&*row)), out.reason);
  }
  return names.empty() ? names : fmt::format("Shorter, and not compared: {}.", names);
}

}  // namespace fanout
