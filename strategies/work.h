// What a client does with each right answer before its request counts as finished: it costs CPU,
// as parsing or hashing does. Job (strategies/strategy.h) does it on the thread that says so, and
// so blocks a loop that says so itself.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace fanout {

struct Work {
  std::chrono::nanoseconds cpu{};  // CPU time of the thread that does it; 0: there is none
};

// What it came to. Lies in memory that all threads and forked processes of a run share; all zero to
// begin with.
struct WorkDone {
  std::atomic<std::uint64_t> answers;
  std::atomic<std::int64_t> cpu_ns;  // of the threads that did it
};

// Does the work of one answer, and counts it. Callable from any thread.
//
// The thread's CPU clock is a system call (some 300 ns), so it is read few times: what is left is
// spent by the cheap clock of the wall, which is never behind, and what another thread or machine
// took of that is left for the next turn.
void do_work(const Work& work, WorkDone& done);

}  // namespace fanout
