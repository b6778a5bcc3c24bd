#include "harness/commands/report_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "harness/commands/step_summary.h"
#include "harness/document/html_page.h"
#include "harness/document/report_json.h"
#include "harness/machine/output_file.h"
#include "harness/print/static_page.h"

namespace fanout {
namespace {

namespace fs = std::filesystem;

// A page is not for more eyes than what it is made of.
Readers readers_of(const std::vector<std::string>& files) {
  constexpr fs::perms kOthers = fs::perms::group_read | fs::perms::others_read;
  const bool all_open = std::ranges::all_of(files, [](const std::string& file) {
    return (fs::status(file).permissions() & kOthers) != fs::perms::none;
  });
  return all_open ? Readers::usual : Readers::owner;
}

int write_page(const Options& options) {
  std::vector<NamedReport> reports;
  for (const std::string& file : options.files) {
    reports.push_back({fs::path(file).stem(), load_report(file)});
  }
  for (const std::string& file : options.files) {
    std::error_code absent;
    if (fs::equivalent(file, options.html, absent)) {
      throw UsageError(fmt::format("--html {}: is the result itself; name another file", file));
    }
  }
  if (options.html.ends_with(".json")) {
    throw UsageError(
        fmt::format("--html {}: results end so; name a file that ends in .html", options.html));
  }
  check_writable("--html", options.html);
  replace_file(options.html, html_page(reports, static_page(reports)), readers_of(options.files));
  fmt::print("page: {}\n", options.html);
  return 0;
}

}  // namespace

int report_saved(const Options& options) {
  if (!options.html.empty()) return write_page(options);
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
