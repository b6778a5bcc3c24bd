// A report as people, spreadsheets and other tools read it. Pure functions of the report.
#pragma once

#include <cstdint>
#include <string>

#include "harness/result/report.h"

namespace fanout {

enum class Format : std::uint8_t { table, markdown, csv, json, gbench };

// Tables begin with workers down and strategies across where several numbers of workers were run.
std::string render(const Report& report, Format format);

// What would run and what would not, in words (--dry-run).
std::string render_plan(const Plan& plan);

}  // namespace fanout
