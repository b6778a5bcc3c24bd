// A comparison of two results, for people and for programs. Pure functions.
#pragma once

#include <string>

#include "harness/analysis/analysis.h"
#include "harness/analysis/compare.h"
#include "harness/print/render.h"
#include "harness/print/table.h"

namespace fanout {

// What changed from the other build of this measurement; "" if none took part.
std::string render_against(const Report& report, const Analysis& analysis, Draw draw);

// `format` is table, markdown or json. The keys of the JSON document: results/README.md.
std::string render_comparison(const Compared& compared, const Changes& changes, Format format);

}  // namespace fanout
