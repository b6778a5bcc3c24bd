#include "harness/commands/machines.h"

#include <fmt/format.h>

#include <string>

#include "base/cpus.h"
#include "base/error.h"
#include "harness/control/control_key.h"
#include "harness/plan/capacity.h"
#include "harness/plan/server_loops.h"

namespace fanout {

namespace {

[[noreturn]] void refuse_on_cluster(const std::string& what, const std::string& instead) {
  throw UsageError(fmt::format("several client machines {}; {}", what, instead));
}

// What an adaptive strategy finds out, it finds out for one machine.
void check_strategies_for_cluster(const Plan& plan) {
  for (const Cell& cell : plan.cells) {
    if (!is_adaptive(cell)) continue;
    refuse_on_cluster(fmt::format("have no common limit, which {} looks for", cell.strategy),
                      "name other strategies (--strategy)");
  }
}

// What is decided while a run goes on, or by all requests together, is decided on one machine.
void check_for_cluster(const Plan& plan, std::size_t clients) {
  for (const Scenario& scenario : plan.scenarios) {
    if (scenario.real_targets() != nullptr) {
      refuse_on_cluster("request nothing of real targets", "leave out --url and --urls");
    }
    if (scenario.mode != Mode::batch) {
      refuse_on_cluster(fmt::format("make batches only, and {} has another mode", scenario.name),
                        "use --mode batch");
    }
    if (scenario.max_rate > 0 || scenario.per_host > 0) {
      refuse_on_cluster(fmt::format("keep no common limit, and {} has one", scenario.name),
                        "leave out its max_rate and per_host");
    }
    if (scenario.requests > kMostSampled) {
      refuse_on_cluster(fmt::format("keep a sample of each request, and {} has more than {}",
                                    scenario.name, kMostSampled),
                        "make fewer requests (-n)");
    }
    if (scenario.requests < clients) {
      refuse_on_cluster(
          fmt::format("need a request each, and {} has {}", scenario.name, scenario.requests),
          "make more requests (-n)");
    }
  }
}

}  // namespace

Machines::Machines(const Options& options, Cluster* cluster) : cluster_(cluster) {
  const RemoteOptions& remote = options.remote;
  if (!remote.at) return;
  address_ = {remote.at->host, remote.at->port, read_control_key(remote.key_file)};
  server_ = RemoteServer(*address_).describe();
  server_->network = remote.network;
}

MachineLimits Machines::limits() const {
  MachineLimits limits = machine_limits();
  limits.one_address = are_apart();
  return limits;
}

void Machines::choose(Plan& plan, const Options& options) const {
  if (!are_apart()) {
    plan.affinity = options.affinity.value_or(affinity_for(plan, own_cpus()));
    plan.shares_for_work = !options.affinity && plan.affinity == Affinity::shared;
    choose_server_loops(plan, server_loops_for(usable_cpus()));
    return;
  }
  if (cluster_ != nullptr) {
    if (!options.against.empty()) refuse_on_cluster("run one build only", "leave out --against");
    check_strategies_for_cluster(plan);
    check_for_cluster(plan, cluster_->clients().size());
  }
  plan.affinity = Affinity::none;
  choose_server_loops(plan, server_loops_alone(server_ ? server_->cpus : usable_cpus()));
}

Environment Machines::environment(const Plan& plan) const {
  Environment environment = this_environment(plan.affinity, most_server_loops(plan));
  environment.server_machine = server_;
  if (cluster_ != nullptr) environment.clients = cluster_->clients();
  return environment;
}

}  // namespace fanout
