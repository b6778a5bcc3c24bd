#include "harness/analysis/family.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "harness/analysis/answer_among.h"

namespace fanout {
namespace {

bool is_of(const Scenario& scenario, const Scenario& base) {
  return scenario.name == base.name ||
         (scenario.variant_of == base.name && is_same_task(scenario, base));
}

// Those that may be held against each other: as within one scenario, for all of them together.
Contenders contenders_of(const Report& report, const Scenario& base) {
  Contenders all;
  for (const Scenario& scenario : report.plan.scenarios) {
    if (!is_of(scenario, base)) continue;
    Contenders own = contenders(report, scenario);
    std::ranges::move(own.cells, std::back_inserter(all.cells));
    std::ranges::move(own.left_out, std::back_inserter(all.left_out));
  }
  leave_out_who_did_less(all);
  return all;
}

double refused(const CellReport* cell) {
  return cell->summary.limits ? cell->summary.limits->refused_share.median : 0;
}

// Whom the server refused least: of the fastest, and of all.
void say_whom_it_refuses_least(Family& family, const Verdict& verdict) {
  if (std::ranges::all_of(verdict.cells, [](auto* cell) { return refused(cell) == 0; })) return;
  const auto refused_of = [&](std::size_t i) { return refused(verdict.cells[i]); };
  const auto words = [&](std::size_t i) {
    return fmt::format("{} ({:.1f} % of its attempts)", verdict.labels[i], 100 * refused_of(i));
  };
  const auto& band = verdict.ranking->bands.front();
  const std::size_t of_fastest = *std::ranges::min_element(band, {}, refused_of);
  const auto least = std::ranges::min_element(verdict.cells, {}, refused);
  const auto of_all = static_cast<std::size_t>(least - verdict.cells.begin());
  family.lines.push_back(fmt::format("Refused least of the fastest: {}.", words(of_fastest)));
  if (refused_of(of_all) < refused_of(of_fastest)) {
    family.lines.push_back(fmt::format("Refused least of all: {}.", words(of_all)));
  }
}

void say_what_hedges_do(Family& family, const Verdict& verdict) {
  for (std::size_t i = 0; i < verdict.cells.size(); ++i) {
    const Summary& summary = verdict.cells[i]->summary;
    if (!summary.hedges) continue;
    family.lines.push_back(fmt::format(
        "{}: second attempts for {:.1f} % of the requests, of which {:.0f} % were answered first.",
        verdict.labels[i], 100 * summary.hedges->sent_share.median,
        summary.hedges->sent_share.median > 0
            ? 100 * summary.hedges->won_share.median / summary.hedges->sent_share.median
            : 0.0));
  }
}

Family family_of(const Report& report, const Scenario& base) {
  Family family;
  family.base = &base;
  for (const CellReport& cell : report.cells) {
    if (is_of(scenario_of(report.plan, cell.cell), base)) family.cells.push_back(&cell);
  }
  const Contenders found = contenders_of(report, base);
  for (const Measure& measure : measures()) {
    if (found.cells.size() < 2 || !has_figure(found.cells, measure)) continue;
    family.verdicts.push_back(verdict_on(report, base, found.cells, measure));
    family.verdicts.back().left_out = found.left_out;
  }
  family.answer = answer_among(report, base, found);
  if (family.verdicts.empty() || !family.verdicts.front().ranking) return family;
  say_whom_it_refuses_least(family, family.verdicts.front());
  say_what_hedges_do(family, family.verdicts.front());
  return family;
}

bool has_variants(const Plan& plan, const Scenario& base) {
  return std::ranges::any_of(plan.scenarios, [&](const Scenario& scenario) {
    return &scenario != &base && is_of(scenario, base);
  });
}

}  // namespace

bool in_family(const Plan& plan, const Scenario& scenario) {
  const auto base = std::ranges::find(plan.scenarios, scenario.variant_of, &Scenario::name);
  return has_variants(plan, scenario) || (base != plan.scenarios.end() && is_of(scenario, *base));
}

std::string variant_name(const Plan& plan, const Cell& cell) {
  const std::string& base = scenario_of(plan, cell).variant_of;
  return base.empty() ? "" : cell.scenario.substr(base.size() + 1);
}

std::vector<Family> families_of(const Report& report) {
  std::vector<Family> families;
  for (const Scenario& scenario : report.plan.scenarios) {
    if (has_variants(report.plan, scenario)) families.push_back(family_of(report, scenario));
  }
  return families;
}

}  // namespace fanout
