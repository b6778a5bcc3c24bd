// The parts of a scenario that say how its client behaves: retries, hedges, what it holds back.
// Private to scenario_json.cpp. Readers throw UsageError naming the full path of the key.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/json_read.h"
#include "strategies/work.h"
#include "transports/client_config.h"

namespace fanout {

RetryPolicy read_retry(const std::string& path, const json_read::Json& json);
json_read::Json retry_to_json(const RetryPolicy& retry);

// Null is none.
HedgePolicy read_hedge(const std::string& path, const json_read::Json& json);
json_read::Json hedge_to_json(const HedgePolicy& hedge);
// Null is nothing.
std::optional<std::uint64_t> read_max_idle(const std::string& path, const json_read::Json& json);
Work read_work(const std::string& path, const json_read::Json& json);
json_read::Json work_to_json(const Work& work);
double read_max_rate(const std::string& path, const json_read::Json& json);
unsigned read_per_host(const std::string& path, const json_read::Json& json);

// "STRATEGY.OPTION": value.
std::map<std::string, double> read_strategy_options(const std::string& path,
                                                    const json_read::Json& json);

}  // namespace fanout
