// The result document: a report as JSON. Its form is results/report.schema.json, explained in
// results/README.md.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "harness/result/report.h"

namespace fanout {

inline constexpr int kSchemaVersion = 1;

nlohmann::json to_json(const Report& report);

// The document as files hold it. Arguments and paths may hold bytes that are not UTF-8; JSON may
// not, so they are replaced.
std::string to_text(const nlohmann::json& document);

// Throws UsageError naming `where` if it is not a result document this version can read.
Report report_from_json(const nlohmann::json& json, const std::string& where);

// Reads a file; throws UsageError in one clear line.
Report load_report(const std::string& file);

// Writes the document to a file, whole or not at all; throws RunError.
void save_report(const Report& report, const std::string& file);

}  // namespace fanout
