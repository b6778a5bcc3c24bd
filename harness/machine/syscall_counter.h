// Counts system calls by the kernel's tracepoint raw_syscalls:sys_enter (perf_event_open(2)), which
// few machines let everyone use.
#pragma once

#include <cstdint>
#include <string>

#include "base/fd.h"

namespace fanout {

class SyscallCounter {
 public:
  // Counts those of the calling thread, and of all threads and processes it makes from now on.
  SyscallCounter();

  // Why nothing is counted, for people; "" if it is.
  [[nodiscard]] const std::string& why_not() const { return why_not_; }
  // How many so far, with the one that reads it. 0 if nothing is counted.
  [[nodiscard]] std::int64_t count() const;

 private:
  UniqueFd fd_;
  std::string why_not_;
};

}  // namespace fanout
