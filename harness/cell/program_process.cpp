#include "harness/cell/program_process.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "base/units.h"
#include "harness/cell/program_lines.h"
#include "harness/cell/program_talk.h"
#include "harness/cell/start_line.h"
#include "harness/machine/host_conditions.h"
#include "harness/machine/process_tree.h"
#include "harness/machine/usage.h"
#include "transports/verify.h"

namespace fanout {
namespace {

constexpr std::int64_t kEndWithin = 10'000'000'000;

std::string seconds_text(std::int64_t ns) { return format_duration(static_cast<double>(ns)); }

// A file that holds the certificates, and the path under which every process finds it.
struct CertificateFile {
  UniqueFd fd;
  std::string path;
};

CertificateFile certificate_file(const std::string& pem) {
  if (pem.empty()) return {};
  CertificateFile file{memory_file("fanout-certificates", pem), {}};
  if (!file.fd) throw_errno("handing the program its certificates failed");
  file.path = fmt::format("/proc/{}/fd/{}", ::getpid(), file.fd.get());
  return file;
}

// One run: what was known of the program when it said `ready`, and what it said since.
class ProgramRun {
 public:
  ProgramRun(const CellTask& task, std::span<const Request> requests, CellMemory& memory)
      : task_(task),
        requests_(requests),
        memory_(memory),
        certificates_(certificate_file(task.client.certificates)),
        talk_(task.command) {}

  void run() {
    try {
      get_ready();
      hear_records();
      finish();
    } catch (const RunError& error) {
      throw RunError(fmt::format("the program failed {}: {}", stage(), error.what()));
    }
  }

 private:
  [[nodiscard]] std::string stage() const {
    if (memory_.header().ready_ns == 0) return "before it was ready";
    return fmt::format("after {} of {} records", records_, requests_.size());
  }

  [[noreturn]] void fail_late(const char* what, std::int64_t within_ns) const {
    throw RunError(fmt::format("it did not {} within {}", what, seconds_text(within_ns)));
  }

  void get_ready() {
    const std::int64_t within_ns = task_.ready_limit.count();
    const std::int64_t until_ns = now_ns() + within_ns;
    if (!talk_.say(plan_line(task_, requests_, certificates_.path), until_ns)) {
      fail_late("read its plan", within_ns);
    }
    const auto answer = talk_.listen(until_ns);
    if (!answer) fail_late("say `ready` (and flush it)", within_ns);
    if (*answer != "ready" && !answer->starts_with("ready ")) {
      throw RunError(
          fmt::format("it wrote {} to standard output, not `ready`: print for people "
                      "to standard error",
                      shown(*answer)));
    }
    note_program(trimmed(answer->substr(5)));
    if (task_.starts_with_others) wait_at_start_line(memory_);
    note_ready();
    if (!talk_.say(fmt::format("go {}", memory_.header().ready_ns), limit_ns_)) {
      fail_late("read `go`", task_.run_limit.count());
    }
  }

  void note_program(std::string_view text) {
    auto& kept = memory_.header().program;
    const std::string_view printable = text.substr(0, sizeof kept - 1);
    std::ranges::transform(printable, kept, [](char c) { return c >= ' ' && c <= '~' ? c : '?'; });
  }

  // Everything but the time itself is read before the clock.
  void note_ready() {
    CellHeader& header = memory_.header();
    at_ready_ = family_usage(talk_.pid());
    main_at_ready_ = main_thread();
    header.processes = at_ready_.processes;
    header.threads = at_ready_.threads;
    header.cpu_at_ready_ns = at_ready_.cpu_ns;
    ++header.ready_calls;
    header.ready_ns = now_ns();
    limit_ns_ = header.ready_ns + task_.run_limit.count();
  }

  void hear_records() {
    for (;;) {
      const auto line = talk_.listen(limit_ns_);
      if (!line) fail_late("end", task_.run_limit.count());
      if (*line == "done") return;
      if (records_ == requests_.size()) {
        throw RunError(
            fmt::format("it wrote {} where `done` is due, after as many records as "
                        "requests",
                        shown(*line)));
      }
      keep(*line);
      ++records_;
    }
  }

