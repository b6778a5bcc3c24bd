#include "harness/control/held_run.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/pipe.h"
#include "base/units.h"
#include "harness/cell/start_line.h"
#include "harness/control/standard_error.h"
#include "harness/machine/usage.h"

namespace fanout {
namespace {

std::string all_of(const CellMemory& memory) {
  struct stat about {};
  if (::fstat(memory.fd(), &about) != 0) throw_errno("reading what a run measured");
  std::string bytes(static_cast<std::size_t>(about.st_size), '\0');
  for (std::size_t at = 0; at < bytes.size();) {
    const auto count =
        ::pread(memory.fd(), bytes.data() + at, bytes.size() - at, static_cast<off_t>(at));
    if (count <= 0) throw_errno("reading what a run measured");
    at += static_cast<std::size_t>(count);
  }
  return bytes;
}

ChildProcess start_held(const CellTask& share, const CellMemory& memory, UniqueFd& standard_error) {
  const UniqueFd task = memory_file("fanout-task", to_text(share));
  if (!task) throw_errno("handing the run its task");
  Pipe pipe = make_pipe();
  set_nonblocking(pipe.read_end);
  standard_error = std::move(pipe.read_end);
  return ChildProcess(
      {.arguments = {"internal-cell", std::to_string(task.get()), std::to_string(memory.fd())},
       .keep_fds = {task.get(), memory.fd()},
       .cpus = {},
       .stderr_fd = std::move(pipe.write_end)});
}

}  // namespace

HeldRun::HeldRun(const CellTask& share, std::chrono::nanoseconds limit)
    : limit_(limit),
      memory_(share.requests),
      host_before_(read_host()),
      child_(start_held(share, memory_, standard_error_)) {}

bool HeldRun::has_ended(int timeout_ms) {
  pollfd waiting[] = {{child_.pidfd(), POLLIN, 0}, {standard_error_.get(), POLLIN, 0}};
  ::poll(waiting, std::size(waiting), timeout_ms);
  if (waiting[1].revents != 0 && !drain(standard_error_.get(), part_.standard_error)) {
    standard_error_.reset();
  }
  return (waiting[0].revents & POLLIN) != 0;
}

bool HeldRun::is_ready() {
  const std::int64_t until_ns = now_ns() + limit_.count();
  while (memory_.start_at_ns() != kWaitsAtStartLine) {
    if (has_ended(1)) return false;
    if (now_ns() < until_ns) continue;
    part_.failure = fmt::format("was not ready within {}",
                                format_duration(static_cast<double>(limit_.count())));
    return false;
  }
  return true;
}

SharedPart HeldRun::run_from(std::int64_t moment_ns) {
  constexpr int kLongestWaitMs = 60'000;
  memory_.start_at_ns() = moment_ns;
  const std::int64_t until_ns = moment_ns + limit_.count();
  for (;;) {
    const std::int64_t left_ms = (until_ns - now_ns()) / 1'000'000;
    if (left_ms <= 0) {
      part_.failure = fmt::format("did not end within its limit of {}; ended from outside",
                                  format_duration(static_cast<double>(limit_.count())));
      break;
    }
    if (has_ended(static_cast<int>(std::min<std::int64_t>(left_ms + 1, kLongestWaitMs)))) break;
  }
  return left_behind();
}

SharedPart HeldRun::give_up() { return left_behind(); }

SharedPart HeldRun::left_behind() {
  if (!has_ended(0)) child_.kill_group();
  const Exit exit = child_.reap();
  if (standard_error_) drain(standard_error_.get(), part_.standard_error);
  part_.host = between(host_before_, read_host());
  part_.status = exit.status;
  part_.process_cpu_ns = cpu_ns(exit.usage);
  part_.memory = all_of(memory_);
  return std::move(part_);
}

}  // namespace fanout
