// Child processes of the controller.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <string>
#include <vector>

#include "base/fd.h"

namespace fanout {

// How to start this same executable as a child, or another.
struct SpawnOptions {
  std::vector<std::string> arguments;  // without the program name
  std::string other_command{};         // of a shell, which is started instead; empty: this one
  std::vector<int> keep_fds;           // stay open in the child, under the same numbers
  std::vector<int> cpus;               // it may run on; empty: all
  UniqueFd stderr_fd;                  // becomes its standard error; invalid: inherits ours
};

struct Exit {
  int status = 0;  // as wait() gives it
  rusage usage{};  // of the process, its threads and the children it reaped
};

// "exit code 3", "killed by signal 9 (Killed)".
std::string describe_exit(int status);

// A child in a process group of its own, so that Ctrl-C on a terminal reaches only the controller.
// It dies with the controller. The destructor kills the whole group and all that its processes
// started, and reaps the child.
class ChildProcess {
 public:
  explicit ChildProcess(SpawnOptions options);  // throws RunError
  ChildProcess(ChildProcess&&) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] int pidfd() const { return pidfd_.get(); }  // readable once it has ended
  void kill_group();
  // Waits for it to end and reaps it; once. What is left of its group is killed.
  Exit reap();

 private:
  void reap_after_kill();

  pid_t pid_ = -1;
  UniqueFd pidfd_;
};

}  // namespace fanout
