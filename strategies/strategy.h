// Start reading here.
//
// A strategy is a way of issuing many requests: one after the other, by a pool of threads, from an
// event loop ... It is one function that is handed a Job and a factory of clients, and knows
// nothing of HTTP. The shortest is strategies/sequential.cpp; CONTRIBUTING.md shows how to add one.
//
// REQUIRED of every strategy:
// - call job.ready() exactly once, when its workers exist and wait, before the first request;
// - issue every request of the job exactly once, with at most job.workers() in flight;
// - leave nothing behind when it returns: no thread, no process, no descriptor.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <variant>

#include "strategies/job.h"
#include "strategies/limiter.h"
#include "transports/transport.h"

namespace fanout {

// The factory makes clients of the cell's transport (transports/transport.h).
using RunBlocking = void (*)(Job&, const BlockingFactory&);
using RunAsync = void (*)(Job&, const AsyncFactory&);

// How many requests a strategy has in flight: always one, as many as there are workers, or as many
// as it finds right, at most those.
enum class Concurrency : std::uint8_t { one, workers, adaptive };

// Where a strategy takes part without being named: in every scenario, where answers cost work
// (strategies/work.h), or in none.
enum class TakesPart : std::uint8_t { always, with_work, where_named };

// How long a client lives: for one request, or as long as the worker (or loop slot) that uses it.
enum class ClientLife : std::uint8_t { request, worker };

// One row of the registry (strategies/registry.cpp), defined in the strategy's own file.
struct Strategy {
  std::string_view name;
  std::string_view summary;  // one line, for help
  Concurrency concurrency;
  ClientLife client_life;
  // An adaptive one is its limiter; strategies/limited_window.h does the rest.
  std::variant<RunBlocking, RunAsync, MakeLimiter> run;
  std::span<const StrategyOption> options{};  // what the user may set of it
  TakesPart takes_part = TakesPart::always;
  // Memory that it holds for each request of the list, however few are in flight.
  unsigned bytes_per_request = 0;
  // How many event loops share W slots, each with a client of its own; null: one at most.
  unsigned (*loops)(unsigned workers) = nullptr;
};

inline bool drives_loop(const Strategy& strategy) {
  return !std::holds_alternative<RunBlocking>(strategy.run);
}

}  // namespace fanout
