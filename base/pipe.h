// How processes are connected, and how their end is awaited.
#pragma once

#include "base/fd.h"

namespace fanout {

// Both ends are closed by exec.
struct Pipe {
  UniqueFd read_end;
  UniqueFd write_end;
};
Pipe make_pipe();  // throws RunError

// Of this end alone: the other one's processes wait as they are used to.
void set_nonblocking(const UniqueFd& end);

// A descriptor that becomes readable when the process ends; throws RunError.
UniqueFd open_process(pid_t pid);

}  // namespace fanout
