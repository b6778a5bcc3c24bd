#include "harness/published.h"

#include "base/json_read.h"
#include "base/units.h"
#include "harness/originals.h"
#include "harness/render_tables.h"

namespace fanout {
namespace {

using json_read::Json;

Published one_from_json(const std::string& path, const Json& json) {
  using namespace json_read;
  check_object(path, json, {"name", "strategy", "peer", "workers", "makespan"});
  constexpr const char* needs = "a published figure has name, strategy and workers";
  Published published;
  published.name = text(path + ".name", required(path, json, "name", needs));
  published.strategy = text(path + ".strategy", required(path, json, "strategy", needs));
  published.workers = static_cast<unsigned>(
      whole_number(path + ".workers", required(path, json, "workers", needs), 1, kMaxWorkers));
  if (json.contains("peer")) published.peer = text(path + ".peer", json["peer"]);
  if (json.contains("makespan") && !json["makespan"].is_null()) {
    published.makespan = duration(path + ".makespan", json["makespan"]);
  }
  return published;
}

double nanoseconds(const Published& published) {
  return static_cast<double>(published.makespan.count());
}

// The article's own program, rerun on this server.
std::string original_text(const Report& report, const Scenario& scenario,
                          const Published& published) {
  const CellReport* cell = program_cell(report, scenario, published.peer, published.workers);
  if (cell == nullptr || cell->summary.valid_runs == 0) return "-";
  return interval_text(cell->summary.makespan_ns, format_duration);
}

// `cell` is null if the strategy was not run with so many workers.
std::vector<std::string> row_of(const Published& published, const std::string& original,
                                const CellReport* cell) {
  const bool valid = cell != nullptr && cell->summary.valid_runs > 0;
  const bool both = published.makespan.count() > 0 && valid;
  return {published.name,
          published.makespan.count() > 0 ? format_duration(nanoseconds(published)) : "-",
          published.peer.empty() ? "-" : published.peer,
          original,
          cell == nullptr ? "-" : cell->cell.strategy,
          cell == nullptr ? "-" : cell->cell.transport,
          std::to_string(published.workers),
          valid ? interval_text(cell->summary.makespan_ns, format_duration) : "-",
          both ? fmt::format("{:.2f}", cell->summary.makespan_ns.median / nanoseconds(published))
               : "-"};
}

}  // namespace

std::vector<Published> published_from_json(const std::string& path, const Json& json) {
  if (!json.is_array()) json_read::fail(path, json, "an array of published figures");
  std::vector<Published> published;
  for (const Json& one : json) {
    published.push_back(one_from_json(fmt::format("{}[{}]", path, published.size()), one));
  }
  return published;
}

Json to_json(const std::vector<Published>& published) {
  Json list = Json::array();
  for (const Published& one : published) {
    Json& json = list.emplace_back(Json{{"name", one.name},
                                        {"strategy", one.strategy},
                                        {"peer", one.peer},
                                        {"workers", one.workers}});
    json["makespan"] = nullptr;
    if (one.makespan.count() > 0) json["makespan"] = json_read::nanoseconds_text(one.makespan);
  }
  return list;
}

Table published_table(const Report& report, const Scenario& scenario) {
  using Align = Column::Align;
  Table table{.columns = {{"as published", Align::left},
                          {"published"},
                          {"its program", Align::left},
                          {"rerun here"},
                          {"strategy", Align::left},
                          {"transport", Align::left},
                          {"workers"},
                          {"ours here"},
                          {"ratio"}},
              .rows = {}};
  if (scenario.mode != Mode::batch) return table;  // articles say how long a whole list takes
  for (const Published& published : scenario.published) {
    const std::string original = original_text(report, scenario, published);
    bool found = false;
    for (const CellReport& cell : report.cells) {
      if (cell.cell.scenario == scenario.name && cell.cell.strategy == published.strategy &&
          cell.cell.workers == published.workers && !is_other_stack(report, cell.cell)) {
        table.rows.push_back(row_of(published, original, &cell));
        found = true;
      }
    }
    if (!found && original != "-") table.rows.push_back(row_of(published, original, nullptr));
  }
  return table;
}

}  // namespace fanout
