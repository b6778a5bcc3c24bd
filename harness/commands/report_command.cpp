#include "harness/commands/report_command.h"

#include <fmt/format.h>

#include <filesystem>

#include "base/error.h"
#include "harness/commands/page_file.h"
#include "harness/commands/step_summary.h"
#include "harness/document/html_page.h"
#include "harness/document/report_json.h"
#include "harness/print/static_page.h"

namespace fanout {
namespace {

int make_page(const Options& options) {
  std::vector<NamedReport> reports;
  for (const std::string& file : options.files) {
    reports.push_back({std::filesystem::path(file).stem(), load_report(file)});
  }
  check_page(options.html, options.files);
  write_page(options.html, html_page(reports, static_page(reports)), options.files);
  return 0;
}

}  // namespace

int report_saved(const Options& options) {
  if (!options.html.empty()) return make_page(options);
  if (options.files.size() > 1) {
    throw UsageError(
        "report: several results are laid over each other by --html FILE only; name one");
  }
  const std::string& file = options.files.front();
  const Report report = load_report(file);
  fmt::print("{}", rendered(report, analyse(report), options.format));
  if (!has_valid_runs(report)) {
    throw UsageError(file + ": holds no valid run, so there is nothing to compare; measure again");
  }
  return 0;
}

}  // namespace fanout
