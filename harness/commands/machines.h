// The machines that take part in a measurement: this one, unless server or clients are elsewhere.
#pragma once

#include <optional>

#include "harness/commands/options.h"
#include "harness/control/cluster.h"
#include "harness/control/remote_server.h"
#include "harness/plan/plan.h"

namespace fanout {

class Machines {
 public:
  // Asks the server's machine what it is, if that is another one. `cluster` (borrowed) has the
  // machines of the clients; null: this one. Throws UsageError, RunError.
  Machines(const Options& options, Cluster* cluster);

  // What a plan must keep to.
  [[nodiscard]] MachineLimits limits() const;
  // Sets how the plan divides CPUs, and how many loops its server has.
  void choose(Plan& plan, const Options& options) const;
  [[nodiscard]] Environment environment(const Plan& plan) const;

  // For the runs (harness/control/cell_runner.h).
  [[nodiscard]] const RemoteAddress* server() const { return address_ ? &*address_ : nullptr; }
  [[nodiscard]] Cluster* cluster() const { return cluster_; }

 private:
  // Whether server and clients have a machine each.
  [[nodiscard]] bool are_apart() const { return address_ || cluster_ != nullptr; }

  std::optional<RemoteAddress> address_;
  std::optional<ServerMachine> server_;
  Cluster* cluster_;
};

}  // namespace fanout
