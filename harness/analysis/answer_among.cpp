#include "harness/analysis/answer_among.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/units.h"
#include "harness/analysis/pace.h"

namespace fanout {
namespace {

// By what cells that were not compared are better than the answer.
struct Better {
  std::string_view word;
  double (*of)(const CellReport*);  // less is better
  std::string (*figure)(const CellReport*);
};

std::string better_elsewhere(const Report& report, const Scenario& scenario, const Answer& answer,
                             const std::vector<LeftOut>& elsewhere, const Better& better) {
  if (!answer.use) return {};
  const auto row_of = [&](const Cell& cell) {
    return std::ranges::find(report.cells, cell, &CellReport::cell);
  };
  const double limit = better.of(&*row_of(*answer.use)) / kAsFast;
  std::string names;
  for (const LeftOut& out : elsewhere) {
    const auto row = row_of(out.cell);
    if (row->summary.valid_runs == 0 || better.of(&*row) >= limit) continue;
    if (!is_same_protocol(out.cell, *answer.use)) continue;  // protocols.h compares those
    names += fmt::format("{}{}{} on {}, {} ({})", names.empty() ? "" : "; ", out.cell.strategy,
                         variant_suffix(scenario.name, out.cell), transport_text(out.cell),
                         better.figure(&*row), out.reason);
  }
  return names.empty() ? names : fmt::format("{}, and not compared: {}.", better.word, names);
}

void add_line(Answer& answer, std::string line) {
  if (!line.empty()) answer.lines.push_back(std::move(line));
}

double kept_share(const CellReport* cell) {
  return cell->summary.achieved_share ? cell->summary.achieved_share->median : 1;
}

// Whether an open loop was more than it could do, in most of its runs: how long requests then
// waited is a matter of how long the list is.
bool fell_behind(const CellReport* cell) {
  const auto saturated = std::ranges::count_if(
      cell->runs, [](const Run& run) { return run.valid && has_flag(run, Flag::saturated); });
  return 2 * saturated > static_cast<std::ptrdiff_t>(cell->summary.valid_runs);
}

void leave_out_who_fell_behind(Contenders& contenders) {
  std::erase_if(contenders.cells, [&](const CellReport* cell) {
    if (fell_behind(cell)) contenders.left_out.push_back({cell->cell, "fell behind the schedule"});
    return fell_behind(cell);
  });
}

std::string none_kept_up(const Scenario& scenario, const Cells& cells) {
  const CellReport& best = **std::ranges::max_element(cells, {}, kept_share);
  return fmt::format(
      "No strategy kept up with {} requests a second. {} kept up best, with {:.1f} % of them: give "
      "more --workers, or a lower --rate.",
      format_number(scenario.rate.value_or(0)), best.cell.strategy, 100 * kept_share(&best));
}

}  // namespace

std::string faster_elsewhere(const Report& report, const Scenario& scenario, const Answer& answer,
                             const std::vector<LeftOut>& elsewhere) {
  const Pace* const pace = pace_by(pace_of(scenario));
  return better_elsewhere(report, scenario, answer, elsewhere, {"Faster", pace->of, pace->figure});
}

Answer answer_among(const Report& report, const Scenario& scenario, Contenders contenders) {
  if (contenders.cells.empty() || cut_by_deadline(scenario, contenders.cells)) return {};
  leave_out_those_beside(report, contenders);
  Contenders paced = contenders;
  leave_out_server_bound(paced);
  if (paced.cells.empty()) {
    const auto by_cpu = std::ranges::find(measures(), "cpu", &Measure::name);
    Answer answer =
        answer_for(report, scenario, verdict_on(report, scenario, contenders.cells, *by_cpu));
    add_line(answer, better_elsewhere(report, scenario, answer, contenders.left_out,
                                      {"Cheaper", &cost_of, [](const CellReport* cell) {
                                         return format_number(cost_of(cell)) + " us of CPU";
                                       }}));
    return answer;
  }
  if (scenario.mode == Mode::open && std::ranges::all_of(paced.cells, fell_behind)) {
    return {.use = std::nullopt, .lines = {none_kept_up(scenario, paced.cells)}};
  }
  leave_out_who_fell_behind(paced);
  Answer answer =
      answer_for(report, scenario, verdict_on(report, scenario, paced.cells, pace_of(scenario)));
  add_line(answer, faster_elsewhere(report, scenario, answer, paced.left_out));
  return answer;
}

}  // namespace fanout