  void keep(std::string_view line) {
    const ProgramRecord record = parse_record(line, requests_.size());
    const std::int64_t go_ns = memory_.header().ready_ns;
    if (record.start_ns != 0 && record.start_ns < go_ns) {
      throw RunError(
          fmt::format("it wrote {}, which begins before `go {}` (CLOCK_MONOTONIC, nanoseconds)",
                      shown(line), go_ns));
    }
    if (record.end_ns > now_ns()) {
      throw RunError(fmt::format(
          "it wrote {}, which ends in the future: now is {} (CLOCK_MONOTONIC, nanoseconds)",
          shown(line), now_ns()));
    }
    Response response{
        .outcome = record.outcome, .status = record.status, .body_bytes = record.body_bytes};
    if (record.outcome == Outcome::ok) {
      response = verify(task_.client, requests_[record.index],
                        {record.status, record.body_bytes, record.token});
    }
    Sample& sample = memory_.samples()[record.index];
    ++sample.starts;
    ++sample.finishes;
    sample.start_ns = record.start_ns == 0 ? record.end_ns : record.start_ns;
    sample.end_ns = record.end_ns;
    sample.attempts = record.start_ns == 0 ? 0 : 1;
    sample.outcome = response.outcome;
    sample.status = response.status;
    sample.body_bytes = response.body_bytes;
  }

  // The program waits for the end of its input, so its memory can be read; its CPU is that of all
  // it has started once they have ended (wait4).
  void finish() {
    CellHeader& header = memory_.header();
    const std::vector<pid_t> family = descendants(talk_.pid());
    header.peak_memory_bytes = pool_memory_bytes(talk_.pid(), family);
    if (header.peak_memory_bytes == 0) {
      throw RunError("it ended before the end of its input, so its memory could not be read");
    }
    if (ignores_children(talk_.pid()) || std::ranges::any_of(family, ignores_children)) {
      throw RunError("it ignores SIGCHLD, so that nobody counts the CPU of its processes");
    }
    const auto main = main_thread();
    const bool known = main && main_at_ready_;
    header.main_cpu_ns = known ? main->cpu_ns - main_at_ready_->cpu_ns : -1;
    header.main_wait_ns = known ? main->wait_ns - main_at_ready_->wait_ns : -1;
    if (!talk_.part(now_ns() + kEndWithin)) fail_late("end after `done`", kEndWithin);
    header.children_left = end_descendants();
    note_usage(header);
    header.finished = 1;
  }

  void note_usage(CellHeader& header) const {
    rusage all{};
    ::getrusage(RUSAGE_CHILDREN, &all);
    header.cpu_at_end_ns = cpu_ns(all);
    // What it had used when ready is known to a clock tick for each process, and may be too much.
    const std::int64_t too_much = header.cpu_at_ready_ns - header.cpu_at_end_ns;
    if (too_much > 0 && too_much <= at_ready_.processes * clock_tick_ns()) {
      header.cpu_at_ready_ns = header.cpu_at_end_ns;
    }
    const auto since = [](std::int64_t end, std::uint64_t ready) {
      return static_cast<std::uint64_t>(
          std::max<std::int64_t>(0, end - static_cast<std::int64_t>(ready)));
    };
    header.voluntary_switches = since(all.ru_nvcsw, at_ready_.voluntary_switches);
    header.involuntary_switches = since(all.ru_nivcsw, at_ready_.involuntary_switches);
    // The largest that was awaited; a process begins with the peak of the one that forked it, us.
    const std::int64_t largest = all.ru_maxrss * 1024;
    if (largest > own_status("VmHWM") * 1024) {
      header.peak_memory_bytes = std::max(header.peak_memory_bytes, largest);
    }
  }

  [[nodiscard]] std::optional<ThreadTimes> main_thread() const {
    const auto threads = thread_times(talk_.pid());
    const auto found = threads.find(talk_.pid());
    return found == threads.end() ? std::nullopt : std::optional(found->second);
  }

  const CellTask& task_;
  std::span<const Request> requests_;
  CellMemory& memory_;
  std::int64_t limit_ns_ = std::numeric_limits<std::int64_t>::max();
  CertificateFile certificates_;
  ProgramTalk talk_;
  std::uint64_t records_ = 0;
  FamilyUsage at_ready_;
  std::optional<ThreadTimes> main_at_ready_;
};

}  // namespace

void run_program(const CellTask& task, std::span<const Request> requests, CellMemory& memory) {
  ProgramRun(task, requests, memory).run();
}

}  // namespace fanout
