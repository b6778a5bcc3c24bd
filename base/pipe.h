// How processes are connected, and how their end is awaited.
#pragma once

#include "base/fd.h"

namespace fanout {

// Both ends of a pipe; exec closes them.
struct Pipe {
  UniqueFd read_end;
  UniqueFd write_end;
};
Pipe make_pipe();  // throws RunError

// Makes reads or writes at this end return at once; the other end goes on waiting as before.
void set_nonblocking(const UniqueFd& end);

// A descriptor that becomes readable when the process ends; throws RunError.
UniqueFd open_process(pid_t pid);

}  // namespace fanout
