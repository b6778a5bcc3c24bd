// What the report page shows where a browser is not let run its script, as CI servers ask it to:
// headings, verdicts and tables, as plain HTML. The script puts its own in place of a report, and
// adds a chart to each section of a history.
#pragma once

#include <string>
#include <vector>

#include "harness/analysis/history.h"
#include "harness/document/html_page.h"

namespace fanout {

std::string static_page(const std::vector<NamedReport>& reports);

// Of results over time: what render_history() prints, a section for each row.
std::string static_history(const std::vector<NamedResult>& results,
                           const std::vector<HistoryRow>& rows,
                           const std::vector<std::string>& notes);

}  // namespace fanout
