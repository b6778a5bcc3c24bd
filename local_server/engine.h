// An engine answers HTTP as a ServerConfig says. One engine object serves one run: fresh ports,
// fresh counters.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "local_server/behaviour.h"
#include "local_server/ledger.h"

namespace fanout {

class Engine {
 public:
  // Stops the engine if it still runs.
  virtual ~Engine() = default;
  // Listens and serves on threads of its own; returns one endpoint per host, in their order, once
  // all of them accept. Throws RunError naming the address if one cannot be bound.
  virtual std::vector<Endpoint> start() = 0;
  // PEM: the certificate that clients are to trust; empty unless a host speaks TLS.
  // Known once started.
  [[nodiscard]] virtual std::string certificate() const { return {}; }
  // Closes every connection, joins the threads, and returns the counters (cpu_ns left 0). REQUIRED:
  // it was started, and not stopped.
  virtual ServerCounters stop() = 0;
};

std::unique_ptr<Engine> make_asio_engine(ServerConfig config);
std::unique_ptr<Engine> make_httplib_engine(ServerConfig config);
std::unique_ptr<Engine> make_engine(ServerConfig config);  // by config.engine

}  // namespace fanout
