// What is printed of a result, and where GitHub wants a part of it besides.
#pragma once

#include <string>

#include "harness/print/render.h"

namespace fanout {

// The report in this format. For `github` the Markdown table is also appended to the file that
// GITHUB_STEP_SUMMARY names, if it names one. Throws RunError if that cannot be written.
std::string rendered(const Report& report, const Analysis& analysis, Format format);

}  // namespace fanout
