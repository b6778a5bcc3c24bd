#include "transports/unresolved.h"

#include <algorithm>
#include <utility>

#include "transports/verify.h"

namespace fanout {
namespace {

bool is_unresolved(const Target& target) { return !target.unresolved.empty(); }

// Transports prepare for every target, so those that are never connected to get an address too.
ClientConfig with_stand_ins(ClientConfig config) {
  for (Target& target : config.targets) {
    if (is_unresolved(target)) target.addresses = {"0.0.0.0"};
  }
  return config;
}

// What the clients share: the configuration they are told of, and what was prepared of it.
template <class Factory>
struct StandIns {
  template <class Prepare>
  StandIns(Prepare prepare, const ClientConfig& told)
      : config(with_stand_ins(told)), make_client(prepare(config)) {}

  const ClientConfig config;
  const Factory make_client;  // borrows it
};

template <class Client>
class Resolved : public Client {
 public:
  Resolved(const ClientConfig& config, std::unique_ptr<Client> client)
      : config_(config), client_(std::move(client)) {}

 protected:
  [[nodiscard]] bool reaches(const Request& request) const {
    return !is_unresolved(config_.targets[request.target]);
  }
  [[nodiscard]] Response unreached(const Request& request) const {
    return failed(config_, Outcome::dns, config_.targets[request.target].unresolved);
  }
  [[nodiscard]] Client& client() const { return *client_; }

 private:
  const ClientConfig& config_;
  std::unique_ptr<Client> client_;
};

class ResolvedBlocking final : public Resolved<BlockingClient> {
 public:
  using Resolved::Resolved;
  Response fetch(const Request& request) override {
    return reaches(request) ? client().fetch(request) : unreached(request);
  }
};

class ResolvedAsync final : public Resolved<AsyncClient> {
 public:
  using Resolved::Resolved;
  void start(const Request& request, Done done) override {
    if (reaches(request)) return client().start(request, std::move(done));
    client().after({}, [this, &request, done = std::move(done)] { done(unreached(request)); });
  }
  void after(std::chrono::nanoseconds delay, std::function<void()> callback) override {
    client().after(delay, std::move(callback));
  }
  void run() override { client().run(); }
};

bool all_resolved(const ClientConfig& config) {
  return std::ranges::none_of(config.targets, is_unresolved);
}

}  // namespace

BlockingFactory prepare_clients(PrepareBlocking prepare, const ClientConfig& config) {
  if (all_resolved(config)) return prepare(config);
  return [shared = std::make_shared<const StandIns<BlockingFactory>>(prepare, config)] {
    return std::make_unique<ResolvedBlocking>(shared->config, shared->make_client());
  };
}

AsyncFactory prepare_clients(PrepareAsync prepare, const ClientConfig& config) {
  if (all_resolved(config)) return prepare(config);
  return
      [shared = std::make_shared<const StandIns<AsyncFactory>>(prepare, config)](unsigned slots) {
        return std::make_unique<ResolvedAsync>(shared->config, shared->make_client(slots));
      };
}

}  // namespace fanout
