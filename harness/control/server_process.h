// The embedded server as the controller sees it: a child process and its control channel.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "harness/machine/process.h"
#include "local_server/behaviour.h"
#include "local_server/ledger.h"

namespace fanout {

// The server ended or stopped answering on its control channel.
class ServerDied : public RunError {
 public:
  using RunError::RunError;
};

class ServerProcess {
 public:
  // Starts the child on these CPUs (empty: all).
  explicit ServerProcess(std::vector<int> cpus);

  // Listens afresh, one endpoint per host; counters start at zero.
  std::vector<Endpoint> configure(const ServerConfig& config);
  // PEM: whom clients are to trust since configure(); empty unless a host speaks TLS.
  [[nodiscard]] const std::string& certificate() const { return certificate_; }
  // Closes everything and returns what was counted since configure().
  ServerCounters finish();

  [[nodiscard]] pid_t pid() const { return child_.pid(); }
  [[nodiscard]] int pidfd() const { return child_.pidfd(); }  // readable once it has ended

 private:
  struct Channel {
    UniqueFd ours;
    UniqueFd theirs;
  };
  ServerProcess(Channel channel, std::vector<int> cpus);
  static Channel make_channel();

  UniqueFd control_;
  std::string certificate_;
  ChildProcess child_;
};

}  // namespace fanout
