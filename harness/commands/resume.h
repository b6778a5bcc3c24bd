// fanout run --resume: from the file of a measurement that was stopped to one that can go on. What
// the document holds is taken from it, the rest from the command line that it holds.
#pragma once

#include <optional>

#include "harness/commands/options.h"
#include "harness/result/report.h"
#include "harness/scenario/url_list.h"

namespace fanout {

// Whether all that was planned has been measured. What a time budget ended has not.
bool is_whole(const Report& report);

// The options of the command that began the measurement, but for those of `now` that may stand
// beside --resume; the result goes to the resumed file itself unless `now` names another. Throws
// UsageError in one line if it cannot be gone on with: it still runs, secrets were not kept ...
Options options_to_resume(const Report& report, const Options& now);

// Throws UsageError in one line if this fanout, or the machines as they are now, are not those that
// measured what the file holds.
void check_unchanged(const Report& report, const std::string& file, Environment now);

// Gives the plan, which was read from a document, what no document holds; `urls` are the real
// targets, if it has any, and get the addresses that were used. Throws UsageError in one line if
// something that the plan names is not what it was.
void complete_plan(Plan& plan, const Options& options, std::optional<UrlList>& urls);

}  // namespace fanout
