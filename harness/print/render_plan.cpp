#include "harness/print/render_plan.h"

#include <fmt/format.h>

#include "base/text.h"
#include "base/units.h"
#include "harness/plan/prediction.h"
#include "harness/plan/references.h"
#include "harness/print/table.h"

namespace fanout {
namespace {

constexpr std::chrono::nanoseconds kLong = std::chrono::minutes(30);

bool has_real_targets(const Plan& plan) {
  return !plan.scenarios.empty() && plan.scenarios.front().real_targets() != nullptr;
}

}  // namespace

std::string long_duration(std::chrono::nanoseconds time) {
  constexpr double kMinutes = 60e9;
  const double minutes = static_cast<double>(time.count()) / kMinutes;
  if (minutes < 2) return format_duration(static_cast<double>(time.count()));
  return minutes < 120 ? fmt::format("{:.0f} min", minutes)
                       : fmt::format("{} h", format_number(minutes / 60));
}

std::string resume_command(const std::string& file, std::string_view program) {
  return fmt::format("{} run --resume {}", program, shell_word(file));
}

std::string_view program_of(const Report& report) {
  return report.environment.clients.empty() ? "fanout" : "fanout-mpi";
}

std::string long_plan_note(std::chrono::nanoseconds predicted, const std::string& output,
                           std::string_view program) {
  if (predicted < kLong) return {};
  const std::string about = "this takes about " + long_duration(predicted);
  if (output == "-") return about + "; if it is stopped, only a result in a file (-o) can go on";
  return fmt::format("{}; if it is stopped, go on by: {}", about, resume_command(output, program));
}

std::string predicted_in_words(const Plan& plan) {
  const std::chrono::nanoseconds predicted = predicted_total(plan);
  const std::string about = format_duration(static_cast<double>(predicted.count()));
  if (!has_real_targets(plan)) return "about " + about;
  return fmt::format("about {} and what the servers take, up to {} if all requests time out", about,
                     long_duration(longest_total(plan)));
}

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
    table.rows.push_back({cell.strategy, transport_text(cell), cell.stack, cell.scenario,
                          std::to_string(cell.workers),
                          format_duration(static_cast<double>(duration.count()))});
  }
  std::string work;
  for (const Scenario& scenario : plan.scenarios) {
    if (scenario.real_targets() == nullptr && scenario.mode != Mode::batch) {
      work += fmt::format("{}: {}\n", scenario.name, work_in_words(scenario));
    }
    if (scenario.real_targets() == nullptr) {
      const unsigned loops = scenario.server().loops.value_or(1);
      if (loops > 1) work += fmt::format("{}: a server with {} loops\n", scenario.name, loops);
      continue;
    }
    work += fmt::format("{}: {}, {}\n", scenario.name, scenario.summary, work_in_words(scenario));
  }
  for (const Reference& reference : plan.references) {
    work += fmt::format("beside them, as {}: {} / {} / {} / {}\n", role_name(reference.role),
                        reference.cell.strategy, transport_text(reference.cell),
                        reference.cell.scenario, counted(reference.cell.workers, "worker"));
  }
  return to_text(table) + render_skipped(plan) + work +
         fmt::format("{} x {}, seed {}, {}\n", counted(plan.cells.size(), "cell"),
                     counted(plan.rounds, "round"), plan.seed, predicted_in_words(plan));
}

}  // namespace fanout
