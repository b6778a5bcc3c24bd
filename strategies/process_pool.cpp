#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <atomic>
#include <cerrno>

#include "base/error.h"
#include "strategies/process_gate.h"
#include "strategies/strategy.h"

namespace fanout {
namespace {

// The work, in memory shared by all workers: each takes the next request that nobody has taken.
class SharedCursor {
 public:
  SharedCursor() {
    void* memory =
        ::mmap(nullptr, sizeof *next_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw_errno("mmap");
    next_ = new (memory) std::atomic<std::size_t>(0);
  }
  SharedCursor(const SharedCursor&) = delete;
  SharedCursor& operator=(const SharedCursor&) = delete;
  ~SharedCursor() { ::munmap(next_, sizeof *next_); }

  std::size_t take() { return next_->fetch_add(1, std::memory_order_relaxed); }

 private:
  std::atomic<std::size_t>* next_ = nullptr;
};

// What parent and workers share.
struct Pool {
  SharedCursor cursor;
  ProcessRollCall roll_call;
  ProcessGate go;
  ProcessGate leave;
};

[[noreturn]] void work(Job& job, const BlockingFactory& make_client, Pool& pool, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);  // it died before we asked to follow it
  try {
    const auto client = make_client();
    pool.roll_call.arrive();
    pool.go.wait();
    const auto requests = job.requests();
    for (std::size_t i = 0; (i = pool.cursor.take()) < requests.size();) {
      job.fetch(*client, requests[i]);
    }
    pool.roll_call.arrive();
    pool.leave.wait();
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

void run(Job& job, const BlockingFactory& make_client) {
  Pool pool;
  Workers workers(job.worker_processes);
  const pid_t parent = ::getpid();
  for (unsigned i = 0; i < job.workers(); ++i) {
    const pid_t pid = ::fork();
    if (pid < 0) throw_errno("fork");
    if (pid == 0) work(job, make_client, pool, parent);
    job.worker_processes.push_back(pid);
  }
  pool.roll_call.wait_for(job.workers());
  job.ready();
  pool.go.open();
  pool.roll_call.wait_for(job.workers());
  job.idle();
  pool.leave.open();
  if (!workers.reap()) throw RunError("a worker process failed");
}

}  // namespace

extern const Strategy process_pool;
const Strategy process_pool{
    .name = "process_pool",
    .summary = "W forked processes that share the work, a client per process",
    .concurrency = Concurrency::workers,
    .client_life = ClientLife::worker,
    .run = run,
};

}  // namespace fanout
