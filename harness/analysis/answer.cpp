#include "harness/analysis/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <limits>
#include <set>
#include <tuple>

#include "base/text.h"
#include "base/units.h"
#include "strategies/registry.h"

namespace fanout {
namespace {

double cost_of(const CellReport* cell) { return cell->summary.cpu_us_per_request.median; }
double makespan_of(const CellReport* cell) { return cell->summary.makespan_ns.median; }

// What makes a cell fast, by one measure, and the words for it.
struct Pace {
  std::string_view measure;
  double (*of)(const CellReport*);  // less is better
  std::string (*figure)(const CellReport*);
  std::string (*words)(const CellReport&, const Scenario&);
  std::string_view best;  // of all cells
};
constexpr std::array<Pace, 3> kPaces{{
    {"makespan", &makespan_of,
     [](const CellReport* cell) { return format_duration(makespan_of(cell)); },
     [](const CellReport& cell, const Scenario& scenario) {
       return fmt::format("{} for {}", format_duration(makespan_of(&cell)),
                          counted(scenario.requests, "request"));
     },
     "the shortest time"},
    {"throughput",
     [](const CellReport* cell) { return 1e9 / cell->summary.requests_per_second.median; },
     [](const CellReport* cell) {
       return format_number(cell->summary.requests_per_second.median) + " requests a second";
     },
     [](const CellReport& cell, const Scenario&) {
       return format_number(cell.summary.requests_per_second.median) + " requests a second";
     },
     "the most requests a second"},
    {"response_p99",
     [](const CellReport* cell) {
       const auto& p99 = cell->summary.response_p99_ns;
       return p99 ? p99->median : std::numeric_limits<double>::infinity();
     },
     [](const CellReport* cell) { return format_duration(cell->summary.response_p99_ns->median); },
     [](const CellReport& cell, const Scenario&) {
       const auto& p99 = cell.summary.response_p99_ns;
       return fmt::format("99 of 100 requests answered within {} of when they were due",
                          p99 ? format_duration(p99->median) : "?");
     },
     "the shortest of such times"},
}};

const Pace* pace_by(const Measure& measure) {
  for (const Pace& pace : kPaces) {
    if (pace.measure == measure.name) return &pace;
  }
  return nullptr;
}

// What the shortest has, and cells that are as good.
Cells near_of(const Verdict& verdict) {
  const Pace* const pace = pace_by(*verdict.measure);
  if (pace == nullptr) return verdict.cells;
  const double best = pace->of(*std::ranges::min_element(verdict.cells, {}, pace->of));
  Cells near;
  std::ranges::copy_if(verdict.cells, std::back_inserter(near),
                       [&](const CellReport* cell) { return pace->of(cell) <= kAsFast * best; });
  return near;
}

// Less is simpler.
std::tuple<std::ptrdiff_t, unsigned, double> complexity(const CellReport* cell) {
  const auto rows = strategies();
  const auto row = std::ranges::find(rows, cell->cell.strategy, &Strategy::name);
  return {row - rows.begin(), cell->cell.workers, cost_of(cell)};
}

const CellReport& simplest_of(const Cells& cells) {
  return **std::ranges::min_element(cells, {}, complexity);
}

// " + quota" for a cell of the variant "quota" of this scenario; "" for one of its own.
std::string variant_suffix(const std::string& scenario, const Cell& cell) {
  if (!cell.scenario.starts_with(scenario + ".")) return {};
  return " + " + cell.scenario.substr(scenario.size() + 1);
}

// As long as needed to tell it from the others: "event_loop on curl_asio"; of variants, with which.
std::string short_name(const Verdict& verdict, const Cell& cell) {
  const Cells& among = verdict.cells;
  const bool told_by_strategy = std::ranges::all_of(among, [&](const CellReport* other) {
    return other->cell.strategy != cell.strategy || other->cell.transport == cell.transport;
  });
  std::string name = cell.strategy + (told_by_strategy ? "" : " on " + cell.transport);
  return name + variant_suffix(verdict.scenario, cell);
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

std::string how_to_use(const Verdict& verdict, const CellReport& use, const Scenario& scenario) {
  const auto row = std::ranges::find(strategies(), use.cell.strategy, &Strategy::name);
  const bool adapts = row != strategies().end() && (*row)->concurrency == Concurrency::adaptive;
  const Pace* const pace = pace_by(*verdict.measure);
  return fmt::format("{} with {}{} in flight (--workers {}): {}{} us of CPU for each{}.",
                     short_name(verdict, use.cell), adapts ? "at most " : "",
                     counted(use.cell.workers, "request"), use.cell.workers,
                     pace == nullptr ? "" : pace->words(use, scenario) + ", ",
                     format_number(cost_of(&use)), pace == &kPaces[0] ? "" : " request");
}

// Where no other strategy is near: how much longer the next takes. "" where there is no other.
std::string compared_with_next(const Verdict& verdict, const Pace& pace, const CellReport& use) {
  Cells others;
  std::ranges::copy_if(verdict.cells, std::back_inserter(others), [&](const CellReport* cell) {
    return cell->cell.strategy != use.cell.strategy;
  });
  if (others.empty()) return {};
  const CellReport& next = **std::ranges::min_element(others, {}, pace.of);
  return fmt::format(
      "No other strategy comes within 5 % of {}: the next, {}, takes {:.2f} x as long.",
      pace.measure == "makespan" ? "the shortest median" : pace.best,
      short_name(verdict, next.cell), pace.of(&next) / pace.of(&use));
}

// Why this one.
std::string why(const Verdict& verdict, const Cells& near, const Costs& costs,
                const CellReport& use) {
  const std::string name = short_name(verdict, use.cell);
  const bool cheapest = !costs.ranked || strategies_in(costs.least) == 1;
  const Pace* const pace = pace_by(*verdict.measure);
  const std::size_t others = strategies_in(near) - 1;
  if (others == 0) return pace == nullptr ? "" : compared_with_next(verdict, *pace, use);
  std::string text;
  if (pace == nullptr) {
    text = "The times are the server's, which was the limit, so only costs are compared";
  } else {
    text = others == 1 ? "One other strategy is" : fmt::format("{} other strategies are", others);
    text += fmt::format(" within 5 % of {}", pace->best);
  }
  if (cheapest) {
    return fmt::format("{}; {} uses the least CPU{}.", text, name,
                       costs.ranked ? "" : " by median");
  }
  return fmt::format("{}; {} is the simplest of the {} that use the least CPU.", text, name,
                     strategies_in(costs.least));
}

}  // namespace

const Measure& pace_of(const Scenario& scenario) {
  const Pace& pace = kPaces[scenario.mode == Mode::batch    ? 0
                            : scenario.mode == Mode::steady ? 1
                                                            : 2];
  return *std::ranges::find(measures(), pace.measure, &Measure::name);
}

Answer answer_for(const Report& report, const Scenario& scenario, const Verdict& verdict) {
  const Cells near = near_of(verdict);
  const Costs costs = costs_of(report, scenario, near);
  const CellReport& use = simplest_of(costs.least);
  Answer answer{.use = use.cell, .lines = {}};
  const std::string how = how_to_use(verdict, use, scenario);
  answer.lines.push_back((verdict.ranking ? "Use " : by_medians(verdict.declined)) + how);
  if (std::string reason = why(verdict, near, costs, use); !reason.empty()) {
    answer.lines.push_back(std::move(reason));
  }
  const auto& limits = use.summary.limits;
  if (limits && limits->refused_share.median >= 0.01) {
    answer.lines.push_back(fmt::format("The server refused {:.1f} % of its attempts.",
                                       100 * limits->refused_share.median));
  }
  const CellReport& simplest = simplest_of(near);
  const bool known_to_cost_more = std::ranges::find(costs.least, &simplest) == costs.least.end();
  if (simplest.cell.strategy != use.cell.strategy && known_to_cost_more &&
      cost_of(&simplest) > cost_of(&use)) {
    answer.lines.push_back(fmt::format(
        "{}, the simplest of these {}, costs {:.2f} x the CPU{}: {} us for each request.",
        short_name(verdict, simplest.cell), strategies_in(near), cost_of(&simplest) / cost_of(&use),
        costs.ranked ? "" : ", by medians", format_number(cost_of(&simplest))));
  }
  return answer;
}

std::string faster_elsewhere(const Report& report, const Scenario& scenario, const Answer& answer,
                             const std::vector<LeftOut>& elsewhere) {
  const Pace* const pace = pace_by(pace_of(scenario));
  if (!answer.use || pace == nullptr) return {};
  const auto row_of = [&](const Cell& cell) {
    return std::ranges::find(report.cells, cell, &CellReport::cell);
  };
  const double limit = pace->of(&*row_of(*answer.use)) / kAsFast;
  std::string names;
  for (const LeftOut& out : elsewhere) {
    const auto row = row_of(out.cell);
    if (row->summary.valid_runs == 0 || pace->of(&*row) >= limit) continue;
    names += fmt::format("{}{}{} on {}, {} ({})", names.empty() ? "" : "; ", out.cell.strategy,
                         variant_suffix(scenario.name, out.cell), out.cell.transport,
                         pace->figure(&*row), out.reason);
  }
  return names.empty() ? names : fmt::format("Faster, and not compared: {}.", names);
}

Answer answer_among(const Report& report, const Scenario& scenario, Contenders contenders) {
  if (contenders.cells.empty() || cut_by_deadline(scenario, contenders.cells)) return {};
  leave_out_other_stacks(report, contenders);
  Contenders paced = contenders;
  leave_out_server_bound(paced);
  if (paced.cells.empty()) {
    const auto by_cpu = std::ranges::find(measures(), "cpu", &Measure::name);
    return answer_for(report, scenario, verdict_on(report, scenario, contenders.cells, *by_cpu));
  }
  Answer answer =
      answer_for(report, scenario, verdict_on(report, scenario, paced.cells, pace_of(scenario)));
  if (std::string line = faster_elsewhere(report, scenario, answer, paced.left_out);
      !line.empty()) {
    answer.lines.push_back(std::move(line));
  }
  return answer;
}

}  // namespace fanout
