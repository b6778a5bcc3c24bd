// What all connections of an asio engine share. Everything is used on the engine's one thread.
#pragma once

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

struct AsioCore {
  // The run's first request has arrived: from now on its events are counted down.
  void begin_run(std::int64_t now_ns);

  boost::asio::io_context io{1};
  Ledger ledger;
  HoldQueue<RequestHolder> holds{io};
  struct Event {
    std::chrono::nanoseconds at;  // from begin_run() on: the run's first request
    std::function<void()> happen;
  };
  std::vector<Event> events;
  std::int64_t first_request_ns = 0;
  std::vector<std::unique_ptr<RequestHolder>> connections;  // all there ever were
  std::vector<Connection*> idle;                            // those of them to be used again
};

}  // namespace fanout
