// What the tests of the transports share: one way to use any client, and the real server.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "local_server/engine.h"
#include "transports/registry.h"
#include "transports/verify.h"
#include "wire/token.h"

namespace fanout::transport_test {

// Of this transport there are clients of the blocking kind, of the asynchronous, or of both.
inline PrepareBlocking blocking_of(const Transport& transport) {
  const auto* both = std::get_if<PrepareEither>(&transport.prepare);
  if (both != nullptr) return both->blocking;
  const auto* prepare = std::get_if<PrepareBlocking>(&transport.prepare);
  return prepare != nullptr ? *prepare : nullptr;
}
inline PrepareAsync async_of(const Transport& transport) {
  const auto* both = std::get_if<PrepareEither>(&transport.prepare);
  if (both != nullptr) return both->async;
  const auto* prepare = std::get_if<PrepareAsync>(&transport.prepare);
  return prepare != nullptr ? *prepare : nullptr;
}

// A client of either kind, used for one request at a time.
class AnyClient {
 public:
  AnyClient(const Transport& transport, const ClientConfig& config) {
    if (const PrepareBlocking prepare = blocking_of(transport)) {
      make_blocking_ = prepare(config);
      blocking_ = make_blocking_();
    } else {
      make_async_ = async_of(transport)(config);
      async_ = make_async_(1);
    }
  }

  Response fetch(const Request& request) {
    if (blocking_) return blocking_->fetch(request);
    Response response;
    int calls = 0;
    async_->start(request, [&](const Response& ended) {
      response = ended;
      ++calls;
    });
    EXPECT_EQ(calls, 0) << "done called from within start";
    async_->run();
    EXPECT_EQ(calls, 1);
    return response;
  }

  // The request with this number, to this target.
  Response fetch(std::uint32_t index, std::uint32_t target = 0) {
    return fetch(Request{index, target, make_token(1, index)});
  }

 private:
  BlockingFactory make_blocking_;
  AsyncFactory make_async_;
  std::unique_ptr<BlockingClient> blocking_;
  std::unique_ptr<AsyncClient> async_;
};

// Timeouts are far beyond what a test takes: only a hang meets them.
inline ClientConfig config_for(std::vector<Target> targets) {
  ClientConfig config;
  config.targets = std::move(targets);
  config.connect_timeout = std::chrono::seconds(10);
  config.timeout = std::chrono::seconds(20);
  return config;
}
// The real server, with these hosts.
class LocalServer {
 public:
  explicit LocalServer(const HostBehaviour& host, EngineKind engine = EngineKind::asio)
      : LocalServer(std::vector{host}, engine) {}
  explicit LocalServer(std::vector<HostBehaviour> hosts, EngineKind engine = EngineKind::asio,
                       const std::string& bind = {}, HttpVersion http = HttpVersion::http1)
      : hosts_(std::move(hosts)), http_(http) {
    ServerConfig config;
    config.http = http;
    config.engine = engine;
    config.bind = bind;
    config.threads = 16;  // of engine httplib: more than any test keeps connections
    config.hosts = hosts_;
    engine_ = make_engine(config);
    endpoints_ = engine_->start();
  }

  // A client's view of it, expecting what the hosts answer.
  [[nodiscard]] ClientConfig config() const {
    std::vector<Target> targets;
    for (std::size_t i = 0; i < hosts_.size(); ++i) {
      const auto& [address, port] = endpoints_[i];
      const auto status = static_cast<std::uint16_t>(hosts_[i].status);
      targets.push_back({{address}, port, status, hosts_[i].body_bytes, hosts_[i].tls != Tls::off});
    }
    ClientConfig config = config_for(std::move(targets));
    config.certificates = engine_->certificate();
    config.http = http_;
    return config;
  }
  ServerCounters stop() { return engine_->stop(); }

 private:
  std::vector<HostBehaviour> hosts_;
  HttpVersion http_;
  std::unique_ptr<Engine> engine_;
  std::vector<Endpoint> endpoints_;
};

// Every transport that has a network, speaks HTTP/1.1 and can be used on this machine.
inline std::vector<const Transport*> networked() {
  std::vector<const Transport*> rows(transports().begin(), transports().end());
  std::erase_if(rows, [](const Transport* row) { return row->name == "null" || !row->http1; });
  std::erase_if(rows, [](const Transport* row) { return !fault_of(*row).empty(); });
  return rows;
}
inline std::vector<const Transport*> networked_async() {
  std::vector<const Transport*> rows = networked();
  std::erase_if(rows, [](const Transport* row) { return async_of(*row) == nullptr; });
  return rows;
}
// ... of these, those that speak TLS.
inline std::vector<const Transport*> with_tls(std::vector<const Transport*> rows) {
  std::erase_if(rows, [](const Transport* row) { return !row->tls; });
  return rows;
}
inline std::string row_name(const testing::TestParamInfo<const Transport*>& info) {
  return std::string(info.param->name);
}
inline std::ostream& operator<<(std::ostream& out, const Transport* row) {
  return out << row->name;
}

}  // namespace fanout::transport_test

namespace fanout {
inline void PrintTo(Outcome outcome, std::ostream* out) { *out << outcome_name(outcome); }
}  // namespace fanout
