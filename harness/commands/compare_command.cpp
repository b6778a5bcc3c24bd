#include "harness/commands/compare_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "harness/analysis/comparable.h"
#include "harness/catalogue/names.h"
#include "harness/document/report_json.h"
#include "harness/print/render_compare.h"

namespace fanout {
namespace {

constexpr int kExitIncomplete = 3;

// The measures of these names; all if none is named.
std::vector<const Measure*> chosen_measures(const std::vector<std::string>& names) {
  std::vector<const Measure*> all;
  for (const Measure& measure : measures()) all.push_back(&measure);
  if (names.empty()) return all;
  return find_rows("measure", std::span<const std::string>(names),
                   std::span<const Measure* const>(all));
}

}  // namespace

int compare_saved(const Options& options) {
  const CompareOptions& wanted = options.compare;
  const auto by = chosen_measures(wanted.measures);
  const Report base = load_report(wanted.base);
  const Report next = load_report(wanted.next);
  const auto found = differences(conditions_to_json(base), conditions_to_json(next));
  if (!found.empty() && !wanted.force) {
    throw UsageError(fmt::format(
        "compare: more than the code differs between {} (BASE) and {} (NEW); measure again under "
        "equal conditions, or give --force\n  {}",
        wanted.base, wanted.next, fmt::join(found, "\n  ")));
  }
  const Changes changes = compare_results(base, next, by, wanted.threshold);
  fmt::print("{}", render_comparison({wanted.base, wanted.next, base, next, found}, changes,
                                     options.format));
  if (has_regression(changes)) return kExitRegression;
  return is_incomplete(changes) && !wanted.force ? kExitIncomplete : 0;
}

}  // namespace fanout
