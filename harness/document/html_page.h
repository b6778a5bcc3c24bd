// The report page: one HTML file with data, charts and code inside, which works without a network.
// Its sources are in charts/; the build makes it and embeds it (cmake/report_page.cmake).
#pragma once

#include <string>
#include <vector>

#include "harness/analysis/history.h"
#include "harness/result/report.h"

namespace fanout {

struct NamedReport {
  std::string name;  // what the charts call it
  Report report;
};

// `without_script` is what it shows where its script may not run, HTML. Throws RunError if this
// fanout was built without the page (the build had no Node).
std::string html_page(const std::vector<NamedReport>& reports, const std::string& without_script);

// The same of results over time: `without_script` has a section for each row, to which the script
// adds a chart.
std::string history_page(const std::vector<NamedResult>& results,
                         const std::vector<HistoryRow>& rows, const std::string& without_script);

}  // namespace fanout
