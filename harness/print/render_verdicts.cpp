#include "harness/print/render_verdicts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace fanout {
namespace {

// How large a difference has to be before it is believed.
std::string heading(const Verdict& verdict) {
  std::string text = fmt::format("differences by {} below {:.1f} % are ties",
                                 verdict.measure->title, 100 * verdict.margin);
  if (verdict.twins) text += fmt::format(": {}", in_words(*verdict.twins));
  return text;
}

}  // namespace

std::string render_answers(const Analysis& analysis) {
  std::string text;
  for (const ScenarioAnalysis& found : analysis.scenarios) {
    if (!found.recommendation) continue;
    const std::vector<std::string>& lines = found.recommendation->answer.lines;
    if (lines.empty()) continue;
    if (analysis.scenarios.size() > 1) text += found.scenario->name + ": ";
    text += fmt::format("{}\n\n", fmt::join(lines, "\n"));
  }
  return text;
}

std::string render_verdicts(const std::vector<Verdict>& verdicts) {
  // Where nothing is ranked the recommendation says why.
  if (std::ranges::none_of(verdicts, [](const Verdict& one) { return one.ranking.has_value(); })) {
    return {};
  }
  std::string text;
  std::set<const Measure*> introduced;
  std::set<std::string> declined;
  for (const Verdict& verdict : verdicts) {
    if (!verdict.ranking) {
      // Said once, not for every measure and number of workers.
      if (declined.insert(verdict.declined).second) {
        text += fmt::format("by {}: {}\n", verdict.measure->title, verdict.declined);
      }
      continue;
    }
    if (introduced.insert(verdict.measure).second) text += heading(verdict) + "\n";
    for (const std::string& line : in_words(verdict)) text += line + "\n";
  }
  return text + "\n";
}

std::string render_program_verdicts(const std::vector<Verdict>& verdicts) {
  const std::string text = render_verdicts(verdicts);
  return text.empty() ? text
                      : "programs among themselves, each with an HTTP library of its own:\n" + text;
}

}  // namespace fanout
