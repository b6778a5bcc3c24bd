#include "harness/analysis/protocols.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <iterator>
#include <optional>

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
  return values.empty() ? -1 : median_interval(std::move(values)).median;
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
  if (row.connections < 0) return row;  // a real server keeps its counts to itself
  row.streams_at_once = 1;
  if (cell.cell.http == HttpVersion::http1) return row;
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

// Where HTTP/1.1 took part, and what is held against it: of the rows that are better, by ranks or,
// where there are none, by medians, the one with the fewest connections that none is better than.
struct AgainstHttp1 {
  const Verdict* verdict = nullptr;
  std::size_t best = 0;   // index of a row; `http1` where none is better
  std::size_t http1 = 0;  // index of a row
  double ratio = 1;       // http1 / best
  [[nodiscard]] bool apart() const { return best != http1; }
};

// Rows that none is known to be better than; by medians, those within the margin of the best.
std::vector<std::size_t> best_rows(const Verdict& verdict,
                                   const std::vector<std::vector<double>>& by_round) {
  if (verdict.ranking) return verdict.ranking->bands.front();
  std::vector<double> medians;
  for (const std::vector<double>& values : by_round) {
    medians.push_back(median_interval(values).median);
  }
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < medians.size(); ++i) {
    if (medians[i] <= std::ranges::min(medians) * (1 + kLeastMargin)) rows.push_back(i);
  }
  return rows;
}

std::optional<AgainstHttp1> against_http1(const Verdict& verdict) {
  const Cells& cells = verdict.cells;
  const auto http1 = std::ranges::find(cells, HttpVersion::http1,
                                       [](const CellReport* cell) { return cell->cell.http; });
  const auto by_round = common_rounds(cells, *verdict.measure);
  if (http1 == cells.end() || by_round.front().empty()) return std::nullopt;
  const auto of_http1 = static_cast<std::size_t>(http1 - cells.begin());
  AgainstHttp1 found{&verdict, of_http1, of_http1};
  std::vector<std::size_t> rows = best_rows(verdict, by_round);
  if (std::ranges::find(rows, of_http1) != rows.end()) return found;
  std::ranges::stable_sort(rows, {},
                           [&](std::size_t i) { return connections_to_a_host(cells[i]->cell); });
  for (const std::size_t row : rows) {
    const Comparison comparison = compare_rounds(by_round[row], by_round[of_http1]);
    // That the best is told apart from HTTP/1.1 says nothing of the others of its band.
    if (verdict.ranking && !tells_apart(comparison, cells.size(), verdict.margin)) continue;
    found.best = row;
    found.ratio = comparison.ratio;
    break;
  }
  return found;
}

// "3.28x faster"
std::string by_how_much(const AgainstHttp1& one) {
  return fmt::format("{:.2f}x {}", one.ratio, one.verdict->measure->better);
}

std::string in_words(const AgainstHttp1& one) {
  const std::vector<std::string>& labels = one.verdict->labels;
  if (!one.apart()) return fmt::format("no version is {}", one.verdict->measure->better);
  return fmt::format("{} is {} than {}", labels[one.best], by_how_much(one), labels[one.http1]);
}

bool have_same_best(const AgainstHttp1& one, const AgainstHttp1& other) {
  return is_same_protocol(one.verdict->cells[one.best]->cell,
                          other.verdict->cells[other.best]->cell);
}

std::string in_words(const AgainstHttp1& speed, const AgainstHttp1& cost, unsigned in_flight) {
  const std::vector<std::string>& labels = speed.verdict->labels;
  const std::string& http1 = labels[speed.http1];
  const std::string among = counted(in_flight, "request") + " in flight";
  if (!speed.apart() && !cost.apart()) {
    return fmt::format("with {}, no version is faster or cheaper than {}", among, http1);
  }
  if (speed.apart() && cost.apart() && have_same_best(speed, cost)) {
    return fmt::format("with {}, use {}: it is {} and {} than {}", among, labels[speed.best],
                       by_how_much(speed), by_how_much(cost), http1);
  }
  return fmt::format("with {}, {}; {}", among, in_words(speed), in_words(cost));
}

}  // namespace

std::string best_version(const std::vector<ProtocolComparison>& comparisons, const Cell& use) {
  const auto found = std::ranges::find_if(comparisons, [&](const ProtocolComparison& one) {
    return belongs(one.rows.front().cell->cell, use);
  });
  if (found == comparisons.end()) return {};
  std::optional<AgainstHttp1> speed;
  std::optional<AgainstHttp1> cost;
  for (const Verdict& verdict : found->verdicts) {
    const std::string_view measure = verdict.measure->name;
    if (measure == "cpu") cost = against_http1(verdict);
    if (measure == "makespan" || measure == "throughput") speed = against_http1(verdict);
  }
  if (!speed && !cost) return {};
  const AgainstHttp1& one = speed ? *speed : *cost;
  std::string text = in_words(one, cost ? *cost : one, found->workers);
  if (!one.verdict->ranking) return fmt::format("By medians, not ranked: {}.", text);
  text.front() = static_cast<char>(std::toupper(text.front()));
  return text + ".";
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
