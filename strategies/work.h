// What a client does with each right answer before its request counts as finished: it costs CPU,
// as parsing or hashing does, or it is parsing or hashing. Job (strategies/strategy.h) does it on
// the thread that says so, and so blocks a loop that says so itself.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

#include "base/enum_names.h"

namespace fanout {

// What is done with the body itself, by the libraries that others use for it.
enum class BodyWork : std::uint8_t {
  none,
  sha256,  // its SHA-256 digest, by OpenSSL
  json,    // a parsed document, by nlohmann/json
};
inline constexpr EnumNames<BodyWork, 3> kBodyWorkNames{
    {{"none", BodyWork::none}, {"sha256", BodyWork::sha256}, {"json", BodyWork::json}}};

// One of the two at most.
struct Work {
  std::chrono::nanoseconds cpu{};  // CPU time of the thread that does it; 0: there is none
  BodyWork body = BodyWork::none;

  [[nodiscard]] bool any() const { return cpu.count() > 0 || body != BodyWork::none; }
  friend bool operator==(const Work&, const Work&) = default;
};

// What it came to. Lies in memory that all threads and forked processes of a run share; all zero to
// begin with.
struct WorkDone {
  std::atomic<std::uint64_t> answers;
  std::atomic<std::int64_t> cpu_ns;       // of the threads that did it
  std::atomic<std::uint64_t> body_bytes;  // that were worked on
  std::atomic<std::uint64_t> not_json;    // answers that were to be parsed, and could not be
};

// Does the work of one answer, and counts it. Callable from any thread. `body` is the answer's,
// kept because the work is on it (ClientConfig::keep_bodies); null is an empty one.
//
// The thread's CPU clock is a system call (some 300 ns), so it is read few times: what is left is
// spent by the cheap clock of the wall, which is never behind, and what another thread or machine
// took of that is left for the next turn.
void do_work(const Work& work, const std::string* body, WorkDone& done);

}  // namespace fanout
