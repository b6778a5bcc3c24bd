#include "harness/control/cell_orders.h"

#include <utility>

#include "harness/cell/cell_memory.h"
#include "harness/machine/environment.h"
#include "harness/plan/capacity.h"
#include "harness/plan/selection.h"
#include "harness/plan/strategy_options.h"
#include "harness/scenario/name_lookup.h"
#include "local_server/answer.h"

namespace fanout {

std::vector<Target> targets_for(const Scenario& scenario, const std::vector<Endpoint>& endpoints) {
  std::vector<Target> targets;
  for (std::size_t i = 0; i < scenario.server().hosts.size(); ++i) {
    const HostBehaviour& host = scenario.server().hosts[i];
    targets.push_back({.addresses = {endpoints[i].address},
                       .port = endpoints[i].port,
                       .expected_status = static_cast<std::uint16_t>(host.status),
                       .expected_body_bytes = may_have_body(host.status) ? host.body_bytes : 0,
                       .tls = host.tls != Tls::off});
    if (may_have_body(host.status)) targets.back().expected_body_sizes = host.body_sizes;
  }
  return targets;
}

CellTask make_task(const Cell& cell, const Scenario& scenario, std::vector<Target> targets,
                   std::uint64_t token_seed, int urls_fd) {
  const unsigned sources = source_addresses(cell, scenario, machine_limits());
  for (Target& target : targets) {
    const bool here = !target.addresses.empty() && is_loopback(target.addresses.front());
    target.source_addresses = here ? sources : 1;
  }
  return {.strategy = cell.strategy,
          .transport = cell.transport,
          .workers = cell.workers,
          .requests = scenario.requests,
          .tally_slots = is_tallied(cell, scenario) ? CellMemory::tally_slots_for(cell.workers) : 0,
          .order = scenario.order,
          .queue_capacity = scenario.queue_capacity.value_or(2 * std::uint64_t{cell.workers}),
          .options = options_of(cell.strategy, scenario.strategy_options),
          .work = scenario.work,
          .deadline = scenario.deadline,
          .token_seed = token_seed,
          .stoppable = scenario.mode == Mode::steady,
          .schedule = schedule_of(scenario, token_seed),
          .urls_fd = urls_fd,
          .client = {.targets = std::move(targets),
                     .method = scenario.method,
                     .request_body_bytes = scenario.request_body_bytes,
                     .body = scenario.body,
                     .reuse = scenario.reuse,
                     .follow = follows(scenario),
                     .connect_timeout = scenario.connect_timeout,
                     .max_idle = max_idle_of(scenario, cell.workers),
                     .workers = cell.workers,
                     .connections = cell.connections,
                     .http = cell.http,
                     .timeout = scenario.timeout,
                     .max_rate = scenario.max_rate,
                     .per_host = scenario.per_host,
                     .hedge = scenario.hedge,
                     .retry = scenario.retry,
                     .keep_bodies = keeps_bodies(scenario),
                     .watch = scenario.real_targets() != nullptr,
                     .headers = sent_headers(scenario)}};
}

}  // namespace fanout
