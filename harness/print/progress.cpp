#include "harness/print/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"
#include "harness/plan/prediction.h"
#include "harness/print/render_plan.h"

namespace fanout {
namespace {

std::string label(const Cell& cell) {
  return fmt::format("{} / {} / {} / {}{}", cell.strategy, transport_text(cell), cell.scenario,
                     counted(cell.workers, "worker"), cell.by_other_build ? " (other build)" : "");
}

std::size_t total_runs(const Report& report) { return planned_rows(report) * report.plan.rounds; }

double predicted_ns(const Report& report, const CellReport& row) {
  return static_cast<double>(predicted_run(row.cell, scenario_of(report.plan, row.cell)).count());
}

std::string amount_in_words(const Report& report) {
  const std::size_t done = measured_runs(report);
  if (done == 0) {
    return fmt::format("{} x {}, {}", counted(report.cells.size(), "cell"),
                       counted(report.plan.rounds, "round"), predicted_in_words(report.plan));
  }
  return fmt::format("{} of {} left, about {}", total_runs(report) - done,
                     counted(total_runs(report), "run"), long_duration(predicted_left(report)));
}

std::size_t terminal_columns() {
  constexpr std::size_t kUsual = 80;
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kUsual;
}

// A terminal that has hung up is no reason to lose a measurement.
void say(const std::string& text) {
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace

void Progress::plan(const Report& report) {
  started_ns_ = now_ns();
  done_ = measured_runs(report);
  predicted_ns_ = static_cast<double>(predicted_left(report).count());
  if (style_ == Style::none) return;
  say(fmt::format("{} (Ctrl-C keeps what was measured)\n", amount_in_words(report)));
}

// What is left, as predicted, corrected by how the runs so far differed from their prediction.
double Progress::left_ns() const {
  if (predicted_done_ns_ == 0) return predicted_ns_;
  const auto elapsed = static_cast<double>(now_ns() - started_ns_);
  return elapsed / predicted_done_ns_ * std::max(0.0, predicted_ns_ - predicted_done_ns_);
}

void Progress::before_run(const Report& report, std::size_t cell, unsigned round) {
  if (style_ != Style::live) return;
  const std::string line =
      fmt::format("[{}/{}] round {}/{}  {}  {} left{}", done_, total_runs(report), round + 1,
                  report.plan.rounds, label(row_of(report, cell).cell), format_duration(left_ns()),
                  last_.empty() ? "" : "  (last: " + last_ + ")");
  // A line that wraps could not be drawn over.
  say("\r\033[K" + line.substr(0, terminal_columns() - 1));
}

void Progress::after_run(const Report& report, std::size_t cell) {
  const CellReport& row = row_of(report, cell);
  const Run& run = row.runs.back();
  ++done_;
  predicted_done_ns_ += predicted_ns(report, row);
  last_ = run.valid ? format_duration(static_cast<double>(run.makespan_ns)) : "invalid";
  if (style_ == Style::none) return;
  const std::string clear = style_ == Style::live ? "\r\033[K" : "";
  if (!run.valid) {
    say(fmt::format("{}invalid run of {} (round {}): {}\n", clear, label(row.cell), run.round + 1,
                    run.reasons.front()));
  } else if (style_ == Style::lines) {
    say(fmt::format("[{}/{}] round {}  {}  {}\n", done_, total_runs(report), run.round + 1,
                    label(row.cell), last_));
  }
}

void Progress::before_profile(const Cell& cell) {
  if (style_ != Style::live) return;
  const std::string line = "counting system calls: " + label(cell);
  say("\r\033[K" + line.substr(0, terminal_columns() - 1));
}

void Progress::waiting(const std::string& why) {
  if (style_ == Style::none) return;
  say(fmt::format("{}{}\n", style_ == Style::live ? "\r\033[K" : "", why));
}

void Progress::end() {
  if (style_ != Style::live) return;
  say("\r\033[K");
}

std::chrono::nanoseconds predicted_left(const Report& report) {
  double left_ns = 0;
  for (std::size_t i = 0; i < planned_rows(report); ++i) {
    const CellReport& row = row_of(report, i);
    const auto missing = static_cast<double>(report.plan.rounds - row.runs.size());
    left_ns += missing * predicted_ns(report, row);
  }
  return std::chrono::nanoseconds(static_cast<std::int64_t>(left_ns));
}

}  // namespace fanout
