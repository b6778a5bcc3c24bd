#include "harness/plan/server_loops.h"

#include <algorithm>
#include <cmath>

namespace fanout {

unsigned server_loops_for(double cpus) {
  // Of the CPUs: so that libcurl on all the others keeps no loop busy for more than 85 % of the
  // time (decision 33).
  constexpr double kShare = 0.3;
  return std::clamp(static_cast<unsigned>(std::ceil(kShare * cpus)), 1U, kMostLoops);
}

unsigned server_loops_alone(double cpus) {
  return std::clamp(static_cast<unsigned>(cpus), 1U, kMostLoops);
}

void choose_server_loops(Plan& plan, unsigned loops) {
  for (Scenario& scenario : plan.scenarios) {
    if (scenario.real_targets() != nullptr) continue;
    ServerConfig& server = scenario.server();
    const unsigned most = server.engine == EngineKind::asio ? loops : 1;
    if (!server.loops) server.loops = most;
  }
}

unsigned most_server_loops(const Plan& plan) {
  unsigned most = 1;
  for (const Scenario& scenario : plan.scenarios) {
    if (scenario.real_targets() == nullptr) {
      most = std::max(most, scenario.server().loops.value_or(1));
    }
  }
  return most;
}

}  // namespace fanout
