// One event loop of an asio engine, and what its connections share. Everything is used on the
// loop's own thread; others may post to `io`.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "local_server/hold_queue.h"
#include "local_server/ledger.h"
#include "local_server/request_holder.h"

namespace fanout {

class Connection;
struct AsioCore;

// The loops of an engine that has several, and what they have in common.
struct LoopGroup {
  explicit LoopGroup(bool tokens_matter) : books(tokens_matter) {}

  std::vector<AsioCore*> loops;  // borrowed; complete before any of them runs
  std::atomic<std::int64_t> first_request_ns = 0;
  SharedBooks books;
};

struct alignas(SharedBooks::kCacheLine) AsioCore {
  // The only loop of its engine.
  AsioCore() = default;
  // One more loop of `loops` (borrowed).
  explicit AsioCore(LoopGroup& loops);

  // A number for a request without a token, of all its engine's loops its alone.
  [[nodiscard]] std::uint64_t number_of(const Arrival& arrival) const {
    return group == nullptr ? arrival.number
                            : (arrival.number - 1) * group->loops.size() + place + 1;
  }
  // The run's first request has arrived, or the first of this loop: from the run's first on its
  // events are counted down, on every loop.
  void begin_run(std::int64_t now_ns);

  LoopGroup* const group = nullptr;  // null: it is alone
  const std::size_t place = 0;       // in the group
  boost::asio::io_context io{1};
  Ledger ledger{group == nullptr ? nullptr : &group->books};
  HoldQueue<RequestHolder> holds{io};
  struct Event {
    std::chrono::nanoseconds at;  // from the run's first request on
    std::function<void()> happen;
  };
  std::vector<Event> events;
  std::int64_t first_request_ns = 0;
  std::vector<std::unique_ptr<RequestHolder>> connections;  // all there ever were
  std::vector<Connection*> idle;                            // those of them to be used again
};

}  // namespace fanout
