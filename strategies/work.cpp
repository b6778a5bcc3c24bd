#include "strategies/work.h"

#include <ctime>

#include "base/clock.h"

namespace fanout {
namespace {

std::int64_t thread_cpu_ns() {
  std::timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

void spin(std::int64_t wall_ns) {
  const std::int64_t until_ns = now_ns() + wall_ns;
  while (now_ns() < until_ns) {
  }
}

}  // namespace

void do_work(const Work& work, WorkDone& done) {
  const std::int64_t begin_ns = thread_cpu_ns();
  std::int64_t used_ns = 0;
  while (used_ns < work.cpu.count()) {
    spin(work.cpu.count() - used_ns);
    used_ns = thread_cpu_ns() - begin_ns;
  }
  done.answers.fetch_add(1, std::memory_order_relaxed);
  done.cpu_ns.fetch_add(used_ns, std::memory_order_relaxed);
}

}  // namespace fanout
