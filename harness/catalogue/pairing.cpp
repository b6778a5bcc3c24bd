#include "harness/catalogue/pairing.h"

#include <fmt/format.h>

#include "transports/pacing.h"
#include "transports/policy.h"
#include "transports/unresolved.h"

namespace fanout {
namespace {

RunPair joined(RunBlocking run, MakeBlockingClient make) {
  return [=](Job& job, const ClientConfig& config) {
    run(job, [&] {
      // A strategy that makes a client for each request need not make more of them after the end.
      if (past_deadline(config)) return given_up_client(config);
      return with_pacing(with_policy(make_client(make, config), config), config);
    });
  };
}

RunPair joined(RunAsync run, MakeAsyncClient make) {
  return [=](Job& job, const ClientConfig& config) {
    run(job, [&] { return with_pacing(with_policy(make_client(make, config), config), config); });
  };
}

struct PairUp {
  using Result = std::variant<RunPair, Impossible>;
  const Strategy& strategy;
  const Transport& transport;

  Result operator()(RunBlocking run, MakeBlockingClient make) const { return joined(run, make); }
  Result operator()(RunAsync run, MakeAsyncClient make) const { return joined(run, make); }
  Result operator()(RunBlocking run, MakeEitherClient make) const {
    return joined(run, make.blocking);
  }
  Result operator()(RunAsync run, MakeEitherClient make) const { return joined(run, make.async); }
  Result operator()(RunBlocking, MakeAsyncClient) const {
    return Impossible{fmt::format("{} blocks a worker per request; {} is an event loop",
                                  strategy.name, transport.name)};
  }
  Result operator()(RunAsync, MakeBlockingClient) const {
    return Impossible{fmt::format("{} needs an event loop; {} blocks until the answer",
                                  strategy.name, transport.name)};
  }
};

}  // namespace

std::variant<RunPair, Impossible> pair_up(const Strategy& strategy, const Transport& transport) {
  return std::visit(PairUp{strategy, transport}, strategy.run, transport.make);
}

}  // namespace fanout
