// A report as people, spreadsheets and other tools read it. Pure functions of the report.
#pragma once

#include <cstdint>
#include <string>

#include "base/enum_names.h"
#include "harness/analysis/analysis.h"
#include "harness/result/report.h"

namespace fanout {

enum class Format : std::uint8_t { table, markdown, csv, json, gbench, junit, github, prometheus };
inline constexpr EnumNames<Format, 8> kFormatNames{{{"table", Format::table},
                                                    {"markdown", Format::markdown},
                                                    {"csv", Format::csv},
                                                    {"json", Format::json},
                                                    {"gbench", Format::gbench},
                                                    {"junit", Format::junit},
                                                    {"github", Format::github},
                                                    {"prometheus", Format::prometheus}}};

// Tables begin with workers down and strategies across where several numbers of workers were run.
// `analysis` is the report's.
std::string render(const Report& report, const Analysis& analysis, Format format);

}  // namespace fanout
