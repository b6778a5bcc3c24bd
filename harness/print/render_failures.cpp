#include "harness/print/render_failures.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "base/units.h"

namespace fanout {
namespace {

constexpr std::array<std::string_view, 5> kRedirects{"301", "302", "303", "307", "308"};

// How often something happened in the runs in which it did.
struct Range {
  std::uint64_t least = 0;
  std::uint64_t most = 0;
  unsigned cells = 0;  // in which it did
  void add(std::uint64_t count) {
    least = most == 0 ? count : std::min(least, count);
    most = std::max(most, count);
  }
};

// By what is said of it before and after the count: "404" and "", "302" and "not followed".
using Kinds = std::map<std::pair<std::string, std::string>, Range>;

Kinds kinds_of(const Run& run, bool name_redirects) {
  Kinds kinds;
  for (const FailureKind& failure : run.failures) {
    kinds[{name_of(failure), failure.words}].add(failure.count);
  }
  if (!name_redirects) return kinds;
  for (const auto& [status, count] : run.status_counts) {
    if (std::ranges::find(kRedirects, status) != kRedirects.end()) {
      kinds[{status, "not followed"}].add(count);
    }
  }
  return kinds;
}

Kinds kinds_of(const CellReport& cell, bool name_redirects) {
  Kinds all;
  for (const Run& run : cell.runs) {
    for (const auto& [kind, range] : kinds_of(run, name_redirects)) {
      all[kind].add(range.least);
      all[kind].cells = 1;
    }
  }
  return all;
}

std::string count_text(const Range& range) {
  return range.least == range.most
             ? format_count(range.most)
             : fmt::format("{} to {}", format_count(range.least), format_count(range.most));
}

}  // namespace

std::vector<std::string> failures_in_words(const Report& report, const Scenario& scenario) {
  Kinds kinds;
  unsigned cells = 0;
  const bool name_redirects = scenario.real_targets() != nullptr && !follows(scenario);
  for (const CellReport& cell : report.cells) {
    if (cell.cell.scenario != scenario.name || cell.runs.empty()) continue;
    ++cells;
    for (const auto& [kind, range] : kinds_of(cell, name_redirects)) {
      kinds[kind].add(range.least);
      kinds[kind].add(range.most);
      ++kinds[kind].cells;
    }
  }
  std::vector<std::pair<Kinds::key_type, Range>> sorted(kinds.begin(), kinds.end());
  std::ranges::stable_sort(sorted, std::ranges::greater(), [](const auto& kind) {
    return std::pair(kind.second.most, kind.second.cells);
  });
  std::vector<std::string> lines;
  for (const auto& [kind, range] : sorted) {
    const auto& [name, words] = kind;
    lines.push_back(fmt::format(
        "{}: {} of {}{}{}", name, count_text(range), counted(scenario.requests, "request"),
        words.empty() ? "" : ", " + words,
        range.cells == cells ? ""
                             : fmt::format(" (in {} of {})", range.cells, counted(cells, "cell"))));
  }
  return lines;
}

std::string why_stopped(const Report& report) {
  if (report.stopped_by != StoppedBy::no_success) return {};
  std::size_t runs = 0;
  for (const CellReport& cell : report.cells) runs += cell.runs.size();
  const auto lines = failures_in_words(report, report.plan.scenarios.front());
  return fmt::format("stopped after {} without one success: {}; --keep-going goes on anyway",
                     counted(runs, "run"), lines.empty() ? "no answer" : lines.front());
}

}  // namespace fanout
