// What a run's process is told: everything it needs to make the requests. Travels as CBOR.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/scenario/schedule.h"
#include "strategies/work.h"
#include "transports/transport.h"

namespace fanout {

struct CellTask {
  std::string strategy;
  std::string transport;
  unsigned workers = 1;
  std::uint64_t requests = 0;
  std::uint64_t first_request = 0;      // of those of all clients that share the work
  bool starts_with_others = false;      // waits when ready (harness/cell/start_line.h)
  std::uint64_t tally_slots = 0;        // of the tally that is kept of them; 0: a sample of each is
  std::vector<std::uint32_t> order{};   // Scenario::order
  std::uint64_t queue_capacity = 0;     // of a strategy with a queue
  std::vector<double> options{};        // of the strategy, in the order of Strategy::options
  Work work{};                          // what is done with each right answer
  std::chrono::nanoseconds deadline{};  // from ready() on; 0: none
  std::uint64_t token_seed = 0;         // request i: make_token(token_seed, first_request + i)
  bool stoppable = false;               // the controller may set the deadline at any time
  Schedule schedule;                    // of an open loop
  int urls_fd = -1;  // harness/scenario/url_spool.h: what is requested instead; -1: nothing
  std::vector<std::string> command{};  // of an external program; empty: `strategy` is one of ours
  // How long an external program may take to be ready, and how long, from then on, to end.
  std::chrono::nanoseconds ready_limit{};
  std::chrono::nanoseconds run_limit{};
  bool count_syscalls = false;  // costs time: of a run that is not timed
  ClientConfig client;
};

// Of a task without a list of URLs: the request with this index, and all of them.
Request make_request(const CellTask& task, std::uint32_t index);
std::vector<Request> make_requests(const CellTask& task);

std::string to_text(const CellTask& task);
CellTask cell_task_from_text(const std::string& text);

}  // namespace fanout
