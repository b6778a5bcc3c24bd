// Results over time, for people and for spreadsheets. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "harness/analysis/history.h"
#include "harness/print/render.h"
#include "harness/print/table.h"

namespace fanout {

// `format` is table, markdown or csv; `results` are ordered by time, and those of the rows. Text
// ends with the first result that left its band; CSV is the figures alone, durations in ns.
std::string render_history(const std::vector<NamedResult>& results,
                           const std::vector<HistoryRow>& rows,
                           const std::vector<std::string>& notes, Format format);

// What one measure of a cell is in each of the results.
Table history_table(const std::vector<NamedResult>& results, const HistoryRow& row);

}  // namespace fanout
