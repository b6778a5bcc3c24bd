#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "base/text.h"
#include "harness/analysis/verdict.h"

namespace fanout {
namespace {

std::string rounds_text(const Comparison& comparison) {
  return fmt::format("{} rounds", comparison.rounds);
}

std::string joined(const Verdict& verdict, const std::vector<std::size_t>& band) {
  std::vector<std::string> names;
  for (const std::size_t i : band) names.push_back(verdict.labels[i]);
  return fmt::format("{}", fmt::join(names, ", "));
}

// The leader of the first band held against that of another.
const Matchup& between(const Ranking& ranking, std::size_t band) {
  return *std::ranges::find_if(ranking.matchups, [&](const Matchup& matchup) {
    return matchup.leader == ranking.bands.front().front() &&
           matchup.other == ranking.bands[band].front();
  });
}

}  // namespace

std::string in_words(const Verdict& verdict, const Matchup& matchup) {
  const std::string& leader = verdict.labels[matchup.leader];
  const std::string& other = verdict.labels[matchup.other];
  const Comparison& found = matchup.comparison;
  const std::string interval = fmt::format("95 % interval {:.2f} to {:.2f}, {}", *found.low,
                                           *found.high, rounds_text(found));
  if (matchup.separated) {
    const double percentile = verdict.measure->percentile;
    const bool or_more =
        percentile > 0 && is_timed_out(verdict.cells[matchup.other]->summary, percentile);
    if (or_more) {  // by how much, nobody knows
      return fmt::format("{} is {} than {}, which is beyond the time limit ({})", leader,
                         verdict.measure->better, other, rounds_text(found));
    }
    return fmt::format("{} is {:.2f}x {} than {} ({})", leader, found.ratio,
                       verdict.measure->better, other, interval);
  }
  return fmt::format("{} and {} are not separated (ratio {:.2f}, {})", leader, other, found.ratio,
                     interval);
}

std::vector<std::string> in_words(const Verdict& verdict) {
  std::string title = fmt::format("by {}", verdict.measure->title);
  if (!verdict.among.empty()) {
    title += ", " + verdict.among;
  } else if (verdict.workers > 0) {
    title += ", " + counted(verdict.workers, "worker");
  }
  if (!verdict.ranking) return {fmt::format("{}: {}", title, verdict.declined)};
  const Ranking& ranking = *verdict.ranking;
  std::vector<std::string> lines;
  if (ranking.bands.size() == 1) {
    return {fmt::format("{}: not separated: {}", title, joined(verdict, ranking.bands.front()))};
  }
  lines.push_back(title + ":");
  for (std::size_t i = 0; i < ranking.bands.size(); ++i) {
    std::string line = fmt::format("  {}. {}", i + 1, joined(verdict, ranking.bands[i]));
    if (ranking.bands[i].size() > 1) line += " (not separated)";
    if (i > 0) line += ": " + in_words(verdict, between(ranking, i));
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string in_words(const Twins& twins) {
  const Comparison& found = twins.comparison;
  const auto percent = [](double ratio) { return 100 * (ratio - 1); };
  std::string text = fmt::format("twins of {} / {} differ by {:.1f} %", twins.cell.strategy,
                                 transport_text(twins.cell), std::abs(percent(found.ratio)));
  if (found.low) {
    text += fmt::format(" (95 % interval {:+.1f} to {:+.1f} %, {})", percent(*found.low),
                        percent(*found.high), rounds_text(found));
  }
  return text;
}

}  // namespace fanout
