#include "harness/analysis/condition.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "base/error.h"
#include "base/text.h"

namespace fanout {
namespace {

constexpr std::string_view kExpected =
    "a figure, < or >, and a value, such as 'p99 > 50ms' or 'thread_pool: success < 99.9%'";

[[noreturn]] void refuse(const std::string& text, std::string_view expected) {
  throw UsageError(fmt::format("--fail-if: expected {}, found \"{}\"", expected, text));
}

bool matches(const std::string& pattern, const std::string& name) {
  return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
}

// What a cell is judged by, and how that is called.
struct Evidence {
  double value = 0;
  std::string words;
  bool or_more = false;  // nobody knows by how much the truth is more than the value
};

bool is_time_limit(const Condition& condition, const CellReport& row) {
  const double percentile = condition.gauge.percentile;
  return percentile > 0 && is_timed_out(row.summary, percentile);
}

Evidence evidence_of(const Condition& condition, const CellReport& row, const Interval& found,
                     FailOn fail_on) {
  const Unit unit = condition.gauge.unit;
  if (is_time_limit(condition, row)) {
    return {found.median,
            fmt::format("{} is more than {}, the time limit: {:.3g} % timed out of the requests "
                        "that did or succeeded",
                        condition.gauge.name, format_value(unit, found.median),
                        100 * row.summary.timed_out_share),
            true};
  }
  const std::string median =
      fmt::format("{} is {}", condition.gauge.name, format_value(unit, found.median));
  if (fail_on == FailOn::median) return {found.median, median + " (its median)", false};
  if (condition.gauge.over_all_runs) {
    const double all = condition.gauge.over_all_runs(row.runs).median;
    return {
        all,
        fmt::format("{} is {} over all valid runs", condition.gauge.name, format_value(unit, all)),
        false};
  }
  const auto end = condition.above ? found.high : found.low;
  if (!end) return {found.median, median + " (its median; too few rounds for an interval)", false};
  return {*end,
          fmt::format("{} ({} {}, the end of its 95 % interval)", median,
                      condition.above ? "up to" : "down to", format_value(unit, *end)),
          false};
}

// What is equal but for rounding is equal: 999 of 1,000 are 99.9 %.
bool is_met(const Condition& condition, const Evidence& evidence) {
  constexpr double kRounding = 1e-12;
  if (evidence.or_more && condition.above) return true;  // it is not known to be good enough
  const double value = evidence.value;
  if (std::abs(value - condition.limit) <= kRounding * condition.limit) return condition.or_equal;
  return condition.above ? value > condition.limit : value < condition.limit;
}

}  // namespace

Condition parse_condition(const std::string& text) {
  const std::size_t sign = text.find_first_of("<>");
  if (sign == std::string::npos) refuse(text, kExpected);
  std::string_view left = std::string_view(text).substr(0, sign);
  std::string_view right = std::string_view(text).substr(sign + 1);
  Condition condition;
  condition.or_equal = right.starts_with('=');
  if (condition.or_equal) right.remove_prefix(1);
  condition.text = text;
  condition.above = text[sign] == '>';
  if (const std::size_t colon = left.rfind(':'); colon != std::string_view::npos) {
    condition.cells = trimmed(left.substr(0, colon));
    left.remove_prefix(colon + 1);
  }
  const auto gauge = find_gauge(trimmed(left));
  if (!gauge) refuse(text, "one of the figures " + gauge_names());
  condition.gauge = *gauge;
  const auto limit = parse_value(gauge->unit, trimmed(right));
  if (!limit) {
    refuse(text,
           fmt::format("{} after {} {}", expected_value(gauge->unit), gauge->name, text[sign]));
  }
  condition.limit = *limit;
  return condition;
}

bool concerns(const Condition& condition, const Cell& cell) {
  return condition.cells.empty() || matches(condition.cells, cell.strategy) ||
         matches(condition.cells, cell.strategy + " / " + cell.transport) ||
         matches(condition.cells, cell.strategy + " / " + transport_text(cell));
}

void check_conditions(const Plan& plan) {
  for (const std::string& text : plan.fail_if) {
    const Condition condition = parse_condition(text);
    const auto about = [&](const Cell& cell) { return concerns(condition, cell); };
    if (std::ranges::none_of(plan.cells, about)) {
      refuse(text, "a strategy of this measurement, or 'strategy / transport', before the colon");
    }
  }
}

std::vector<Checked> check_conditions(const Report& report) {
  std::vector<Checked> all;
  for (const std::string& text : report.plan.fail_if) {
    const Condition condition = parse_condition(text);
    for (const CellReport& row : report.cells) {
      if (!concerns(condition, row.cell) || row.runs.empty()) continue;
      if (row.summary.valid_runs == 0) {
        all.push_back({text, row.cell, true, "no run is valid: " + first_reason(row.runs.front())});
        continue;
      }
      const auto found = condition.gauge.of(row.summary, condition.gauge.percentile);
      if (!found) {
        all.push_back({text, row.cell, true,
                       fmt::format("{} is not known of this cell", condition.gauge.name)});
        continue;
      }
      const Evidence evidence = evidence_of(condition, row, *found, report.plan.fail_on);
      all.push_back({text, row.cell, is_met(condition, evidence), evidence.words});
    }
  }
  return all;
}

}  // namespace fanout
