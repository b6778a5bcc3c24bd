#include "harness/catalogue/pairing.h"

#include <fmt/format.h>

#include <algorithm>

#include "strategies/limited_window.h"
#include "strategies/registry.h"
#include "transports/gate.h"
#include "transports/hedge.h"
#include "transports/pacing.h"
#include "transports/policy.h"
#include "transports/registry.h"
#include "transports/unresolved.h"

namespace fanout {
namespace {

// What a client's requests go through, the last first: the schedule of an open loop, retries,
// hedges, and what holds attempts back.
RunPair joined(RunBlocking run, PrepareBlocking prepare) {
  return [=](Job& job, const ClientConfig& config) {
    const BlockingFactory make_client = prepare_clients(prepare, config);
    run(job, [&] {
      // A strategy that makes a client for each request need not make more of them after the end.
      if (past_deadline(config)) return given_up_client(config);
      return with_pacing(with_policy(with_gate(make_client(), config), config), config);
    });
  };
}

RunPair joined(const std::function<void(Job&, const AsyncFactory&)>& run, PrepareAsync prepare) {
  return [=](Job& job, const ClientConfig& config) {
    const AsyncFactory make_client = prepare_clients(prepare, config);
    run(job, [&](unsigned slots) {
      auto gated = with_gate(make_client(slots * attempts_at_once(config)), config);
      return with_pacing(with_policy(with_hedge(std::move(gated), config), config), config);
    });
  };
}

RunPair joined(MakeLimiter make, PrepareAsync prepare) {
  return joined(
      [make](Job& job, const AsyncFactory& make_client) {
        run_limited(job, make_client, *make(job.options(), job.workers()));
      },
      prepare);
}

struct PairUp {
  using Result = std::variant<RunPair, Impossible>;
  const Strategy& strategy;
  const Transport& transport;

  Result operator()(RunBlocking run, PrepareBlocking prepare) const { return joined(run, prepare); }
  Result operator()(RunAsync run, PrepareAsync prepare) const { return joined(run, prepare); }
  Result operator()(MakeLimiter make, PrepareAsync prepare) const { return joined(make, prepare); }
  Result operator()(RunBlocking run, PrepareEither prepare) const {
    return joined(run, prepare.blocking);
  }
  Result operator()(RunAsync run, PrepareEither prepare) const {
    return joined(run, prepare.async);
  }
  Result operator()(MakeLimiter make, PrepareEither prepare) const {
    return joined(make, prepare.async);
  }
  Result operator()(RunBlocking, PrepareAsync) const {
    return Impossible{fmt::format("{} blocks a worker per request; {} is an event loop",
                                  strategy.name, transport.name)};
  }
  Result operator()(RunAsync, PrepareBlocking) const { return needs_loop(); }
  Result operator()(MakeLimiter, PrepareBlocking) const { return needs_loop(); }

 private:
  [[nodiscard]] Result needs_loop() const {
    return Impossible{fmt::format("{} needs an event loop; {} blocks until the answer",
                                  strategy.name, transport.name)};
  }
};

}  // namespace

RowName polite_row() {
  const auto row = std::ranges::find_if(strategies(), [](const Strategy* one) {
    return one->concurrency == Concurrency::one && one->client_life == ClientLife::worker;
  });
  return {std::string((*row)->name), std::string(transports().front()->name)};
}

std::variant<RunPair, Impossible> pair_up(const Strategy& strategy, const Transport& transport) {
  return std::visit(PairUp{strategy, transport}, strategy.run, transport.prepare);
}

}  // namespace fanout
