#include "harness/print/family_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/units.h"
#include "harness/print/latency_text.h"
#include "harness/print/render_tables.h"

namespace fanout {
namespace {

using Align = Column::Align;

constexpr std::string_view kNothing = "-";

struct FamilyColumn {
  Column column;
  std::function<std::string(const Summary&)> text;  // "-": it says nothing of this cell
};

std::string share_text(double share) { return fmt::format("{:.1f}%", 100 * share); }

// Makespan and efficiency say how near a cell came to what the server allows.
std::vector<FamilyColumn> columns() {
  const auto of_limits = [](auto text) {
    return [text](const Summary& s) { return s.limits ? text(*s.limits) : std::string(kNothing); };
  };
  const auto or_dash = [](const std::optional<Interval>& value, auto text) {
    return value ? text(value->median) : std::string(kNothing);
  };
  const auto ratio = [](double value) { return fmt::format("{:.2f}", value); };
  return {
      {{"makespan"}, [](auto& s) { return format_duration(s.makespan_ns.median); }},
      {{"95%"}, [](auto& s) { return spread(s.makespan_ns); }},
      {{"effic."}, [=](auto& s) { return or_dash(s.efficiency, ratio); }},
      {{"ok"}, [](auto& s) { return share_text(s.success_share.median); }},
      {{"ok/s"}, [](auto& s) { return format_number(s.goodput_per_second.median); }},
      {{"refused"}, of_limits([](auto& l) { return share_text(l.refused_share.median); })},
      {{"95%"}, of_limits([](auto& l) { return spread(l.refused_share); })},
      {{"att/ok"}, [](auto& s) { return fmt::format("{:.3f}", s.amplification.median); }},
      {{"hedged"},
       [](auto& s) {
         return s.hedges ? share_text(s.hedges->sent_share.median) : std::string(kNothing);
       }},
      {{"won"},
       [](auto& s) {
         return s.hedges ? share_text(s.hedges->won_share.median) : std::string(kNothing);
       }},
      {{"p50"}, [](auto& s) { return latency_text(s, s.latency_p50_ns, 50); }},
      {{"p99"}, [](auto& s) { return latency_text(s, s.latency_p99_ns, 99); }},
      {{"CPU us/req"}, [](auto& s) { return format_number(s.cpu_us_per_request.median); }},
      {{"settles"}, of_limits([=](auto& l) { return or_dash(l.settle_ns, format_duration); })},
      {{"overshoot"}, of_limits([=](auto& l) { return or_dash(l.overshoot, ratio); })},
      {{"fair"}, of_limits([=](auto& l) { return or_dash(l.fairness, ratio); })},
      {{"limit", Align::left},
       [](auto& s) {
         return s.limited_by == Limit::none ? "-" : std::string(name_of(s.limited_by));
       }},
  };
}

std::string text_of(const FamilyColumn& column, const CellReport& cell) {
  return cell.summary.valid_runs == 0 ? std::string(kNothing) : column.text(cell.summary);
}

}  // namespace

Table family_table(const Report& report, const Family& family) {
  std::vector<FamilyColumn> shown = columns();
  std::erase_if(shown, [&](const FamilyColumn& column) {
    return std::ranges::all_of(
        family.cells, [&](const CellReport* cell) { return text_of(column, *cell) == kNothing; });
  });
  Table table{.columns = {{"strategy", Align::left},
                          {"variant", Align::left},
                          {"transport", Align::left},
                          {"workers"}},
              .rows = {}};
  for (const FamilyColumn& column : shown) table.columns.push_back(column.column);
  table.columns.push_back({"proven"});
  for (const CellReport* cell : family.cells) {
    const std::string variant = variant_name(report.plan, cell->cell);
    std::vector<std::string> row{cell->cell.strategy, variant.empty() ? "-" : variant,
                                 transport_text(cell->cell), std::to_string(cell->cell.workers)};
    for (const FamilyColumn& column : shown) row.push_back(text_of(column, *cell));
    row.push_back(fmt::format("{}/{}", cell->summary.valid_runs, cell->summary.total_runs));
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::string family_legend() {
  return "ok/s: requests that succeeded, per second; refused: attempts that a limit of the server "
         "rejected;\natt/ok: attempts for each request that succeeded; settles: until an adaptive "
         "limit stays within 20 %\nof its later median; overshoot: most in flight over the "
         "server's capacity\n";
}

}  // namespace fanout
