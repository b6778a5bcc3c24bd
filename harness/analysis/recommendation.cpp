#include "harness/analysis/recommendation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>

#include "base/text.h"
#include "base/units.h"
#include "harness/analysis/answer_among.h"
#include "harness/analysis/family.h"
#include "harness/analysis/verdict.h"

namespace fanout {
namespace {

double makespan(const CellReport* cell) { return cell->summary.makespan_ns.median; }
double cpu(const CellReport* cell) { return cell->summary.cpu_us_per_request.median; }
unsigned workers(const CellReport* cell) { return cell->cell.workers; }

std::string name(const Report& report, const Cell& cell) {
  return fmt::format("{} / {}{} with {}", cell.strategy, transport_text(cell),
                     is_beside(report, cell) ? " *" : "", counted(cell.workers, "worker"));
}

std::string cost(const CellReport& cell) { return format_number(cpu(&cell)) + " us"; }

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 3;
  const std::span shown(names.data(), std::min(names.size(), kMost));
  std::string text = fmt::format("{}", fmt::join(shown, ", "));
  if (names.size() > shown.size()) text += fmt::format(" and {} more", names.size() - shown.size());
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

// The names of all cells in the first band of the ranking but the fastest.
std::vector<std::string> not_separated(const Report& report, const Verdict& verdict) {
  std::vector<std::string> names;
  if (!verdict.ranking) return names;
  const auto& band = verdict.ranking->bands.front();
  for (const std::size_t i : std::span(band).subspan(1)) {
    names.push_back(name(report, verdict.cells[i]->cell));
  }
  return names;
}

std::string fastest_line(const Report& report, const CellReport& fastest, const Verdict& verdict) {
  const std::vector<std::string> others = not_separated(report, verdict);
  return fmt::format("{}{}: {}, {}, {} of CPU per request.{}",
                     verdict.ranking && others.empty() ? "Fastest" : "Shortest median",
                     version_suffix(report, fastest.cell), name(report, fastest.cell),
                     makespan_text(fastest), cost(fastest),
                     others.empty() ? "" : " Not separated from " + listed(others) + ".");
}

// What is to be said first if there are too few rounds to rank.
void warn_of_few_rounds(Recommendation& found, const Verdict& verdict) {
  const std::size_t needed = rounds_to_rank(verdict.cells.size());
  if (verdict.rounds >= needed) return;
  found.lines.push_back(fmt::format(
      "Not enough evidence to rank: {}, at least {} are needed{}.",
      counted(verdict.rounds, "round"), needed,
      needed > kLeastRoundsToRank ? fmt::format(" for {} cells", verdict.cells.size()) : ""));
}

// What more workers than the recommended cell's would buy, as far as candidates of its row tell.
std::string more_workers(const Report& report, const Cells& cells, const Cell& cell) {
  const auto same_row = [&](const Cell& other) {
    return is_same_row(other, cell) && other.scenario == cell.scenario;
  };
  unsigned most_tried = 0;
  unsigned tried = 0;
  for (const CellReport& other : report.cells) {
    if (!same_row(other.cell)) continue;
    ++tried;
    most_tried = std::max(most_tried, other.cell.workers);
  }
  unsigned most = cell.workers;
  bool any_faster = false;  // of those with more workers
  const auto own = std::ranges::find(cells, cell, &CellReport::cell);
  for (const CellReport* other : cells) {
    if (!same_row(other->cell) || other->cell.workers <= cell.workers) continue;
    most = std::max(most, other->cell.workers);
    any_faster = any_faster || makespan(other) < makespan(*own);
  }
  if (most > cell.workers) {
    return fmt::format(" More workers, up to {}, buy {} by medians.", most,
                       any_faster ? "less than 5 %" : "nothing");
  }
  if (tried == 1 || most_tried > most) return {};  // no sweep, or its rest was left out
  return fmt::format(" No more than {} were tried: more may buy more.", most);
}

std::string cheapest_line(const Report& report, const Cells& cells, const CellReport& fastest,
                          const CellReport& cheapest) {
  const std::string more = more_workers(report, cells, cheapest.cell);
  if (&cheapest == &fastest) {
    return "It is also the cheapest by median of those within 5 % of it." + more;
  }
  return fmt::format("Cheapest by median within 5 % of it: {}, {}, {} of CPU per request.{}",
                     name(report, cheapest.cell), makespan_text(cheapest), cost(cheapest), more);
}

// Where the deadline ended the runs, what differs is how much was answered by then. Of at least one
// candidate.
void choose_by_answers(Recommendation& found, const Report& report, const Verdict& verdict) {
  const Cells& cells = verdict.cells;
  const auto share = [](const CellReport* cell) { return cell->summary.success_share.median; };
  const CellReport& most = **std::ranges::max_element(cells, {}, share);
  const CellReport& cheapest = **std::ranges::min_element(cells, {}, cpu);
  found.fastest = most.cell;
  found.cheapest = cheapest.cell;
  found.simplest = (*std::ranges::min_element(cells, {}, workers))->cell;
  warn_of_few_rounds(found, verdict);
  found.lines.push_back(
      fmt::format("The deadline ends these runs, so makespans say nothing. Most answered by "
                  "median: {}, {:.1f} % "
                  "of the requests; {} within 5 % of it, of which {} uses the least CPU, {} "
                  "per request.",
                  name(report, most.cell), 100 * share(&most), counted(cells.size(), "cell"),
                  name(report, cheapest.cell), cost(cheapest)));
}

// Chooses by makespan, among at least one candidate.
void choose(Recommendation& found, const Report& report, const Scenario& scenario,
            const Verdict& verdict) {
  const Cells& cells = verdict.cells;
  const CellReport& fastest = **std::ranges::min_element(cells, {}, makespan);
  Cells near;
  std::ranges::copy_if(cells, std::back_inserter(near), [&](const CellReport* cell) {
    return makespan(cell) <= kAsFast * makespan(&fastest);
  });
  const CellReport& cheapest = **std::ranges::min_element(near, {}, cpu);
  const CellReport& simplest = **std::ranges::min_element(near, {}, workers);
  found.fastest = fastest.cell;
  found.cheapest = cheapest.cell;
  found.simplest = simplest.cell;
  found.answer = answer_for(report, scenario, verdict);
  warn_of_few_rounds(found, verdict);
  found.lines.push_back(fastest_line(report, fastest, verdict));
  found.lines.push_back(cheapest_line(report, cells, fastest, cheapest));
  if (simplest.cell.workers < cheapest.cell.workers) {
    found.lines.push_back(fmt::format("Fewest workers within 5 % of it: {}, {}.",
                                      name(report, simplest.cell), makespan_text(simplest)));
  }
}

// Strategies are compared on one HTTP library; what another one reaches is said beside it.
void choose_among(Recommendation& found, const Report& report, const Scenario& scenario,
                  Cells cells, std::vector<LeftOut> elsewhere) {
  const auto others =
      std::stable_partition(cells.begin(), cells.end(),
                            [&](const CellReport* cell) { return !is_beside(report, cell->cell); });
  Cells other_stack(others, cells.end());
  if (other_stack.size() < cells.size()) {
    cells.erase(others, cells.end());
  } else {
    other_stack.clear();
  }
  const Verdict verdict = verdict_on(report, scenario, cells, measures().front());
  if (cut_by_deadline(scenario, cells)) {
    choose_by_answers(found, report, verdict);
    return;
  }
  choose(found, report, scenario, verdict);
  for (const CellReport* cell : other_stack) {
    elsewhere.push_back({cell->cell, why_beside(report, cell->cell)});
  }
  if (std::string line = faster_elsewhere(report, scenario, found.answer, elsewhere);
      !line.empty()) {
    found.answer.lines.push_back(std::move(line));
  }
  // Versions of HTTP have comparisons of their own (protocols.h).
  std::erase_if(other_stack, [&](const CellReport* cell) {
    return !is_same_protocol(cell->cell, *found.fastest);
  });
  if (other_stack.empty()) return;
  const CellReport& other = **std::ranges::min_element(other_stack, {}, makespan);
  found.lines.push_back(fmt::format("On {}: {}, {}, {} of CPU per request.",
                                    why_beside(report, other.cell), name(report, other.cell),
                                    makespan_text(other), cost(other)));
}

// Cells with more workers than requests show nothing; without them, nothing shows what several
// workers are worth unless others have several.
void leave_out_idle(Recommendation& found, Cells& cells, const Scenario& scenario) {
  const unsigned most = most_workers(cells);
  if (most <= scenario.requests) return;
  std::erase_if(cells,
                [&](const CellReport* cell) { return cell->cell.workers > scenario.requests; });
  if (most_workers(cells) <= 1) cells.clear();
  found.lines.push_back(fmt::format("Not ranked{}: {}.", cells.empty() ? "" : " in full",
                                    too_few_requests(scenario, most)));
}

}  // namespace

std::optional<Recommendation> recommend(const Report& report, const Scenario& scenario) {
  Contenders all = contenders(report, scenario);
  const Contenders with_server_bound = all;
  leave_out_server_bound(all);
  const bool all_server_bound = all.cells.empty() && !with_server_bound.cells.empty();
  // Then makespans are given, or the server's: there is an answer alone.
  if (scenario.mode != Mode::batch || all_server_bound) {
    Recommendation found;
    found.scenario = scenario.name;
    found.answer = answer_among(report, scenario, with_server_bound);
    if (!found.answer.lines.empty()) {
      if (in_family(report.plan, scenario)) found.answer = {};  // its variants have a say
      return found;
    }
    if (scenario.mode != Mode::batch) return std::nullopt;
  }
  if (all.cells.empty() && all.left_out.empty()) return std::nullopt;
  Recommendation found;
  found.scenario = scenario.name;
  leave_out_idle(found, all.cells, scenario);
  if (all.cells.empty()) {
    if (found.lines.empty()) found.lines.emplace_back("Nothing to recommend.");
  } else {
    choose_among(found, report, scenario, std::move(all.cells), all.left_out);
  }
  if (in_family(report.plan, scenario))
    found.answer = {};  // its variants have a say (analysis.cpp)
  if (!all.left_out.empty()) {
    std::vector<std::string> names;
    for (const LeftOut& out : all.left_out) {
      names.push_back(fmt::format("{} ({})", name(report, out.cell), out.reason));
    }
    found.lines.push_back("Left out: " + listed(names) + ".");
  }
  return found;
}

}  // namespace fanout
