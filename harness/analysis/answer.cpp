#include "harness/analysis/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <set>
#include <tuple>

#include "base/text.h"
#include "base/units.h"
#include "harness/analysis/pace.h"
#include "strategies/registry.h"

namespace fanout {
namespace {

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

// As long as needed to tell it from the others: "event_loop on curl_asio"; of variants, with which.
std::string short_name(const Verdict& verdict, const Cell& cell) {
  const Cells& among = verdict.cells;
  const bool told_by_strategy = std::ranges::all_of(among, [&](const CellReport* other) {
    return other->cell.strategy != cell.strategy ||
           transport_text(other->cell) == transport_text(cell);
  });
  std::string name = cell.strategy + (told_by_strategy ? "" : " on " + transport_text(cell));
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

std::string how_to_use(const Report& report, const Verdict& verdict, const CellReport& use,
                       const Scenario& scenario) {
  const auto row = std::ranges::find(strategies(), use.cell.strategy, &Strategy::name);
  const bool adapts = row != strategies().end() && (*row)->concurrency == Concurrency::adaptive;
  const Pace* const pace = pace_by(*verdict.measure);
  return fmt::format("{} with {}{} in flight{} (--workers {}): {}{} us of CPU for each{}.",
                     short_name(verdict, use.cell), adapts ? "at most " : "",
                     counted(use.cell.workers, "request"), version_suffix(report, use.cell),
                     use.cell.workers, pace == nullptr ? "" : pace->words(use, scenario) + ", ",
                     format_number(cost_of(&use)),
                     pace != nullptr && pace->measure == "makespan" ? "" : " request");
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

bool waited_to_connect(const CellReport* cell) {
  return std::ranges::any_of(cell->runs, [](const Run& run) {
    return run.valid && run.phases && run.phases->syns_resent > 0;
  });
}

}  // namespace

std::string variant_suffix(const std::string& scenario, const Cell& cell) {
  if (!cell.scenario.starts_with(scenario + ".")) return {};
  return " + " + cell.scenario.substr(scenario.size() + 1);
}

std::string version_suffix(const Report& report, const Cell& cell) {
  const bool several = std::ranges::any_of(report.cells, [&](const CellReport& other) {
    return other.cell.scenario == cell.scenario && other.cell.http != cell.http;
  });
  if (!several) return {};
  return cell.http == HttpVersion::http1 ? " over HTTP/1.1" : " over HTTP/2";
}

Answer answer_for(const Report& report, const Scenario& scenario, const Verdict& verdict) {
  const Cells near = near_of(verdict);
  const Costs costs = costs_of(report, scenario, near);
  const CellReport& use = simplest_of(costs.least);
  Answer answer{.use = use.cell, .lines = {}};
  const std::string how = how_to_use(report, verdict, use, scenario);
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
  if (std::ranges::any_of(verdict.cells, waited_to_connect)) {
    answer.lines.emplace_back(
        "Some connections took 1 s or more to open, which may decide these times: see the notes.");
  }
  return answer;
}

}  // namespace fanout
