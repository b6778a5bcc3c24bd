#include "harness/analysis/protocols.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/text.h"
#include "harness/analysis/contenders.h"

namespace fanout {
namespace {

bool belongs(const Cell& cell, const Cell& other) {
  return cell.strategy == other.strategy && cell.workers == other.workers &&
         counterpart_of(cell) == counterpart_of(other);
}

std::vector<Cells> groups_of(const Cells& cells) {
  std::vector<Cells> groups;
  for (const CellReport* cell : cells) {
    const auto found = std::ranges::find_if(
        groups, [&](const Cells& group) { return belongs(group.front()->cell, cell->cell); });
    found == groups.end() ? groups.push_back({cell}) : found->push_back(cell);
  }
  std::erase_if(groups, [](const Cells& group) {
    return std::ranges::all_of(group, [&](const CellReport* cell) {
      return is_same_protocol(cell->cell, group.front()->cell);
    });
  });
  for (Cells& group : groups) {
    std::ranges::stable_sort(group, {}, [](const CellReport* cell) { return cell->cell.http; });
  }
  return groups;
}

double median_over_runs(const CellReport& cell,
                        const std::function<double(const Run&, const ServerCounters&)>& figure) {
  std::vector<double> values;
  for (const Run& run : cell.runs) {
    if (run.valid && run.server) values.push_back(figure(run, *run.server));
  }
  return values.empty() ? 0 : median_interval(std::move(values)).median;
}

Verdict verdict_of(const Report& report, const Scenario& scenario, const Cells& cells,
                   const Measure& measure) {
  Verdict verdict = verdict_on(report, scenario, cells, measure);
  verdict.workers = cells.front()->cell.workers;
  verdict.among = counted(verdict.workers, "request") + " in flight";
  verdict.labels.clear();
  for (const CellReport* cell : cells) verdict.labels.push_back(protocol_text(cell->cell));
  return verdict;
}

// "HTTP/2 over 1 connection is 1.45x cheaper than HTTP/1.1 over 10 connections", or that it is not.
std::string against_http1(const Verdict& verdict) {
  const Ranking& ranking = *verdict.ranking;
  const std::size_t best = ranking.bands.front().front();
  const auto is_http1 = [&](std::size_t i) {
    return verdict.cells[i]->cell.http == HttpVersion::http1;
  };
  const auto of_both = [&](const Matchup& one) {
    return one.leader == best && (is_http1(one.leader) || is_http1(one.other));
  };
  const auto found = std::ranges::find_if(ranking.matchups, of_both);
  const std::string by = std::string(verdict.measure->title) + ": ";
  if (found == ranking.matchups.end()) return by + "not separated";
  if (!found->separated) {
    return fmt::format("{}{} and {} are not separated", by, verdict.labels[found->leader],
                       verdict.labels[found->other]);
  }
  return fmt::format("{} is {:.2f}x {} than {}", verdict.labels[found->leader],
                     found->comparison.ratio, verdict.measure->better,
                     verdict.labels[found->other]);
}

}  // namespace

std::string best_version(const std::vector<ProtocolComparison>& comparisons, const Cell& use) {
  const auto found = std::ranges::find_if(comparisons, [&](const ProtocolComparison& one) {
    return belongs(one.cells.front()->cell, use);
  });
  if (found == comparisons.end()) return {};
  std::string text;
  for (const Verdict& verdict : found->verdicts) {
    const bool told = verdict.measure->name == "cpu" || verdict.measure->name == "makespan" ||
                      verdict.measure->name == "throughput";
    const bool any_http1 = std::ranges::any_of(verdict.cells, [](const CellReport* cell) {
      return cell->cell.http == HttpVersion::http1;
    });
    if (!told || !verdict.ranking || !any_http1) continue;
    if (!text.empty()) text += "; ";
    text += against_http1(verdict);
  }
  return text.empty()
             ? text
             : fmt::format("With {} in flight, {}.", counted(found->workers, "request"), text);
}

ConnectionFigures connection_figures(const CellReport& cell) {
  const auto median = [&](auto figure) { return median_over_runs(cell, figure); };
  ConnectionFigures figures;
  figures.connections =
      median([](auto&, auto& server) { return static_cast<double>(server.connections); });
  figures.handshakes =
      median([](auto&, auto& server) { return static_cast<double>(server.handshakes); });
  figures.streams_at_once = 1;
  if (cell.cell.http == HttpVersion::http1 || cell.summary.valid_runs == 0) return figures;
  const auto per_request = [&](std::uint64_t Http2Counters::*bytes) {
    return median([bytes](auto&, auto& server) {
      return static_cast<double>(server.http2.value_or(Http2Counters()).*bytes) /
             static_cast<double>(std::max<std::uint64_t>(server.requests, 1));
    });
  };
  figures.streams_at_once = median([](auto&, auto& server) {
    return static_cast<double>(server.http2.value_or(Http2Counters()).peak_streams);
  });
  figures.header_bytes_in = per_request(&Http2Counters::header_bytes_in);
  figures.header_bytes_out = per_request(&Http2Counters::header_bytes_out);
  return figures;
}

std::vector<ProtocolComparison> protocols_of(const Report& report, const Scenario& scenario) {
  const Contenders found = contenders(report, scenario);
  std::vector<ProtocolComparison> comparisons;
  for (const Cells& cells : groups_of(found.cells)) {
    ProtocolComparison comparison{
        cells.front()->cell.strategy, cells.front()->cell.workers, cells, {}, {}};
    for (const Measure& measure : measures()) {
      Contenders all{cells, {}};
      if (measure.of_speed) leave_out_server_bound(all);
      if (all.cells.size() < 2 || !has_figure(all.cells, measure)) continue;
      comparison.verdicts.push_back(verdict_of(report, scenario, all.cells, measure));
      comparison.verdicts.back().left_out = std::move(all.left_out);
    }
    for (const LeftOut& out : found.left_out) {
      if (belongs(out.cell, cells.front()->cell)) comparison.left_out.push_back(out);
    }
    comparisons.push_back(std::move(comparison));
  }
  return comparisons;
}

}  // namespace fanout
