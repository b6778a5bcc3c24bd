// The embedded server as the controller sees it, wherever it runs: what it is asked, one packet at
// a time (local_server/server_main.h has them), and what comes back.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "local_server/behaviour.h"
#include "local_server/ledger.h"

namespace fanout {

// The server ended or stopped answering on its control channel.
class ServerDied : public RunError {
 public:
  using RunError::RunError;
};

// Every call throws ServerDied, and RunError for what the server says it cannot do.
class ServerControl {
 public:
  ServerControl() = default;
  ServerControl(const ServerControl&) = delete;
  ServerControl& operator=(const ServerControl&) = delete;
  virtual ~ServerControl() = default;

  // Listens afresh, one endpoint per host; counters start at zero.
  std::vector<Endpoint> configure(const ServerConfig& config);
  // PEM: whom clients are to trust since configure(); empty unless a host speaks TLS.
  [[nodiscard]] const std::string& certificate() const { return certificate_; }
  // Closes everything and returns what was counted since configure().
  ServerCounters finish();

  // Readable once it has ended, as long as nobody is asking it.
  [[nodiscard]] virtual int ended_fd() const = 0;
  // Its process; nothing: it is on another machine.
  [[nodiscard]] virtual std::optional<pid_t> pid() const { return std::nullopt; }

 private:
  // Sends a packet and returns the answer to it.
  virtual std::string exchange(const std::string& packet) = 0;

  std::string certificate_;
};

}  // namespace fanout
