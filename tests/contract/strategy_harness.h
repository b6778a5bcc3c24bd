// What the contract tests of strategies share: clients that are counted, in memory that forked
// workers share, and one execution of a strategy with what it left behind.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "strategies/strategy.h"

namespace fanout::strategy_test {

#ifdef __SANITIZE_THREAD__
inline constexpr bool kThreadSanitizer = true;
#else
inline constexpr bool kThreadSanitizer = false;
#endif

// Counted by all clients of an execution, whichever thread or process they are in.
struct Counters {
  std::atomic<std::uint32_t> ready{0};
  std::atomic<std::uint32_t> before_ready{0};  // requests that came before ready()
  std::atomic<std::int32_t> in_flight{0};
  std::atomic<std::int32_t> peak{0};
  std::atomic<std::uint32_t> clients{0};
  std::atomic<std::int32_t> clients_alive{0};
  std::atomic<std::int64_t> cpu_burned_ns{0};

  void enter();
  void leave() { --in_flight; }
};

// Zeroed memory that forked processes share.
class SharedMemory {
 public:
  explicit SharedMemory(std::size_t bytes);
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  ~SharedMemory();
  [[nodiscard]] void* get() const { return memory_; }

 private:
  std::size_t bytes_;
  void* memory_;
};

// One execution of a strategy on the null transport.
class Execution {
 public:
  Execution(const Strategy& strategy, std::size_t requests, unsigned workers);

  // So that a tally of so many slots (strategies/tally.h) is kept in place of samples; before
  // run().
  void keep_tally(std::size_t slots);

  // Called in the client for every request, while it is counted as in flight.
  std::function<void(Counters&)> during_request;
  // Called for every client made, with its number from 1; may throw.
  std::function<void(unsigned)> on_client;

  void run();

  [[nodiscard]] Counters& counters() const { return *static_cast<Counters*>(counters_.get()); }
  [[nodiscard]] std::span<const Sample> samples() const {
    return {static_cast<const Sample*>(samples_.get()), requests_.size()};
  }
  [[nodiscard]] const Tally& tally() const { return *tally_; }  // REQUIRED: one is kept
  [[nodiscard]] bool forked() const { return forked_; }         // had worker processes at ready()

 private:
  [[nodiscard]] Job::Limits limits() const;
  Job::Hooks hooks();
  void run(Job& job);

  const Strategy& strategy_;
  unsigned workers_;
  std::vector<Request> requests_;
  ClientConfig config_;
  SharedMemory counters_;
  SharedMemory samples_;
  std::optional<SharedMemory> tally_memory_;
  std::optional<Tally> tally_;
  bool forked_ = false;
};

}  // namespace fanout::strategy_test
