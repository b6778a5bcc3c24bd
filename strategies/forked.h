// Work that processes share, which a strategy forks: process_pool and process_loops.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>

#include "strategies/job.h"

namespace fanout {

// Where the next request that nobody has taken is, in memory that forked processes share.
class SharedCursor {
 public:
  SharedCursor();  // throws RunError
  ~SharedCursor();
  SharedCursor(const SharedCursor&) = delete;
  SharedCursor& operator=(const SharedCursor&) = delete;

  std::atomic<std::size_t>& next() { return *next_; }
  std::size_t take() { return next_->fetch_add(1, std::memory_order_relaxed); }

 private:
  std::atomic<std::size_t>* next_ = nullptr;
};

// Makes what the i-th process needs, in that process, and returns what it does once all may go.
using MakeWorker = std::function<std::function<void()>(unsigned i, SharedCursor& cursor)>;

// Forks so many processes, calls job.ready() when all have made what they need, lets them go and
// waits until they are done; job.idle() is called before any of them leaves. Throws RunError if one
// fails; then all are killed. None is left when it returns.
void run_forked(Job& job, unsigned processes, const MakeWorker& make);

}  // namespace fanout
