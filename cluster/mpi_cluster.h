// Rank 0's view of the others: the machines of clients.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/control/cluster.h"

namespace fanout {

class MpiCluster : public Cluster {
 public:
  // Hears from `ranks` - 1 client ranks (cluster/client_rank.h) who they are. They reach the server
  // of this machine at `address`; empty: at the one that its name stands for, or at 127.0.0.1 where
  // all are on one machine. Throws UsageError if there is none, or a rank is of another build.
  MpiCluster(int ranks, std::string address);

  [[nodiscard]] const std::vector<ClientMachine>& clients() const override { return clients_; }
  [[nodiscard]] const std::string& server_address() const override { return address_; }
  void run(const CellTask& task, std::chrono::nanoseconds limit, const InterruptWatch& interrupt,
           const CellMemory& memory, Execution& execution) override;

  // Lets the other ranks end; false: a run is going on, of which they would not hear.
  bool end();

 private:
  using Idle = std::function<void()>;
  // What each rank says next.
  [[nodiscard]] std::vector<std::string> hear_all(const Idle& idle) const;
  // Has all begin at one moment, or none if one is not ready. Returns how far their clocks are
  // ahead of ours.
  [[nodiscard]] std::vector<std::int64_t> start_all(const Idle& idle) const;

  std::vector<ClientMachine> clients_;  // of the ranks from 1 on
  std::string address_;
  bool running_ = false;
};

}  // namespace fanout
