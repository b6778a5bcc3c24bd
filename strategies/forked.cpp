#include "strategies/forked.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <cerrno>

#include "base/error.h"
#include "strategies/process_gate.h"

namespace fanout {

SharedCursor::SharedCursor() {
  void* memory =
      ::mmap(nullptr, sizeof *next_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw_errno("mmap");
  next_ = new (memory) std::atomic<std::size_t>(0);
}

SharedCursor::~SharedCursor() { ::munmap(next_, sizeof *next_); }

namespace {

// What parent and workers share.
struct Shared {
  SharedCursor cursor;
  ProcessRollCall roll_call;
  ProcessGate go;
  ProcessGate leave;
};

[[noreturn]] void work(unsigned index, const MakeWorker& make, Shared& shared, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);  // it died before we asked to follow it
  try {
    const auto run = make(index, shared.cursor);
    shared.roll_call.arrive();
    shared.go.wait();
    run();
    shared.roll_call.arrive();
    shared.leave.wait();
  } catch (const std::exception& error) {
    fmt::print(stderr, "worker process: {}\n", error.what());
    std::fflush(stderr);
    ::_exit(1);
  }
  ::_exit(0);
}

// The worker processes; those still there at the end of its life are killed and reaped.
class Workers {
 public:
  explicit Workers(std::vector<pid_t>& pids) : pids_(pids) {}
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  ~Workers() {
    for (const pid_t pid : pids_) ::kill(pid, SIGKILL);
    reap();
  }

  // Waits for all of them; false if one did not end well.
  bool reap() {
    bool all_well = true;
    for (const pid_t pid : pids_) {
      int status = 0;
      while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
      }
      all_well = all_well && status == 0;
    }
    pids_.clear();
    return all_well;
  }

 private:
  std::vector<pid_t>& pids_;
};

}  // namespace

void run_forked(Job& job, unsigned processes, const MakeWorker& make) {
  Shared shared;
  Workers workers(job.worker_processes);
  const pid_t parent = ::getpid();
  for (unsigned i = 0; i < processes; ++i) {
    const pid_t pid = ::fork();
    if (pid < 0) throw_errno("fork");
    if (pid == 0) work(i, make, shared, parent);
    job.worker_processes.push_back(pid);
  }
  shared.roll_call.wait_for(processes);
  job.ready();
  shared.go.open();
  shared.roll_call.wait_for(processes);
  job.idle();
  shared.leave.open();
  if (!workers.reap()) throw RunError("a worker process failed");
}

}  // namespace fanout
