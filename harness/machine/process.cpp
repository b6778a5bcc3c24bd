#include "harness/machine/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "base/pipe.h"
#include "harness/machine/process_tree.h"

namespace fanout {
namespace {

void restrict_to(const std::vector<int>& cpus) {
  if (cpus.empty()) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int cpu : cpus) CPU_SET(cpu, &set);
  ::sched_setaffinity(0, sizeof set, &set);
}

[[noreturn]] void become(const SpawnOptions& options, char* const* argv, pid_t controller) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != controller) ::_exit(127);  // it died before we asked to follow it
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  restrict_to(options.cpus);
  for (const int fd : options.keep_fds) ::fcntl(fd, F_SETFD, 0);
  if (options.stderr_fd) ::dup2(options.stderr_fd.get(), STDERR_FILENO);
  const int null = ::open("/dev/null", O_RDWR);
  ::dup2(null, STDIN_FILENO);
  ::dup2(null, STDOUT_FILENO);
  ::execv(options.other_command.empty() ? "/proc/self/exe" : "/bin/sh", argv);
  ::_exit(127);
}

}  // namespace

std::string describe_exit(int status) {
  if (WIFSIGNALED(status)) {
    return fmt::format("killed by signal {} ({})", WTERMSIG(status), ::strsignal(WTERMSIG(status)));
  }
  return fmt::format("exit code {}", WEXITSTATUS(status));
}

ChildProcess::ChildProcess(SpawnOptions options) {
  std::vector<std::string> program{"fanout"};
  if (!options.other_command.empty()) {
    program = {"sh", "-c", "exec " + options.other_command + " \"$@\"", "sh"};
  }
  std::vector<char*> argv;
  for (std::string& word : program) argv.push_back(word.data());
  for (std::string& argument : options.arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const pid_t controller = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) throw_errno("fork");
  if (pid_ == 0) become(options, argv.data(), controller);
  ::setpgid(pid_, pid_);  // both sides set it: whoever comes first
  try {
    pidfd_ = open_process(pid_);
  } catch (...) {
    reap_after_kill();
    throw;
  }
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), pidfd_(std::move(other.pidfd_)) {}

ChildProcess::~ChildProcess() {
  if (pid_ > 0) reap_after_kill();
}

void ChildProcess::kill_group() {
  const std::vector<pid_t> family = descendants(pid_);  // some may have left the group
  ::kill(-pid_, SIGKILL);
  for (const pid_t pid : family) ::kill(pid, SIGKILL);
  ::kill(pid_, SIGKILL);
}

void ChildProcess::reap_after_kill() {
  kill_group();
  reap();
}

Exit ChildProcess::reap() {
  Exit exit;
  while (::wait4(pid_, &exit.status, 0, &exit.usage) < 0 && errno == EINTR) {
  }
  ::kill(-pid_, SIGKILL);
  pid_ = -1;
  return exit;
}

}  // namespace fanout
