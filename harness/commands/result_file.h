// Where the result of a measurement goes, who may read it, and what it may hold.
#pragma once

#include <string>

#include "harness/commands/options.h"
#include "harness/machine/output_file.h"
#include "harness/plan/plan.h"
#include "harness/scenario/url_list.h"

namespace fanout {

// A name no file has yet.
std::string default_output(const Plan& plan);

bool is_standard_output(const std::string& output);

// Refuses files that cannot be written, or that are what the user asks to read.
void check_outputs(const Options& options, const std::string& output);

// Secrets stay out of what is written; where there were some, it is the user's alone all the same.
Readers readers_of(const Options& options, const Plan& plan, const UrlList* urls);

// The plan as results may show it.
Plan masked(Plan plan);

}  // namespace fanout
