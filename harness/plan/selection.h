// What is to be run, as the user put it, and the scenarios that come of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/catalogue/program.h"
#include "harness/scenario/scenario.h"

namespace fanout {

// What the user asked for; empty lists mean the scenario's own, and then the default rows.
struct Selection {
  std::vector<std::string> scenarios{"api-fanout"};
  std::vector<std::string> strategies;
  std::vector<std::string> transports;
  std::vector<Program> externals;  // the user's own, besides
  std::optional<bool> peers;       // with peers or without; nothing: as the scenario has it
  std::vector<unsigned> workers;
  std::vector<HttpVersion> http;      // Protocols::versions
  std::vector<unsigned> connections;  // Protocols::connections
  bool sweep = false;                 // several numbers of workers, whatever the scenario names
  // Overrule the scenario.
  std::optional<std::uint64_t> requests;
  std::optional<Mode> mode;
  std::optional<double> rate;
  std::optional<Arrivals> arrivals;
  std::optional<bool> reuse;
  std::optional<std::uint64_t> max_idle;
  std::optional<Method> method;
  std::optional<std::string> body;
  std::optional<std::chrono::nanoseconds> timeout;
  std::optional<std::chrono::nanoseconds> connect_timeout;
  std::optional<std::chrono::nanoseconds> deadline;
  std::optional<unsigned> retries;
  std::optional<double> retry_budget;
  std::optional<Work> work;
  std::optional<double> max_rate;
  std::optional<unsigned> per_host;
  std::optional<HedgePolicy> hedge_after;  // its budget is the next, or the default
  std::optional<double> hedge_budget;
  std::map<std::string, double> strategy_options;
  std::optional<std::uint64_t> queue_capacity;
  std::optional<EngineKind> engine;
  std::vector<std::string> headers;    // besides the scenario's
  std::optional<RealTargets> targets;  // instead of all scenarios
};

// The scenarios named, with what the selection overrules. Throws UsageError on unknown names, and
// where the two do not go together.
std::vector<Scenario> select_scenarios(const Selection& selection);

// The header fields that go out: real targets are told who comes, unless the user says who.
std::vector<std::string> introduced(std::vector<std::string> headers);
std::vector<std::string> sent_headers(const Scenario& scenario);

}  // namespace fanout
