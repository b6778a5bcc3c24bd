#include "harness/analysis/verdict.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "base/text.h"
#include "base/units.h"
#include "harness/analysis/reference_figures.h"
#include "harness/result/timed_out.h"

namespace fanout {
namespace {

// A percentile is an extreme of 10 requests or more, or it is a story about one of them.
constexpr std::uint64_t kRequestsForP99 = 1000;

const std::array<Measure, 5> kMeasures{{
    {"makespan", "makespan", "makespan", "faster", "slower",
     [](const Run& run) {
       // Given in the other modes: by the schedule, or by how long was measured.
       return run.open || run.steady ? 0.0 : static_cast<double>(run.makespan_ns);
     },
     true, 1},
    {"throughput", "throughput", "time per request", "faster", "slower",
     [](const Run& run) { return run.steady ? 1e9 / throughput(run) : 0.0; }, true, 1},
    {"cpu", "CPU per request", "CPU per request", "cheaper", "dearer",
     [](const Run& run) { return 1e3 * cpu_us_per_request(run); }, false, 1},
    {"p99", "p99 of service time", "p99 of service time", "shorter", "longer",
     [](const Run& run) { return static_cast<double>(latency_at(run, 99)); }, true, kRequestsForP99,
     99},
    {"response_p99", "p99 of response time", "p99 of response time", "shorter", "longer",
     [](const Run& run) { return run.open ? static_cast<double>(response_at(run, 99)) : 0.0; },
     true, kRequestsForP99, 99},
}};

struct RoundFigure {
  double value = 0;
  bool or_more = false;  // it is a time limit, and the truth is more
};

RoundFigure figure_of(const Run& run, const Measure& measure) {
  const double value = run.valid ? measure.of(run) : 0;
  if (value == 0 || measure.percentile == 0) return {value, false};
  const auto limit = time_limit_at(run, measure.percentile);
  return limit ? RoundFigure{static_cast<double>(*limit), true} : RoundFigure{value, false};
}

// The figure of every valid run that has one, by round.
std::map<unsigned, RoundFigure> by_round(const CellReport& cell, const Measure& measure) {
  std::map<unsigned, RoundFigure> figures;
  for (const Run& run : cell.runs) {
    const RoundFigure figure = figure_of(run, measure);
    if (figure.value > 0) figures[run.round] = figure;
  }
  return figures;
}

// What the cells have in one round. What is a time limit or more is no less than the others', which
// may exceed it where requests were made again.
std::vector<double> values_of(const std::vector<RoundFigure>& figures) {
  double most = 0;
  for (const RoundFigure& one : figures) most = std::max(most, one.value);
  std::vector<double> values;
  for (const RoundFigure& one : figures) values.push_back(one.or_more ? most : one.value);
  return values;
}

// Cells that differ in one axis, with the number of workers that makes them comparable.
struct Group {
  unsigned workers = 0;
  Cells cells;
};

// Per number of workers, if some rows were run with several; rows that were run with one only, as
// those that always have one request in flight, are held against each.
std::vector<Group> by_workers(const Cells& cells) {
  const auto swept = [&](const Cell& cell) {
    return std::ranges::any_of(cells, [&](const CellReport* other) {
      return is_same_row(other->cell, cell) && other->cell.workers != cell.workers;
    });
  };
  std::set<unsigned> numbers;
  for (const CellReport* cell : cells) {
    if (swept(cell->cell)) numbers.insert(cell->cell.workers);
  }
  if (numbers.empty()) return {{0, cells}};
  std::vector<Group> groups;
  for (const unsigned workers : numbers) {
    Group group{workers, {}};
    std::ranges::copy_if(cells, std::back_inserter(group.cells), [&](const CellReport* cell) {
      return !swept(cell->cell) || cell->cell.workers == workers;
    });
    groups.push_back(std::move(group));
  }
  return groups;
}

// One stack each, unless there is but one strategy: then its transports are what is compared. One
// version of HTTP in any case (harness/analysis/protocols.h compares those).
std::vector<Cells> by_axis(const Cells& cells) {
  const auto strategy = [](const CellReport* cell) { return cell->cell.strategy; };
  const bool one_strategy =
      std::ranges::adjacent_find(cells, std::not_equal_to{}, strategy) == cells.end();
  std::vector<Cells> stacks;
  for (const CellReport* cell : cells) {
    const auto same = std::ranges::find_if(stacks, [&](const Cells& others) {
      const Cell& other = others.front()->cell;
      return (one_strategy || other.stack == cell->cell.stack) &&
             is_same_protocol(other, cell->cell);
    });
    same == stacks.end() ? stacks.push_back({cell}) : same->push_back(cell);
  }
  return stacks;
}

// The shortest names that tell the cells apart; of a family, those of variants name theirs.
std::vector<std::string> short_names(const Cells& cells, const Scenario& scenario) {
  const auto name = [&](const Cell& cell, int detail) {
    std::string text = cell.strategy;
    if (cell.scenario.starts_with(scenario.name + ".")) {
      text += " + " + cell.scenario.substr(scenario.name.size() + 1);
    }
    if (detail > 0) text += " / " + transport_text(cell);
    if (detail > 1) text += " / " + counted(cell.workers, "worker");
    return text;
  };
  for (int detail = 0;; ++detail) {
    std::vector<std::string> names;
    for (const CellReport* cell : cells) names.push_back(name(cell->cell, detail));
    if (detail == 2 || std::set(names.begin(), names.end()).size() == names.size()) return names;
  }
}

// The version of HTTP of a group that speaks another than HTTP/1.1, with its workers.
std::string protocol_of(const Group& group) {
  const Cell& cell = group.cells.front()->cell;
  if (cell.http == HttpVersion::http1) return {};
  const std::string workers = group.workers > 0 ? counted(group.workers, "worker") + ", " : "";
  return workers + protocol_text(cell);
}

std::string why_declined(const Verdict& verdict, const Report& report, const Scenario& scenario) {
  if (report.tool.build != "Release" && report.tool.build != "RelWithDebInfo") {
    return fmt::format("not ranked: a {} build", report.tool.build);
  }
  if (const unsigned most = most_workers(verdict.cells); most > scenario.requests) {
    return "not ranked: " + too_few_requests(scenario, most);
  }
  if (verdict.measure->of_speed && cut_by_deadline(scenario, verdict.cells)) {
    return "not ranked: the deadline ends these runs";
  }
  if (fewest_answered(verdict.cells) < verdict.measure->least_requests) {
    return fmt::format("not ranked: needs {} answers per run",
                       format_count(verdict.measure->least_requests));
  }
  const std::size_t needed = rounds_to_rank(verdict.cells.size());
  if (verdict.rounds >= needed) return {};
  return fmt::format("not enough evidence: at least {} rounds needed, {} seen", needed,
                     verdict.rounds);
}

}  // namespace

std::optional<Twins> twins_of(const Report& report, const Scenario& scenario,
                              const Measure& measure) {
  const CellReport* twin = reference_of(report, scenario.name, Role::twin);
  if (twin == nullptr) return std::nullopt;
  const auto original = std::ranges::find(report.cells, twin->cell, &CellReport::cell);
  if (original == report.cells.end()) return std::nullopt;
  const auto figures = common_rounds({&*original, twin}, measure);
  if (figures[0].empty()) return std::nullopt;
  const Comparison found = compare_rounds(figures[0], figures[1]);
  const bool different =
      found.p <= kLevel && std::abs(std::log(found.ratio)) > std::log(1 + kLeastMargin);
  return Twins{twin->cell, found, different};
}

std::span<const Measure> measures() { return kMeasures; }

bool has_figure(const Cells& cells, const Measure& measure) {
  return std::ranges::any_of(
      cells, [&](const CellReport* cell) { return !by_round(*cell, measure).empty(); });
}

std::vector<std::vector<double>> common_rounds(const Cells& cells, const Measure& measure) {
  std::vector<std::map<unsigned, RoundFigure>> figures;
  for (const CellReport* cell : cells) figures.push_back(by_round(*cell, measure));
  std::vector<std::vector<double>> common(cells.size());
  if (cells.empty()) return common;
  for (const auto& [round, figure] : figures.front()) {
    const unsigned wanted = round;
    if (!std::ranges::all_of(figures, [&](const auto& own) { return own.contains(wanted); })) {
      continue;
    }
    std::vector<RoundFigure> of_round;
    for (const auto& own : figures) of_round.push_back(own.at(wanted));
    const std::vector<double> values = values_of(of_round);
    for (std::size_t i = 0; i < cells.size(); ++i) common[i].push_back(values[i]);
  }
  return common;
}

std::uint64_t fewest_answered(const Cells& cells) {
  std::uint64_t fewest = std::numeric_limits<std::uint64_t>::max();
  for (const CellReport* cell : cells) {
    for (const Run& run : cell->runs) {
      if (run.valid) fewest = std::min(fewest, run.steady ? run.steady->ok : run.requests.ok);
    }
  }
  return fewest;
}

Verdict verdict_on(const Report& report, const Scenario& scenario, Cells cells,
                   const Measure& measure) {
  Verdict verdict;
  verdict.scenario = scenario.name;
  const auto stack = [](const CellReport* cell) { return cell->cell.stack; };
  const bool one_stack =
      std::ranges::adjacent_find(cells, std::not_equal_to{}, stack) == cells.end();
  if (one_stack) verdict.stack = stack(cells.front());
  verdict.measure = &measure;
  verdict.labels = short_names(cells, scenario);
  const auto figures = common_rounds(cells, measure);
  verdict.rounds = figures.front().size();
  verdict.cells = std::move(cells);
  verdict.twins = twins_of(report, scenario, measure);
  if (verdict.twins) {
    verdict.margin = std::max(kLeastMargin, std::abs(verdict.twins->comparison.ratio - 1));
  }
  verdict.declined = why_declined(verdict, report, scenario);
  if (verdict.declined.empty()) verdict.ranking = rank(figures, verdict.margin);
  return verdict;
}

std::vector<Verdict> verdicts_of(const Report& report, const Scenario& scenario, Entry entry) {
  std::vector<Verdict> verdicts;
  for (const Measure& measure : measures()) {
    Contenders found = contenders(report, scenario, entry);
    if (measure.of_speed) leave_out_server_bound(found);
    for (const Cells& axis : by_axis(found.cells)) {
      for (const Group& group : by_workers(axis)) {
        if (group.cells.size() < 2 || !has_figure(group.cells, measure)) continue;
        verdicts.push_back(verdict_on(report, scenario, group.cells, measure));
        verdicts.back().workers = group.workers;
        verdicts.back().among = protocol_of(group);
        verdicts.back().left_out = found.left_out;
      }
    }
  }
  return verdicts;
}

}  // namespace fanout
