#include "strategies/process_gate.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace fanout {
namespace {

void make_pipe(UniqueFd& read_end, UniqueFd& write_end) {
  int ends[2];
  if (::pipe(ends) != 0) throw RunError(fmt::format("pipe: {}", std::strerror(errno)));
  read_end.reset(ends[0]);
  write_end.reset(ends[1]);
}

void throw_if_a_child_died() {
  siginfo_t info{};
  if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0) {
    throw RunError(
        fmt::format("worker process {} ended early (status {})", info.si_pid, info.si_status));
  }
}

}  // namespace

ProcessGate::ProcessGate() { make_pipe(read_end_, write_end_); }

void ProcessGate::wait() {
  write_end_.reset();
  char byte = 0;
  while (::read(read_end_.get(), &byte, 1) < 0 && errno == EINTR) {
  }
}

void ProcessGate::open() { write_end_.reset(); }

ProcessRollCall::ProcessRollCall() { make_pipe(read_end_, write_end_); }

void ProcessRollCall::arrive() {
  const char byte = 0;
  while (::write(write_end_.get(), &byte, 1) < 0 && errno == EINTR) {
  }
}

void ProcessRollCall::wait_for(unsigned workers) {
  constexpr int kLookForDeadEveryMs = 50;
  unsigned arrived = 0;
  while (arrived < workers) {
    pollfd waiting{read_end_.get(), POLLIN, 0};
    if (::poll(&waiting, 1, kLookForDeadEveryMs) <= 0) {
      throw_if_a_child_died();
      continue;
    }
    char bytes[256];
    const std::size_t wanted = std::min<std::size_t>(sizeof bytes, workers - arrived);
    const auto count = ::read(read_end_.get(), bytes, wanted);
    if (count > 0) arrived += static_cast<unsigned>(count);
  }
}

}  // namespace fanout
