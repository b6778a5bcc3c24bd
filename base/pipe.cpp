#include "base/pipe.h"

#include <fcntl.h>
#include <sys/syscall.h>

#include "base/error.h"

namespace fanout {

Pipe make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw_errno("pipe");
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

void set_nonblocking(const UniqueFd& end) { ::fcntl(end.get(), F_SETFL, O_NONBLOCK); }

UniqueFd open_process(pid_t pid) {
  // Not pidfd_open(): glibc 2.36 declares it without C linkage.
  UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!process) throw_errno("pidfd_open");
  return process;
}

}  // namespace fanout
