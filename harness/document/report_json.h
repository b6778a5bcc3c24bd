// The result document: a report as JSON. Its form is results/report.schema.json, explained in
// results/README.md.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "harness/analysis/analysis.h"
#include "harness/result/report.h"

namespace fanout {

inline constexpr int kSchemaVersion = 1;

// The whole document. `analysis` is the report's.
nlohmann::json to_json(const Report& report, const Analysis& analysis);

// What a measurement was made under: the document's keys "tool", "environment" and "plan".
nlohmann::json conditions_to_json(const Report& report);

// The document of a report without runs that ReportLog goes on with: it ends with the empty array
// "runs_so_far", whose closing bracket has a line of its own.
std::string unfinished_document(const Report& report);

// Throws UsageError naming `where` if it is not a result document this version can read.
Report report_from_json(const nlohmann::json& json, const std::string& where);

// Reads a file, also one whose measurement runs or was killed; throws UsageError in one clear line.
Report load_report(const std::string& file);

// Writes the whole document to a file, whole or not at all; throws RunError.
void save_report(const Report& report, const Analysis& analysis, const std::string& file);

}  // namespace fanout
