#include "harness/print/render_plan.h"

#include <fmt/format.h>

#include "base/text.h"
#include "base/units.h"
#include "harness/plan/prediction.h"
#include "harness/plan/references.h"
#include "harness/print/table.h"

namespace fanout {

std::string render_skipped(const Plan& plan) {
  std::string text;
  for (const Skipped& skipped : plan.skipped) {
    text += fmt::format("skipped {}: {}\n", cell_text(skipped.cell), skipped.why.text);
  }
  return text;
}

std::string render_plan(const Plan& plan) {
  Table table{.columns = {{"strategy", Column::Align::left},
                          {"transport", Column::Align::left},
                          {"stack", Column::Align::left},
                          {"scenario", Column::Align::left},
                          {"workers"},
                          {"about"}},
              .rows = {}};
  for (const Cell& cell : plan.cells) {
    const auto duration = predicted_run(cell, scenario_of(plan, cell));
    table.rows.push_back({cell.strategy, cell.transport, cell.stack, cell.scenario,
                          std::to_string(cell.workers),
                          format_duration(static_cast<double>(duration.count()))});
  }
  std::string work;
  for (const Scenario& scenario : plan.scenarios) {
    if (scenario.real_targets() == nullptr && scenario.mode != Mode::batch) {
      work += fmt::format("{}: {}\n", scenario.name, work_in_words(scenario));
    }
    if (scenario.real_targets() == nullptr) continue;
    work +=
        fmt::format("{}: {}; how long they take is not known\n", scenario.name, scenario.summary);
  }
  for (const Reference& reference : plan.references) {
    work += fmt::format("beside them, as {}: {} / {} / {} / {}\n", role_name(reference.role),
                        reference.cell.strategy, reference.cell.transport, reference.cell.scenario,
                        counted(reference.cell.workers, "worker"));
  }
  return to_text(table) + render_skipped(plan) + work +
         fmt::format("{} x {}, seed {}, about {}\n", counted(plan.cells.size(), "cell"),
                     counted(plan.rounds, "round"), plan.seed,
                     format_duration(static_cast<double>(predicted_total(plan).count())));
}

}  // namespace fanout
