// The embedded server on this machine: a child process and its control channel.
#pragma once

#include <string>
#include <vector>

#include "harness/control/server_control.h"
#include "harness/machine/process.h"

namespace fanout {

class ServerProcess : public ServerControl {
 public:
  // Starts the child on these CPUs (empty: all).
  explicit ServerProcess(std::vector<int> cpus);

  // Passes a packet on to the child, and its answer back. Throws ServerDied.
  std::string exchange(const std::string& packet) override;

  [[nodiscard]] std::optional<pid_t> pid() const override { return child_.pid(); }
  [[nodiscard]] int ended_fd() const override { return child_.pidfd(); }

 private:
  struct Channel {
    UniqueFd ours;
    UniqueFd theirs;
  };
  ServerProcess(Channel channel, std::vector<int> cpus);
  static Channel make_channel();

  UniqueFd control_;
  ChildProcess child_;
};

}  // namespace fanout
