// Results over time as the page reads them: what it draws is computed already.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "harness/analysis/history.h"

namespace fanout {

// `results` are ordered by time, and those of the rows.
nlohmann::json history_to_json(const std::vector<NamedResult>& results,
                               const std::vector<HistoryRow>& rows);

}  // namespace fanout
