#include "harness/commands/compare_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "harness/analysis/comparable.h"
#include "harness/analysis/history.h"
#include "harness/catalogue/names.h"
#include "harness/commands/page_file.h"
#include "harness/document/html_page.h"
#include "harness/document/report_json.h"
#include "harness/print/render_compare.h"
#include "harness/print/render_history.h"
#include "harness/print/static_page.h"

namespace fanout {
namespace {

namespace fs = std::filesystem;

constexpr int kExitIncomplete = 3;
constexpr int kExitIncomparable = 5;
constexpr std::size_t kLeastOfHistory = 3;

// What is judged, with what it points to.
struct Wanted {
  std::vector<const Measure*> by;
  bool success = true;
};

void check_measures(const std::vector<std::string>& names) {
  std::vector<std::string_view> known{kSuccessMeasure};
  for (const Measure& measure : measures()) known.push_back(measure.name);
  for (const std::string& name : names) {
    if (std::ranges::find(known, name) == known.end()) throw_unknown("measure", name, known);
  }
}

// The measures of these names; all if none is named.
Wanted chosen_measures(std::vector<std::string> names) {
  Wanted wanted;
  for (const Measure& measure : measures()) wanted.by.push_back(&measure);
  if (names.empty() || names == std::vector<std::string>{"all"}) return wanted;
  check_measures(names);
  wanted.success = std::erase(names, kSuccessMeasure) > 0;
  if (names.empty()) {
    wanted.by.clear();
    return wanted;
  }
  wanted.by = find_rows("measure", std::span<const std::string>(names),
                        std::span<const Measure* const>(wanted.by));
  return wanted;
}

// These files, and all results in these folders.
std::vector<std::string> expanded(const std::vector<std::string>& names) {
  std::vector<std::string> files;
  for (const std::string& name : names) {
    std::error_code unreadable;
    if (!fs::is_directory(name, unreadable)) {
      files.push_back(name);
      continue;
    }
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(name, unreadable)) {
      if (entry.path().extension() == ".json") found.push_back(entry.path());
    }
    if (found.empty()) {
      throw UsageError(
          fmt::format("compare: {}: holds no result, a file that ends in .json", name));
    }
    std::ranges::sort(found);
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

// The same file twice would be taken for two sessions that agree.
void check_named_once(const std::vector<std::string>& files) {
  for (std::size_t i = 0; i < files.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      std::error_code absent;
      if (!fs::equivalent(files[i], files[k], absent)) continue;
      throw UsageError(fmt::format("compare: {} is named twice; name it once", files[i]));
    }
  }
}

// Results that stay where they are while others point to them.
using Loaded = std::deque<Report>;

std::vector<NamedResult> load_all(const std::vector<std::string>& files, Loaded& loaded) {
  std::vector<NamedResult> results;
  check_named_once(files);
  for (const std::string& file : files) {
    loaded.push_back(load_report(file));
    results.push_back({file, &loaded.back()});
  }
  return results;
}

// Whether one is a copy of the other: no two sessions have equal times to the nanosecond.
bool is_same_session(const Report& one, const Report& other) {
  const auto times = [](const Report& report) {
    std::vector<std::int64_t> found;
    for (const CellReport& cell : report.cells) {
      for (const Run& run : cell.runs) found.insert(found.end(), {run.makespan_ns, run.cpu_ns});
    }
    return found;
  };
  return one.started_at == other.started_at && times(one) == times(other);
}

void check_each_is_another(const std::vector<NamedResult>& results) {
  for (std::size_t i = 0; i < results.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (!is_same_session(*results[i].report, *results[k].report)) continue;
      throw UsageError(fmt::format("compare: {} is a copy of {}; name each session once",
                                   results[i].name, results[k].name));
    }
  }
}

Sessions sessions_of(const std::vector<NamedResult>& results) {
  Sessions sessions;
  for (const NamedResult& result : results) sessions.push_back(result.report);
  return sessions;
}

// How the others differ from the first. Throws IncomparableError if that matters and is not forced.
Differences checked_differences(const std::vector<NamedResult>& results, bool force) {
  Differences all;
  const NamedResult& first = results.front();
  for (const NamedResult& other : std::span(results).subspan(1)) {
    const Differences found =
        differences(conditions_to_json(*first.report), conditions_to_json(*other.report));
    if (!found.grave.empty() && !force) {
      throw IncomparableError(fmt::format(
          "compare: more than the code differs between {} (BASE) and {} (NEW); measure again under "
          "equal conditions, or give --force\n  {}",
          first.name, other.name, fmt::join(found.grave, "\n  ")));
    }
    for (const auto& [from, to] :
         {std::pair{&found.grave, &all.grave}, std::pair{&found.trifles, &all.trifles}}) {
      for (const std::string& line : *from) {
        if (std::ranges::find(*to, line) == to->end()) to->push_back(line);
      }
    }
  }
  return all;
}

void check_format(const Options& options, bool is_history) {
  const Format format = options.format;
  if (is_history && format == Format::json) {
    throw UsageError("--format json is for two sides; use csv for results over time");
  }
  if (!is_history && !options.html.empty()) {
    throw UsageError(
        "--html is for results over time, a folder or three and more without --new; leave it out");
  }
  if (!is_history && format == Format::csv) {
    throw UsageError(
        "--format csv is for results over time, a folder or three and more without --new; use "
        "json");
  }
}

int show_history(const Options& options, const std::vector<std::string>& files) {
  check_format(options, true);
  const Wanted wanted = chosen_measures(options.compare.measures);
  if (wanted.by.empty()) {
    throw UsageError("--measure success is for two sides; name another measure over time");
  }
  Loaded loaded;
  std::vector<NamedResult> results = load_all(files, loaded);
  check_each_is_another(results);
  std::ranges::stable_sort(results, {},
                           [](const NamedResult& one) { return one.report->started_at; });
  const Differences found = checked_differences(results, options.compare.force);
  std::vector<std::string> notes;
  for (const std::string& line : found.grave) notes.push_back("differs, overruled: " + line);
  for (const std::string& line : found.trifles) notes.push_back("differs, no matter: " + line);
  const auto rows = history_of(sessions_of(results), {wanted.by, options.compare.threshold});
  if (options.html.empty()) {
    fmt::print("{}", render_history(results, rows, notes, options.format));
    return 0;
  }
  check_page(options.html, files);
  write_page(options.html, history_page(results, rows, static_history(results, rows, notes)),
             files);
  return 0;
}

int compare_sides(const Options& options, const std::vector<std::string>& base_files,
                  const std::vector<std::string>& next_files) {
  check_format(options, false);
  const CompareOptions& given = options.compare;
  const Wanted wanted = chosen_measures(given.measures);
  Loaded loaded;
  Compared compared;
  compared.base = load_all(base_files, loaded);
  compared.next = load_all(next_files, loaded);
  std::vector<NamedResult> all = compared.base;
  all.insert(all.end(), compared.next.begin(), compared.next.end());
  const Differences found = checked_differences(all, given.force);
  compared.overruled = found.grave;
  compared.trifles = found.trifles;
  const Judging judging{wanted.by, given.threshold, wanted.success};
  const bool one_each = compared.base.size() == 1 && compared.next.size() == 1;
  if (!one_each) check_each_is_another(all);
  const Changes changes =
      one_each ? compare_results(*all.front().report, *all.back().report, judging)
               : compare_all(sessions_of(compared.base), sessions_of(compared.next), judging);
  fmt::print("{}", render_comparison(compared, changes, options.format));
  if (has_regression(changes)) return kExitRegression;
  return is_incomplete(changes) && !given.force ? kExitIncomplete : 0;
}

int compare_named(const Options& options) {
  const CompareOptions& given = options.compare;
  if (!given.next.empty()) {
    return compare_sides(options, expanded(given.base), expanded(given.next));
  }
  const std::vector<std::string> files = expanded(given.base);
  if (given.base.size() == 2 && files != given.base) {
    throw UsageError(
        "compare: a folder and another name are results over time or two sides; name one folder, "
        "or "
        "put --new before the second side");
  }
  const bool all_files = files == given.base;
  if (all_files && files.size() == 2) return compare_sides(options, {files[0]}, {files[1]});
  if (files.size() < kLeastOfHistory) {
    throw UsageError(fmt::format(
        "compare: {} named; give BASE and NEW, or a folder or {} results and more to see them over "
        "time",
        counted(files.size(), "result"), kLeastOfHistory));
  }
  return show_history(options, files);
}

}  // namespace

int compare_saved(const Options& options) {
  try {
    return compare_named(options);
  } catch (const IncomparableError& error) {
    fmt::print(stderr, "fanout: {}\n", error.what());
    return kExitIncomparable;
  }
}

}  // namespace fanout
