// The result document: a report as JSON. Its form is results/report.schema.json, explained in
// results/README.md.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "harness/analysis/analysis.h"
#include "harness/machine/output_file.h"
#include "harness/result/report.h"

namespace fanout {

inline constexpr int kSchemaVersion = 1;

// The whole document. `analysis` is the report's.
nlohmann::json to_json(const Report& report, const Analysis& analysis);

// What a measurement was made under: the document's keys "tool", "environment" and "plan".
nlohmann::json conditions_to_json(const Report& report);

// The document that ReportLog goes on with: the runs of the report are left out, and it ends with
// the empty array "runs_so_far" and kOpenEnd.
std::string unfinished_document(const Report& report);
inline constexpr std::string_view kOpenEnd = "\n]}\n";

// Throws UsageError naming `where` if it is not a result document this version can read.
Report report_from_json(const nlohmann::json& json, const std::string& where);

// Reads a file, also one whose measurement runs or was killed; throws UsageError in one clear line.
Report load_report(const std::string& file);

// Writes the whole document to a file, whole or not at all; throws RunError.
void save_report(const Report& report, const Analysis& analysis, const std::string& file,
                 Readers readers = Readers::usual);

}  // namespace fanout
