#include "harness/cell/cell_process.h"

#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "base/timer_slack.h"
#include "harness/catalogue/names.h"
#include "harness/catalogue/pairing.h"
#include "harness/cell/cell_memory.h"
#include "harness/cell/cell_task.h"
#include "harness/cell/program_process.h"
#include "harness/cell/start_line.h"
#include "harness/machine/environment.h"
#include "harness/machine/host_conditions.h"
#include "harness/machine/syscall_counter.h"
#include "harness/machine/usage.h"
#include "harness/scenario/url_spool.h"
#include "strategies/registry.h"
#include "transports/deadline.h"
#include "transports/gate.h"
#include "transports/policy_state.h"
#include "transports/registry.h"
#include "wire/token.h"

namespace fanout {
namespace {

std::string read_all(int fd) {
  std::string text;
  char buffer[4096];
  for (;;) {
    const auto count = ::read(fd, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
  }
}

// What this process, and its main thread, had used up at one moment.
struct UsedUp {
  ProcessUsage process;
  std::optional<ThreadTimes> main_thread;
};
UsedUp used_up() { return {own_usage(), own_thread_times()}; }

// Everything but the time itself is read before the clock: reading it is not the strategy's work.
void note_ready(CellMemory& memory, UsedUp& at_ready, const Job& job,
                std::chrono::nanoseconds deadline) {
  CellHeader& header = memory.header();
  header.processes = 1 + std::ssize(job.worker_processes);
  header.threads = own_status("Threads") + std::ssize(job.worker_processes);
  at_ready = used_up();
  header.cpu_at_ready_ns = at_ready.process.cpu_ns;
  for (const pid_t pid : job.worker_processes) header.cpu_at_ready_ns += cpu_ns_of(pid);
  ++header.ready_calls;
  header.ready_ns = now_ns();
  memory.schedule_start_ns() = header.ready_ns;
  memory.deadline_ns() = deadline_after(header.ready_ns, deadline);
}

void note_end(CellHeader& header, const UsedUp& at_ready) {
  const auto [at_end, main_thread] = used_up();
  header.cpu_at_end_ns = at_end.cpu_ns;
  header.voluntary_switches = at_end.voluntary_switches - at_ready.process.voluntary_switches;
  header.involuntary_switches = at_end.involuntary_switches - at_ready.process.involuntary_switches;
  const bool known = main_thread && at_ready.main_thread;
  header.main_cpu_ns = known ? main_thread->cpu_ns - at_ready.main_thread->cpu_ns : -1;
  header.main_wait_ns = known ? main_thread->wait_ns - at_ready.main_thread->wait_ns : -1;
  if (header.peak_memory_bytes == 0) header.peak_memory_bytes = own_status("VmHWM") * 1024;
  for (pid_t left = 0; (left = ::waitpid(-1, nullptr, WNOHANG)) >= 0;) {
    ++header.children_left;
    if (left == 0) break;  // one that still runs
  }
  header.finished = 1;
}

// Counts the system calls of a run, if that is wanted.
class Syscalls {
 public:
  explicit Syscalls(bool wanted) {
    if (wanted) counter_.emplace();
  }
  void start() { before_ = count(); }
  // What `work` takes is not the strategy's; nor is reading the count twice.
  void without(const std::function<void()>& work) {
    const std::int64_t begin = count();
    work();
    before_ += count() - begin + 1;
  }
  // Since start(), but for the call that reads the count; -1: not counted.
  [[nodiscard]] std::int64_t since_start() const {
    return counter_ && counter_->why_not().empty() ? count() - before_ - 1 : -1;
  }

 private:
  [[nodiscard]] std::int64_t count() const { return counter_ ? counter_->count() : 0; }

  std::optional<SyscallCounter> counter_;
  std::int64_t before_ = 0;
};

void read_pool_memory(CellHeader& header, const Job& job) {
  const std::int64_t cpu_before_ns = own_usage().cpu_ns;
  header.peak_memory_bytes = pool_memory_bytes(::getpid(), job.worker_processes);
  // Reading it is not the strategy's work.
  header.cpu_at_ready_ns += own_usage().cpu_ns - cpu_before_ns;
}

// What clients are configured with: the task, and the state that all workers share.
ClientConfig client_config(const CellTask& task, const CellMemory& memory,
                           std::span<const std::int64_t> due_ns) {
  ClientConfig client = task.client;
  memory.deadline_ns() = kNever;
  if (task.deadline.count() > 0 || task.stoppable) client.deadline = &memory.deadline_ns();
  client.due_ns = due_ns;
  client.schedule_start = &memory.schedule_start_ns();
  client.failure_words = &memory.failure_words();
  client.connection_notes = &memory.connection_notes();
  client.policy_state = &memory.policy_state();
  if (!due_ns.empty()) wake_on_time();
  return client;
}

// Makes the requests of a task one by one.
LongList::Make make_one_by_one(const CellTask& task, const std::optional<UrlSpool>& urls) {
  if (!urls) return [&task](std::uint32_t index) { return make_request(task, index); };
  return [listed = urls->first_requests(task.requests)](std::uint32_t index) {
    Request request = listed[index % listed.size()];
    request.index = index;
    return request;
  };
}

// The requests of a task, and where what became of them is recorded.
class ListedWork {
 public:
  // Both are borrowed.
  ListedWork(const CellTask& task, const CellMemory& memory, const std::optional<UrlSpool>& urls)
      : samples_(memory.samples()) {
    if (const auto tally = memory.tally()) {
      list_.emplace(*tally, make_one_by_one(task, urls));
    } else {
      requests_ = urls ? urls->requests(task.requests) : make_requests(task);
    }
  }

  Job job(Job::Limits limits, Job::Hooks hooks) {
    if (list_) return {*list_, std::move(limits), std::move(hooks)};
    return {requests_, samples_, std::move(limits), std::move(hooks)};
  }

 private:
  std::vector<Request> requests_;
  std::span<Sample> samples_;
  std::optional<LongList> list_;
};

void run_job(CellTask task, CellMemory& memory) {
  CellHeader& header = memory.header();
  const auto pairing = pair_up(find_row("strategy", task.strategy, strategies()),
                               find_row("transport", task.transport, transports()));
  std::optional<UrlSpool> urls;
  if (task.urls_fd >= 0) task.client.paths = urls.emplace(task.urls_fd).text();
  ListedWork work(task, memory, urls);
  const std::vector<std::int64_t> due_ns = due_times(task.schedule, task.requests);
  UsedUp at_ready;
  Syscalls syscalls(task.count_syscalls);
  Job job = work.job(
      {.workers = task.workers,
       .queue_capacity = task.queue_capacity,
       .options = std::move(task.options),
       .trace = &memory.limit_trace(),
       .work = task.work,
       .work_done = &memory.work_done()},
      {.ready =
           [&](const Job& self) {
             if (task.starts_with_others) wait_at_start_line(memory);
             note_ready(memory, at_ready, self, task.deadline);
             syscalls.start();
           },
       .idle =
           [&](const Job& self) { syscalls.without([&] { read_pool_memory(header, self); }); }});
  ClientConfig client = client_config(task, memory, due_ns);
  std::optional<HostGates> gates;
  if (has_gate(client)) {
    // Before any worker is forked, which then shares them.
    client.host_gates = &gates.emplace(client.targets.size(), client.per_host);
    wake_on_time();
  }
  std::get<RunPair>(pairing)(job, client);
  header.syscalls = syscalls.since_start();
  header.queue_peak = job.queue_peak;
  note_end(header, at_ready);
}

}  // namespace

int run_cell_process(int task_fd, int memory_fd) {
  CellTask task = cell_task_from_text(read_all(task_fd));
  CellMemory memory(UniqueFd(memory_fd), task.requests, task.tally_slots);
  const bool external = !task.command.empty();
  try {
    if (!external) {
      raise_descriptor_limit();  // programs keep the one of the user's shell
      run_job(std::move(task), memory);
    } else {
      run_program(task, make_requests(task), memory);
    }
    return 0;
  } catch (const std::exception& error) {
    const std::string reason = std::string(external ? "" : "the strategy failed: ") + error.what();
    const std::size_t kept = std::min(reason.size(), sizeof memory.header().error - 1);
    std::copy_n(reason.begin(), kept, memory.header().error);
    return 1;
  }
}

}  // namespace fanout
