// Making the runs of a plan, and keeping their result in its file.
#pragma once

#include <string>

#include "harness/analysis/analysis.h"
#include "harness/commands/machines.h"
#include "harness/commands/options.h"
#include "harness/machine/output_file.h"
#include "harness/print/progress.h"
#include "harness/scenario/url_list.h"

namespace fanout {

Progress::Style progress_style(const Options& options);

// What a measurement is made of, and where it goes.
struct Measurement {
  Plan plan;            // with its secrets, which the report has not
  const UrlList* urls;  // borrowed; null: there are no real targets
  std::string output;   // a file, or "-": standard output
  Readers readers;
  const Machines& machines;  // borrowed
};

// Makes the runs of the plan that the report does not have yet. A file holds every run as soon as
// it has returned; after an error the whole document is written, and the error passes.
void measure(Report& report, const Options& options, const Measurement& what);

// Writes the whole document. Throws RunError.
void save(const Report& report, const Analysis& analysis, const Measurement& what);

}  // namespace fanout
