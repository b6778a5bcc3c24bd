#include "strategies/process_gate.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>

#include <cerrno>

#include "base/error.h"

namespace fanout {
namespace {

void throw_if_a_child_died() {
  siginfo_t info{};
  if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0) {
    throw RunError(
        fmt::format("worker process {} ended early (status {})", info.si_pid, info.si_status));
  }
}

}  // namespace

ProcessGate::ProcessGate() : pipe_(make_pipe()) {}

void ProcessGate::wait() {
  pipe_.write_end.reset();
  char byte = 0;
  while (::read(pipe_.read_end.get(), &byte, 1) < 0 && errno == EINTR) {
  }
}

void ProcessGate::open() { pipe_.write_end.reset(); }

ProcessRollCall::ProcessRollCall() : pipe_(make_pipe()) {}

void ProcessRollCall::arrive() {
  const char byte = 0;
  while (::write(pipe_.write_end.get(), &byte, 1) < 0 && errno == EINTR) {
  }
}

void ProcessRollCall::wait_for(unsigned workers) {
  constexpr int kLookForDeadEveryMs = 50;
  unsigned arrived = 0;
  while (arrived < workers) {
    pollfd waiting{pipe_.read_end.get(), POLLIN, 0};
    if (::poll(&waiting, 1, kLookForDeadEveryMs) <= 0) {
      throw_if_a_child_died();
      continue;
    }
    char bytes[256];
    const std::size_t wanted = std::min<std::size_t>(sizeof bytes, workers - arrived);
    const auto count = ::read(pipe_.read_end.get(), bytes, wanted);
    if (count > 0) arrived += static_cast<unsigned>(count);
  }
}

}  // namespace fanout
