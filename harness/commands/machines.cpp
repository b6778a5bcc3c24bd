#include "harness/commands/machines.h"

#include "base/cpus.h"
#include "harness/control/control_key.h"
#include "harness/plan/server_loops.h"

namespace fanout {

Machines::Machines(const Options& options, Cluster* cluster) : cluster_(cluster) {
  const RemoteOptions& remote = options.remote;
  if (remote.host.empty()) return;
  address_ = {remote.host, remote.port, read_control_key(remote.key_file)};
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
