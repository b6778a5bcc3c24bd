#include "harness/print/render_notes.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "harness/analysis/contenders.h"
#include "harness/analysis/resumption.h"
#include "harness/print/originals_table.h"
#include "harness/print/render_failures.h"
#include "harness/print/render_plan.h"
#include "harness/print/render_references.h"
#include "harness/print/render_tables.h"
#include "harness/statistics/ranking.h"

namespace fanout {
namespace {

constexpr unsigned kRoundsForIntervals = 6;

// How often each reason made a run invalid, per cell.
std::string invalid_runs(const Report& report) {
  std::string text;
  for (const CellReport& cell : report.cells) {
    std::vector<std::pair<std::string, int>> reasons;  // causes come before what follows from them
    for (const Run& run : cell.runs) {
      for (const std::string& reason : run.reasons) {
        const auto known = std::ranges::find(reasons, reason, [](auto& one) { return one.first; });
        known == reasons.end() ? (void)reasons.emplace_back(reason, 1) : (void)++known->second;
      }
    }
    for (const auto& [reason, count] : reasons) {
      text += fmt::format("INVALID {}: {} ({} of {})\n", cell_text(cell.cell), reason, count,
                          counted(cell.runs.size(), "run"));
    }
  }
  return text;
}

unsigned fewest_valid_runs(const Report& report) {
  unsigned fewest = report.plan.rounds;
  for (const CellReport& cell : report.cells) {
    fewest = std::min(fewest, cell.summary.valid_runs);
  }
  return fewest;
}

// How many runs were disturbed in the way that this flag names.
std::string disturbances(const Report& report, Flag flag) {
  const auto disturbed = [&](const Run& run) { return has_flag(run, flag); };
  std::ptrdiff_t repeated = 0;
  std::ptrdiff_t stayed = 0;
  for (const auto* rows : {&report.cells, &report.references}) {
    for (const CellReport& row : *rows) {
      repeated += std::ranges::count_if(row.set_aside, disturbed);
      stayed += std::ranges::count_if(row.runs, disturbed);
    }
  }
  const std::string_view name = name_of(flag);
  if (repeated == 0 && stayed == 0) return {};
  if (repeated == 0) return fmt::format("note: {} runs: {}\n", name, stayed);
  return fmt::format("note: {0} runs: {1} repeated, {2} stayed {0}\n", name, repeated, stayed);
}

// Connections that waited a second or more to be opened, because what asks for them was not
// answered at first.
std::string resent_syns(const Report& report) {
  std::uint64_t resent = 0;
  std::int64_t overflows = 0;
  std::size_t runs = 0;
  for (const CellReport& cell : report.cells) {
    for (const Run& run : cell.runs) {
      if (!run.phases || run.phases->syns_resent == 0) continue;
      ++runs;
      resent += run.phases->syns_resent;
      overflows += run.host.listen_overflows.value_or(0);
    }
  }
  if (resent == 0) return {};
  return fmt::format(
      "note: connect: {} sent again in {}, each after 1 s or more, and first bytes may have waited "
      "likewise: {}\n",
      counted(resent, "SYN"), counted(runs, "run"),
      overflows > 0
          ? "an accept queue on this machine was full; give the server's listen() a longer "
            "backlog, or open fewer connections at once"
          : "the server, or the network on the way, did not take the first");
}

// Work on bodies of real targets that were no JSON: it cost next to nothing.
std::string vain_work(const Report& report) {
  std::uint64_t answers = 0;
  std::uint64_t odd = 0;
  for (const CellReport& cell : report.cells) {
    for (const Run& run : cell.runs) {
      if (!run.work || !run.valid) continue;
      answers += run.work->answers;
      odd += run.work->not_json;
    }
  }
  if (odd == 0) return {};
  return fmt::format("note: work: {} of {} bodies could not be parsed as JSON, which cost little\n",
                     odd, answers);
}

// How exact the figures of long lists are.
std::string tallied_lists(const Report& report) {
  const auto tallied = [](const Run& run) { return has_flag(run, Flag::tallied); };
  const auto any = [&](const CellReport& cell) { return std::ranges::any_of(cell.runs, tallied); };
  if (std::ranges::none_of(report.cells, any)) return {};
  return "note: the list is too long for a sample of each request: counts are exact, percentiles "
         "are those of a histogram, exact to 0.8 %\n";
}

// What the asterisk means.
std::string render_those_beside(const Report& report) {
  const auto beside = [&](const CellReport& row) { return is_beside(report, row.cell); };
  if (std::ranges::none_of(report.cells, beside)) return {};
  const bool other_version = std::ranges::any_of(
      report.cells, [](const CellReport& row) { return row.cell.http != HttpVersion::http1; });
  return fmt::format(
      "* another HTTP stack{} than the other rows: the difference is not the "
      "strategy's alone\n",
      other_version ? ", version of HTTP or number of connections" : "");
}

// When it was gone on with, and whether the machine was as before.
std::string resumptions(const Report& report) {
  std::string text;
  for (const Resumption& one : report.resumed) {
    text += fmt::format("note: resumed {} after {} of {} ({})", one.at, one.rounds,
                        counted(report.plan.rounds, "round"), counted(one.runs, "run"));
    if (const auto change = floor_change(report, one)) {
      text += fmt::format("; since then the client floor takes {:.2f} times its CPU", *change);
    }
    text += "\n";
  }
  return text;
}

// How the measurement ended, unless all was measured.
std::string ending(const Report& report) {
  const std::string goes_on = fmt::format("'{} run --resume FILE' goes on", program_of(report));
  if (report.stopped_by == StoppedBy::time_budget) {
    return fmt::format("note: the time budget ended the rounds early; {}\n", goes_on);
  }
  if (report.stopped_by == StoppedBy::interval_width) {
    return "note: ended before the last round: every cell is known precisely enough\n";
  }
  if (report.stopped_by == StoppedBy::no_success) {
    return fmt::format("note: {}\n", why_stopped(report));
  }
  switch (report.status) {
    case Status::running:
      return fmt::format("note: unfinished; its fanout still runs or was killed; then {}\n",
                         goes_on);
    case Status::failed:
      return fmt::format("note: an error ended it; what was measured is shown; {}\n", goes_on);
    case Status::interrupted:
      return fmt::format("note: interrupted; what was measured is shown; {}\n", goes_on);
    case Status::complete:
      break;
  }
  return {};
}

// What the reader must know before believing a difference.
std::string caveats(const Report& report) {
  std::string text;
  for (const std::string& warning : report.warnings) text += "note: " + warning + "\n";
  const unsigned rounds = fewest_valid_runs(report);
  if (rounds < kLeastRoundsToRank) {
    text += fmt::format("note: {} from {}; use at least {}\n",
                        rounds < kRoundsForIntervals ? "no interval and no ranks" : "no ranks",
                        counted(rounds, "valid round"), kLeastRoundsToRank);
  }
  text += disturbances(report, Flag::throttled) + disturbances(report, Flag::noisy);
  text += strayed_runs(report) + resent_syns(report) + vain_work(report) + tallied_lists(report);
  text += resumptions(report) + ending(report);
  text += render_those_beside(report);
  text += render_programs(report);
  return text;
}

}  // namespace

std::string render_notes(const Report& report) {
  return invalid_runs(report) + render_skipped(report.plan) + caveats(report);
}

}  // namespace fanout
