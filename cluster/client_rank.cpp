#include "cluster/client_rank.h"

#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "cluster/mpi_link.h"
#include "harness/cell/cell_task.h"
#include "harness/control/held_run.h"
#include "harness/control/other_build.h"
#include "harness/machine/environment.h"

namespace fanout {
namespace {

// Makes one run. What goes wrong in it is a part's failure, so that the others go on.
SharedPart make_run(HeldRun& run) {
  const bool ready = run.is_ready();
  send_text(0, ready ? kReady : kNotReady, nap);
  answer_clock();
  const std::int64_t moment_ns = std::stoll(receive_text(0, nap));
  return ready && moment_ns != 0 ? run.run_from(moment_ns) : run.give_up();
}

void obey_run() {
  const std::chrono::nanoseconds limit(std::stoll(receive_text(0, nap)));
  HeldRun run(cell_task_from_text(receive_text(0, nap)), limit);
  const SharedPart part = make_run(run);
  send_text(0, kDone, nap);
  receive_text(0, nap);  // nothing is sent while others may still measure
  send_text(0, to_text(part), nap);
}

}  // namespace

std::string introduction() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  std::string text;
  nlohmann::json::to_cbor(
      {{"host", host.data()}, {"cpus", usable_cpus()}, {"build", protocol_line()}}, text);
  return text;
}

int serve_rank_0() {
  send_text(0, introduction(), nap);
  answer_clock();
  while (receive_text(0, nap) == kRun) obey_run();
  return 0;
}

}  // namespace fanout
