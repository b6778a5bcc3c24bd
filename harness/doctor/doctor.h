// Is this machine fit to measure? Every check is a pure function of facts that were gathered before
// (harness/doctor/doctor_facts.h).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/machine/environment.h"
#include "harness/statistics/statistics.h"

namespace fanout {

// What a short run without delays found: how much the server can take here.
struct Ceiling {
  std::string transport;  // the fastest
  double requests_per_second = 0;
  bool server_bound = false;  // the server was the limit, so this is its ceiling
};

// Nothing, "" or an empty list: not to be found out here.
struct DoctorFacts {
  Environment environment;
  std::string unfit_build;  // why figures of this build are not ranked; "": they are
  unsigned machine_cpus = 0;
  std::optional<double> steal_share;     // of all CPUs, in the sampled time: 0..1
  std::optional<double> pressure_share;  // of the time, in which some task waited for a CPU
  std::string governor;                  // of the first CPU
  std::string clock_source;
  double clock_cost_ns = 0;  // of one reading
  double oversleep_p50_ns = 0;
  double oversleep_p99_ns = 0;
  std::vector<std::string> fd_limited;    // built-in scenarios some of whose cells lack descriptors
  std::vector<std::string> port_limited;  // ... or ports
  std::vector<std::string> unusable;      // transports that cannot be used here, with the reason
  std::optional<std::int64_t> tcp_tw_reuse;
  std::optional<std::int64_t> time_wait;  // sockets
  std::int64_t available_memory_bytes = 0;
  std::optional<Ceiling> ceiling;
  std::optional<Comparison> twins;  // the same cell twice, in turns
};

struct Check {
  enum class Verdict : std::uint8_t { ok, warn, fail };
  std::string name;
  Verdict verdict = Verdict::ok;
  std::string found;
  std::string advice;  // what to do; "" if all is well
};

std::vector<Check> examine(const DoctorFacts& facts);

bool any_failed(const std::vector<Check>& checks);
std::string to_text(const std::vector<Check>& checks);
nlohmann::json to_json(const std::vector<Check>& checks);

}  // namespace fanout
