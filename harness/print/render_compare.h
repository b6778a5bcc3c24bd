// A comparison of two results, for people and for programs. Pure functions.
#pragma once

#include <string>

#include "harness/analysis/compare.h"
#include "harness/print/render.h"

namespace fanout {

// `format` is table, markdown or json. The keys of the JSON document: results/README.md.
std::string render_comparison(const Compared& compared, const Changes& changes, Format format);

}  // namespace fanout
