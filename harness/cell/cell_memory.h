// The memory a run's process shares with the controller: what it measured stays readable when it
// crashes. One writer per field; the controller reads after the process has ended.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>

#include "base/fd.h"
#include "harness/cell/samples.h"
#include "strategies/strategy.h"
#include "strategies/tally.h"
#include "transports/connection_notes.h"
#include "transports/failure_words.h"
#include "transports/policy_state.h"

namespace fanout {

struct CellHeader {
  std::int64_t ready_ns;  // base/clock.h; 0 until ready()
  std::uint32_t ready_calls;
  std::uint32_t finished;            // 1 once the strategy has returned
  std::int64_t cpu_at_ready_ns;      // user + system so far, worker processes included
  std::int64_t cpu_at_end_ns;        // reaped children included
  std::uint64_t voluntary_switches;  // from ready() to the end
  std::uint64_t involuntary_switches;
  std::int64_t peak_memory_bytes;
  std::int64_t threads;         // at ready()
  std::int64_t processes;       // at ready()
  std::uint64_t queue_peak;     // most that the strategy's queue held; 0: it has none
  std::int64_t syscalls;        // from ready() to the end; -1: not counted
  std::uint32_t children_left;  // worker processes the strategy did not reap
  // What the main thread had from ready() to the end; -1: this kernel keeps no such account.
  std::int64_t main_cpu_ns;
  std::int64_t main_wait_ns;  // runnable, and not running
  char program[160];          // what an external program says it runs on, null-terminated
  char error[500];            // why it failed, null-terminated; empty if it did not
};

class CellMemory {
 public:
  // New, zeroed memory for `requests` samples, in a memfd; for a tally of them if it is to have
  // slots (strategies/tally.h). Throws RunError.
  explicit CellMemory(std::size_t requests, std::size_t tally_slots = 0);
  // How many slots a tally needs where so many requests are in flight.
  static std::size_t tally_slots_for(unsigned workers);
  // Maps the memory behind a descriptor made by the other constructor.
  CellMemory(UniqueFd fd, std::size_t requests, std::size_t tally_slots);
  CellMemory(const CellMemory&) = delete;
  CellMemory& operator=(const CellMemory&) = delete;
  ~CellMemory();

  [[nodiscard]] CellHeader& header() const { return layout().header; }
  // Read by every worker, forked ones too (ClientConfig::deadline); base/clock.h.
  [[nodiscard]] std::atomic<std::int64_t>& deadline_ns() const { return layout().deadline_ns; }
  // The moment of ready(): when the schedule of an open loop began (ClientConfig::schedule_start).
  // Read likewise, and by the controller while the process runs; 0 before.
  [[nodiscard]] std::atomic<std::int64_t>& schedule_start_ns() const {
    return layout().schedule_start_ns;
  }
  // When a run that starts with others does (harness/cell/start_line.h).
  [[nodiscard]] std::atomic<std::int64_t>& start_at_ns() const { return layout().start_at_ns; }
  // Written by every worker, forked ones too (ClientConfig::failure_words).
  [[nodiscard]] FailureWords& failure_words() const { return layout().failure_words; }
  // Likewise (ClientConfig::connection_notes).
  [[nodiscard]] ConnectionNotes& connection_notes() const { return layout().connection_notes; }
  // Likewise (ClientConfig::policy_state).
  [[nodiscard]] PolicyState& policy_state() const { return layout().policy_state; }
  // Likewise (Job::Limits::work_done).
  [[nodiscard]] WorkDone& work_done() const { return layout().work_done; }
  // Of an adaptive strategy, which writes it.
  [[nodiscard]] LimitTrace& limit_trace() const { return layout().limit_trace; }
  // Empty if there is a tally instead.
  [[nodiscard]] std::span<Sample> samples() const;
  [[nodiscard]] std::optional<Tally> tally() const;
  // What became of the requests, whichever there is.
  [[nodiscard]] Samples outcomes() const;
  [[nodiscard]] int fd() const { return fd_.get(); }
  // What lies beside the samples: builds in which it differs do not understand each other.
  static std::size_t shared_bytes() { return sizeof(Layout) + Tally::fixed_bytes(); }

 private:
  // Samples follow, as many as requests, or a tally.
  struct alignas(64) Layout {
    CellHeader header;
    std::atomic<std::int64_t> deadline_ns;
    std::atomic<std::int64_t> schedule_start_ns;
    std::atomic<std::int64_t> start_at_ns;
    FailureWords failure_words;
    ConnectionNotes connection_notes;
    PolicyState policy_state;
    WorkDone work_done;
    LimitTrace limit_trace;
  };
  [[nodiscard]] Layout& layout() const { return *static_cast<Layout*>(memory_); }
  [[nodiscard]] void* behind_layout() const { return static_cast<char*>(memory_) + sizeof(Layout); }
  [[nodiscard]] std::size_t bytes() const;
  void map();

  UniqueFd fd_;
  std::size_t requests_;
  std::size_t tally_slots_;
  void* memory_ = nullptr;
};

}  // namespace fanout
