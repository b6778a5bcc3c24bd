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

template <class Client>
class Resolved : public Client {
 public:
  template <class Make>
  Resolved(Make make, const ClientConfig& config)
      : config_(with_stand_ins(config)), client_(make(config_)) {}

 protected:
  [[nodiscard]] bool reaches(const Request& request) const {
    return !is_unresolved(config_.targets[request.target]);
  }
  [[nodiscard]] Response unreached(const Request& request) const {
    return failed(config_, Outcome::dns, config_.targets[request.target].unresolved);
  }
  [[nodiscard]] Client& client() const { return *client_; }

 private:
  const ClientConfig config_;
  std::unique_ptr<Client> client_;  // borrows it
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

template <class Decorated, class Make>
auto make_either(Make make, const ClientConfig& config) -> decltype(make(config)) {
  if (std::ranges::none_of(config.targets, is_unresolved)) return make(config);
  return std::make_unique<Decorated>(make, config);
}

}  // namespace

std::unique_ptr<BlockingClient> make_client(MakeBlockingClient make, const ClientConfig& config) {
  return make_either<ResolvedBlocking>(make, config);
}

std::unique_ptr<AsyncClient> make_client(MakeAsyncClient make, const ClientConfig& config) {
  return make_either<ResolvedAsync>(make, config);
}

}  // namespace fanout
