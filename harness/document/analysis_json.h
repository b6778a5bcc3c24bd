// The derived parts of the result document. Written for whoever draws it; never read back, since
// everything in them follows from the runs.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "harness/analysis/analysis.h"

namespace fanout {

nlohmann::json summary_to_json(const Summary& summary);
nlohmann::json protocols_to_json(const Analysis& analysis);
nlohmann::json families_to_json(const Analysis& analysis);
nlohmann::json capacities_to_json(const Analysis& analysis);
nlohmann::json verdicts_to_json(const std::vector<Verdict>& verdicts);
nlohmann::json sweeps_to_json(const Analysis& analysis);
nlohmann::json recommendations_to_json(const Analysis& analysis);
nlohmann::json originals_to_json(const Analysis& analysis);
nlohmann::json conditions_to_json(const Analysis& analysis);
// In harness/document/verdict_json.cpp: either kind of verdicts.
nlohmann::json verdicts_to_json(const Analysis& analysis,
                                std::vector<Verdict> ScenarioAnalysis::*verdicts);

}  // namespace fanout
