// A report as people and spreadsheets read it. Pure functions of the report.
#pragma once

#include <cstdint>
#include <string>

#include "harness/report.h"

namespace fanout {

enum class Format : std::uint8_t { table, markdown, csv, json };
enum class Layout : std::uint8_t {
  cells,  // one row per cell with all its figures
  sweep,  // first workers down, strategies across, makespans inside; then the cells
};

std::string render(const Report& report, Format format, Layout layout);

// What would run and what would not, in words (--dry-run).
std::string render_plan(const Plan& plan);

}  // namespace fanout
