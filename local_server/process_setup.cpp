#include "local_server/process_setup.h"

#include <sys/resource.h>

#include <csignal>

namespace fanout {
namespace {

std::int64_t to_ns(const timeval& time) {
  return time.tv_sec * 1'000'000'000 + time.tv_usec * 1000;
}

}  // namespace

void set_up_server_process() {
  std::signal(SIGPIPE, SIG_IGN);
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::int64_t process_cpu_ns() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return to_ns(usage.ru_utime) + to_ns(usage.ru_stime);
}

}  // namespace fanout
