#include "harness/control/cell_runner.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/pipe.h"
#include "base/units.h"
#include "harness/cell/cell_task.h"
#include "harness/control/cell_orders.h"
#include "harness/control/hopeless.h"
#include "harness/control/server_process.h"
#include "harness/control/standard_error.h"
#include "harness/judge/judge.h"
#include "harness/machine/process_tree.h"
#include "harness/plan/capacity.h"
#include "harness/plan/prediction.h"
#include "wire/token.h"

namespace fanout {
namespace {

constexpr std::chrono::nanoseconds kReadyWithin = std::chrono::seconds(30);  // external programs
constexpr std::chrono::nanoseconds kSupervisorsGrace = std::chrono::seconds(15);
constexpr int kLookSeldomMs = 60'000;

// Cells of one round carry the same tokens, so they meet the same delays.
std::uint64_t token_seed_of(const Plan& plan, unsigned round) {
  return make_token(plan.seed, round);
}

unsigned whole_cpus(double cpus) { return static_cast<unsigned>(std::ceil(cpus)); }

// Which CPUs there are and who may use them; of clients on several machines, all of theirs.
void note_cpus(Execution& execution, const Environment& environment) {
  const auto& client = environment.client_cpus;
  const auto& server = environment.server_cpus;
  execution.machine_cpus = static_cast<unsigned>(::sysconf(_SC_NPROCESSORS_ONLN));
  const auto allowed = [&](const std::vector<int>& cpus) {
    return cpus.empty() ? whole_cpus(environment.cpus) : static_cast<unsigned>(cpus.size());
  };
  execution.client_cpus = allowed(client);
  execution.server_cpus = allowed(server);
  execution.cpus_shared =
      client.empty() || std::ranges::find_first_of(client, server) != client.end();
  if (environment.server_machine) {
    execution.server_cpus = whole_cpus(environment.server_machine->cpus);
    execution.cpus_shared = false;
  }
  if (environment.clients.empty()) return;
  double cpus = 0;
  for (const ClientMachine& machine : environment.clients) cpus += machine.cpus;
  execution.client_cpus = whole_cpus(cpus);
  execution.clients = static_cast<unsigned>(environment.clients.size());
  execution.cpus_shared = false;
}

// The cell as the server meets it: with the workers of all machines.
Cell of_all_clients(Cell cell, unsigned clients) {
  cell.workers *= clients;
  cell.connections *= clients;
  return cell;
}

}  // namespace

Run CellRunner::operator()(const Cell& cell, unsigned round) {
  return execute(cell, round, nullptr);
}

Profile CellRunner::profile(const Cell& cell) {
  std::int64_t syscalls = -1;
  const Run run = execute(cell, plan_.rounds, &syscalls);
  if (!run.valid) return {std::nullopt, "the run to count them in: " + run.reasons.front()};
  if (syscalls < 0) return {std::nullopt, "could not be counted in the run"};
  return {static_cast<double>(syscalls) / static_cast<double>(run.requests.total), ""};
}

CellTask CellRunner::task_for(const Cell& cell, unsigned round, bool served) {
  const Scenario& scenario = scenario_of(plan_, cell);
  const int urls_fd = scenario.real_targets() != nullptr ? needs_.urls->spool.get() : -1;
  const std::uint64_t seed = token_seed_of(plan_, round);
  CellTask task =
      make_task(cell, scenario, prepare_targets(scenario, cell.http, seed, served), seed, urls_fd);
  if (served) task.client.certificates = server_->certificate();
  if (scenario.real_targets() != nullptr) {
    task.client.certificate_file = needs_.urls->tls.certificate_file;
    task.client.key_file = needs_.urls->tls.key_file;
  }
  if (is_external(cell)) {
    task.command = std::ranges::find(plan_.programs, cell.strategy, &PlannedProgram::name)->command;
    task.ready_limit = plan_.run_limit.value_or(kReadyWithin);
    task.run_limit = run_limit(plan_, cell);
  }
  return task;
}

// After which time the run's process is ended from outside. A program's supervisor does so before,
// and says more of what went wrong.
std::chrono::nanoseconds CellRunner::limit_of(const CellTask& task, const Cell& cell) const {
  const std::chrono::nanoseconds limit = run_limit(plan_, cell);
  return is_external(cell) ? limit + task.ready_limit + kSupervisorsGrace : limit;
}

// Has the machines of the cluster make the run.
void CellRunner::run_on_cluster(const CellTask& task, const Cell& cell, const CellMemory& memory,
                                Execution& execution) {
  execution.started_ns = now_ns();
  needs_.cluster->run(task, limit_of(task, cell), interrupt_, memory, execution);
}

// Starts the run's process and watches it until it has ended.
void CellRunner::run_process(const CellTask& task, const Cell& cell, const CellMemory& memory,
                             Execution& execution) {
  const std::chrono::nanoseconds limit = limit_of(task, cell);
  const UniqueFd task_fd = memory_file("fanout-task", to_text(task));
  if (!task_fd) throw_errno("handing the run its task");
  std::vector<int> keep_fds{task_fd.get(), memory.fd()};
  if (task.urls_fd >= 0) keep_fds.push_back(task.urls_fd);
  Pipe standard_error = make_pipe();
  set_nonblocking(standard_error.read_end);
  const StrayGuard strays;
  execution.started_ns = now_ns();
  ChildProcess child(
      {.arguments = {"internal-cell", std::to_string(task_fd.get()), std::to_string(memory.fd())},
       .other_command = cell.by_other_build ? plan_.against->command : std::string(),
       .keep_fds = std::move(keep_fds),
       .cpus = environment_.client_cpus,
       .stderr_fd = std::move(standard_error.write_end)});
  SteadyWatch steady(child.pid(), memory, cell.workers);
  const bool one_target = task.urls_fd >= 0 && task.client.targets.size() == 1;
  const bool may_be_in_vain = one_target && !answered_ && !plan_.keep_going;
  watch(child, std::move(standard_error.read_end), limit.count(), execution, [&] {
    const int again_ms = task.stoppable ? steady.look() : kLookSeldomMs;
    return may_be_in_vain ? std::min(again_ms, look_for_answers(memory, execution)) : again_ms;
  });
  execution.steady = steady.window();
}

Run CellRunner::execute(const Cell& cell, unsigned round, std::int64_t* syscalls) {
  const Scenario& scenario = scenario_of(plan_, cell);
  Execution execution;
  execution.served = has_network(cell) && scenario.real_targets() == nullptr;
  note_cpus(execution, environment_);
  CellTask task = task_for(cell, round, execution.served);
  task.count_syscalls = syscalls != nullptr;
  const CellMemory memory(scenario.requests, task.tally_slots);
  const bool waited =
      task.urls_fd >= 0 &&
      wait_for_ports(task.client.targets, connections_to_one_address(cell, scenario), interrupt_,
                     needs_.say_wait);
  const HostConditions host_before = read_host();
  const auto server_before = server_threads();
  if (needs_.cluster != nullptr) {
    run_on_cluster(task, cell, memory, execution);
  } else {
    run_process(task, cell, memory, execution);
    execution.host = between(host_before, read_host());
  }
  if (execution.served) execution.server_threads = between(server_before, server_threads());
  if (execution.served) execution.server = finish_server();
  execution.header = memory.header();
  if (syscalls != nullptr) *syscalls = execution.header.syscalls;
  execution.samples = memory.outcomes();
  execution.failure_words = &memory.failure_words();
  execution.connection_notes = &memory.connection_notes();
  execution.limit_trace = &memory.limit_trace();
  execution.work_done = &memory.work_done();
  execution.retries_denied = memory.policy_state().retries_denied.load();
  execution.token_seed = task.token_seed;
  Run run = judge(execution, of_all_clients(cell, execution.clients), scenario);
  note_failures(run, task, cell, round, execution);
  if (waited) run.flags.push_back(Flag::waited_for_ports);
  if (std::exchange(server_replaced_, false)) run.flags.push_back(Flag::server_replaced);
  return run;
}

std::optional<pid_t> CellRunner::server_pid() const {
  return server_ ? server_->pid() : std::nullopt;
}

std::map<pid_t, ThreadTimes> CellRunner::server_threads() const {
  const auto pid = server_pid();
  return pid ? thread_times(*pid) : std::map<pid_t, ThreadTimes>{};
}

std::vector<Target> CellRunner::prepare_targets(const Scenario& scenario, HttpVersion http,
                                                std::uint64_t token_seed, bool served) {
  if (scenario.real_targets() != nullptr) return needs_.urls->targets;
  if (served) return prepare_server(scenario, http, token_seed);
  return targets_for(scenario, std::vector<Endpoint>(scenario.server().hosts.size()));
}

std::unique_ptr<ServerControl> CellRunner::start_server() const {
  if (needs_.server != nullptr) return std::make_unique<RemoteServer>(*needs_.server);
  return std::make_unique<ServerProcess>(environment_.server_cpus);
}

// A server found dead is replaced; if its successors die as well, the machine is at fault.
std::vector<Target> CellRunner::prepare_server(const Scenario& scenario, HttpVersion http,
                                               std::uint64_t token_seed) {
  ServerConfig server = scenario.server();
  server.http = http;
  if (needs_.cluster != nullptr) server.bind = needs_.cluster->server_address();
  server.first_tokens = {.seed = token_seed, .count = scenario.requests};
  for (int attempts_left = 2;; --attempts_left) {
    try {
      if (!server_) server_ = start_server();
      return targets_for(scenario, server_->configure(server));
    } catch (const ServerDied&) {
      server_.reset();
      server_replaced_ = true;
      if (attempts_left == 0) throw;
    }
  }
}

std::optional<ServerCounters> CellRunner::finish_server() {
  try {
    if (server_) return server_->finish();
  } catch (const ServerDied&) {
    server_.reset();
  }
  return std::nullopt;
}

// Finds the failure of a run whose only target answers nothing. Returns when to look again, in ms.
int CellRunner::look_for_answers(const CellMemory& memory, Execution& execution) const {
  constexpr int kAgainMs = 500;
  const std::int64_t ready_ns = memory.schedule_start_ns().load();
  const std::int64_t age_ns = now_ns() - ready_ns;
  if (ready_ns != 0 && waits_in_vain(memory.outcomes(), age_ns)) {
    execution.failure = fmt::format("nothing was answered for {}; ended from outside",
                                    format_duration(static_cast<double>(age_ns)));
  }
  return kAgainMs;
}

// Says which URLs failed, in the run and in the file of all.
void CellRunner::note_failures(Run& run, const CellTask& task, const Cell& cell, unsigned round,
                               const Execution& execution) {
  answered_ = answered_ || (run.requests.ok > 0 && !cell.by_other_build);
  if (needs_.failures != nullptr) needs_.failures->begin_run();
  if (run.failed_requests.empty()) return;
  const RequestUrls urls(task, needs_.urls, needs_.keep_secrets);
  for (FailedRequest& failed : run.failed_requests) {
    failed.url = urls.url(failed.index);
    failed.line = urls.line(failed.index);
  }
  if (needs_.failures == nullptr || task.count_syscalls || cell.by_other_build) return;
  needs_.failures->add(cell, round, execution, scenario_of(plan_, cell), urls);
}

// Waits until the child has ended, or ends it: at its limit, or when the server dies, or as soon as
// `look`, which returns when to call it again in ms, has found a failure.
void CellRunner::watch(ChildProcess& child, UniqueFd standard_error, std::int64_t limit_ns,
                       Execution& execution, const std::function<int()>& look) {
  const std::int64_t deadline_ns = execution.started_ns + limit_ns;
  pollfd waiting[] = {{child.pidfd(), POLLIN, 0},
                      {interrupt_.fd(), POLLIN, 0},
                      {execution.served && server_ ? server_->ended_fd() : -1, POLLIN, 0},
                      {standard_error.get(), POLLIN, 0}};
  while ((waiting[0].revents & POLLIN) == 0) {
    const std::int64_t left_ms = (deadline_ns - now_ns()) / 1'000'000;
    if (left_ms <= 0) {
      execution.failure = fmt::format("did not end within its limit of {}; ended from outside",
                                      format_duration(static_cast<double>(limit_ns)));
      return;
    }
    const int look_ms = look();
    if (!execution.failure.empty()) return;
    const int timeout_ms = static_cast<int>(std::min<std::int64_t>(left_ms + 1, look_ms));
    if (::poll(waiting, std::size(waiting), timeout_ms) < 0 && errno != EINTR) {
      throw_errno("poll");
    }
    if ((waiting[1].revents & POLLIN) != 0) throw Interrupted();
    if ((waiting[2].revents & POLLIN) != 0) {
      execution.failure = "the embedded server died during the run";
      server_.reset();
      return;
    }
    if (waiting[3].revents != 0 && !drain(standard_error.get(), execution.standard_error)) {
      waiting[3].fd = -1;
    }
  }
  drain(standard_error.get(), execution.standard_error);
  execution.exit = child.reap();
}

}  // namespace fanout
