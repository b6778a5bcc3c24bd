#include "strategies/work.h"

#include <openssl/evp.h>

#include <array>
#include <ctime>
#include <nlohmann/json.hpp>

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

// Returns what the thread used.
std::int64_t spend(std::chrono::nanoseconds cpu, std::int64_t begin_ns) {
  std::int64_t used_ns = 0;
  while (used_ns < cpu.count()) {
    spin(cpu.count() - used_ns);
    used_ns = thread_cpu_ns() - begin_ns;
  }
  return used_ns;
}

void work_on(BodyWork work, const std::string& body, WorkDone& done) {
  done.body_bytes.fetch_add(body.size(), std::memory_order_relaxed);
  if (work == BodyWork::sha256) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    EVP_Digest(body.data(), body.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  } else if (nlohmann::json::parse(body, nullptr, false).is_discarded()) {
    done.not_json.fetch_add(1, std::memory_order_relaxed);
  }
}

}  // namespace

void do_work(const Work& work, const std::string* body, WorkDone& done) {
  static const std::string kEmpty;
  const std::int64_t begin_ns = thread_cpu_ns();
  std::int64_t used_ns = 0;
  if (work.body == BodyWork::none) {
    used_ns = spend(work.cpu, begin_ns);
  } else {
    work_on(work.body, body == nullptr ? kEmpty : *body, done);
    used_ns = thread_cpu_ns() - begin_ns;
  }
  done.answers.fetch_add(1, std::memory_order_relaxed);
  done.cpu_ns.fetch_add(used_ns, std::memory_order_relaxed);
}

}  // namespace fanout
