#include "harness/analysis/protocols.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>

#include "base/text.h"
#include "harness/analysis/contenders.h"

namespace fanout {
namespace {

bool belongs(const Cell& cell, const Cell& other) {
  return cell.strategy == other.strategy && cell.workers == other.workers &&
         counterpart_of(cell) == counterpart_of(other);
}

// Cells that differ in nothing but their protocol, whatever became of them.
std::vector<std::vector<Cell>> groups_of(const Report& report, const Scenario& scenario) {
  std::vector<std::vector<Cell>> groups;
  for (const CellReport& row : report.cells) {
    const Cell& cell = row.cell;
    if (cell.scenario != scenario.name || is_external(cell) || !has_network(cell)) continue;
    const auto found = std::ranges::find_if(
        groups, [&](const std::vector<Cell>& group) { return belongs(group.front(), cell); });
    found == groups.end() ? groups.push_back({cell}) : found->push_back(cell);
  }
  std::erase_if(groups, [](const std::vector<Cell>& group) {
    return std::ranges::all_of(
        group, [&](const Cell& cell) { return is_same_protocol(cell, group.front()); });
  });
  return groups;
}

// Those of the contenders that belong to the group, HTTP/1.1 first.
Cells contenders_of(const Contenders& found, const std::vector<Cell>& group) {
  Cells cells;
  std::ranges::copy_if(found.cells, std::back_inserter(cells),
                       [&](const CellReport* cell) { return belongs(cell->cell, group.front()); });
  std::ranges::stable_sort(cells, {}, [](const CellReport* cell) { return cell->cell.http; });
  return cells;
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

void add_verdicts(ProtocolComparison& comparison, const Report& report, const Scenario& scenario,
                  const Cells& cells) {
  for (const Measure& measure : measures()) {
    Contenders all{cells, {}};
    if (measure.of_speed) leave_out_server_bound(all);
    if (all.cells.size() < 2 || !has_figure(all.cells, measure)) continue;
    comparison.verdicts.push_back(verdict_of(report, scenario, all.cells, measure));
    comparison.verdicts.back().left_out = std::move(all.left_out);
  }
}

ProtocolRow row_of(const CellReport& cell) {
  const auto median = [&](auto figure) { return median_over_runs(cell, figure); };
  ProtocolRow row{.cell = &cell};
  row.connections =
      median([](auto&, auto& server) { return static_cast<double>(server.connections); });
  row.handshakes =
      median([](auto&, auto& server) { return static_cast<double>(server.handshakes); });
  row.streams_at_once = 1;
  if (cell.cell.http == HttpVersion::http1 || cell.summary.valid_runs == 0) return row;
  const auto per_request = [&](std::uint64_t Http2Counters::*bytes) {
    return median([bytes](auto&, auto& server) {
      return static_cast<double>(server.http2.value_or(Http2Counters()).*bytes) /
             static_cast<double>(std::max<std::uint64_t>(server.requests, 1));
    });
  };
  row.streams_at_once = median([](auto&, auto& server) {
    return static_cast<double>(server.http2.value_or(Http2Counters()).peak_streams);
  });
  row.header_bytes_in = per_request(&Http2Counters::header_bytes_in);
  row.header_bytes_out = per_request(&Http2Counters::header_bytes_out);
  return row;
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
    return belongs(one.rows.front().cell->cell, use);
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

std::vector<ProtocolComparison> protocols_of(const Report& report, const Scenario& scenario) {
  const Contenders found = contenders(report, scenario);
  std::vector<ProtocolComparison> comparisons;
  for (const std::vector<Cell>& group : groups_of(report, scenario)) {
    const Cells cells = contenders_of(found, group);
    if (cells.empty()) continue;
    ProtocolComparison comparison{group.front().strategy, group.front().workers, {}, {}, {}};
    for (const CellReport* cell : cells) comparison.rows.push_back(row_of(*cell));
    add_verdicts(comparison, report, scenario, cells);
    for (const LeftOut& out : found.left_out) {
      if (belongs(out.cell, group.front())) comparison.left_out.push_back(out);
    }
    comparisons.push_back(std::move(comparison));
  }
  return comparisons;
}

}  // namespace fanout
