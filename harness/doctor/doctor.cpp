#include "harness/doctor/doctor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/units.h"
#include "harness/print/table.h"

namespace fanout {
namespace {

using Level = Check::Verdict;
using Json = nlohmann::json;

constexpr double kMuchSteal = 0.01;  // as of a noisy run
constexpr double kMuchPressure = 0.10;
constexpr double kDearClockNs = 200;      // a reading through the kernel instead of the vDSO
constexpr double kLateSleepNs = 500'000;  // half of a delay of 1 ms
constexpr double kLittleMemory = 256 << 20;
constexpr double kPoorTwins = 0.05;
constexpr double kUselessTwins = 0.20;
constexpr double kManyTimeWait = 0.5;  // of the ephemeral ports

constexpr const char* kVerdictNames[] = {"ok", "warn", "fail"};
const char* name_of(Level verdict) { return kVerdictNames[static_cast<int>(verdict)]; }

// The check with this advice if something is amiss, without if not.
Check check(const char* name, std::string found, Level if_amiss, bool amiss, const char* advice) {
  if (!amiss) return {name, Level::ok, std::move(found), {}};
  return {name, if_amiss, std::move(found), advice};
}

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }
std::string duration(double ns) { return format_duration(ns); }

Check check_build(const DoctorFacts& facts) {
  const bool amiss = !facts.unfit_build.empty();
  return check("build", amiss ? facts.unfit_build : this_tool().build, Level::fail, amiss,
               "build with the release preset");
}

Check check_cpus(const DoctorFacts& facts) {
  const Environment& machine = facts.environment;
  const bool quota = machine.cpu_quota.has_value();
  return check(
      "cpus",
      fmt::format("{:.4g} of {} usable{}; server {}, clients {}", machine.cpus, facts.machine_cpus,
                  quota ? " by a CPU quota" : "", machine.server_cpus, machine.client_cpus),
      Level::warn, quota || machine.cpus < 2,
      quota ? "the control group of this shell, service or container stops runs once its "
              "quota is used up: lift it while measuring (cpu.max, cpu.cfs_quota_us, "
              "docker --cpus, CPUQuota=)"
            : "server and clients share one CPU: use a machine with two or more, or "
              "taskset");
}

Check check_steal(const DoctorFacts& facts) {
  return check(
      "steal", facts.steal_share ? percent(*facts.steal_share) + " now" : "not known", Level::warn,
      facts.steal_share.value_or(0) > kMuchSteal,
      "neighbours of this virtual machine take its CPUs: measure at another time or place");
}

Check check_pressure(const DoctorFacts& facts) {
  return check("pressure",
               facts.pressure_share ? percent(*facts.pressure_share) + " of the time" : "not known",
               Level::warn, facts.pressure_share.value_or(0) > kMuchPressure,
               "other programs keep the CPUs busy: stop them while measuring");
}

Check check_governor(const DoctorFacts& facts) {
  const bool amiss = !facts.governor.empty() && facts.governor != "performance";
  return check("governor", facts.governor.empty() ? "not known" : facts.governor, Level::warn,
               amiss, "clock rates may change amid a run: choose the governor \"performance\"");
}

Check check_clock(const DoctorFacts& facts) {
  const std::string source = facts.clock_source.empty() ? "source not known" : facts.clock_source;
  return check("clock", fmt::format("{}, {} a reading", source, duration(facts.clock_cost_ns)),
               Level::warn, facts.clock_cost_ns > kDearClockNs,
               "each request reads it twice: prefer the clock source tsc or kvm-clock");
}

Check check_timer(const DoctorFacts& facts) {
  return check("timer",
               fmt::format("sleeps of 1 ms end {} late, p99 {}", duration(facts.oversleep_p50_ns),
                           duration(facts.oversleep_p99_ns)),
               Level::warn, facts.oversleep_p99_ns > kLateSleepNs,
               "delays of the server will be late by as much: prefer delays of 10 ms or more");
}

Check check_limit(const char* name, std::uint64_t available, const char* what,
                  const std::vector<std::string>& limited, const char* advice) {
  std::string found = fmt::format("{} {}", available, what);
  if (!limited.empty()) found += fmt::format("; too few for {}", fmt::join(limited, ", "));
  return check(name, found, Level::warn, !limited.empty(), advice);
}

Check check_time_wait(const DoctorFacts& facts) {
  if (!facts.time_wait) return {"time_wait", Level::ok, "not known", {}};
  const std::string reuse =
      facts.tcp_tw_reuse ? fmt::format("tcp_tw_reuse {}", *facts.tcp_tw_reuse) : "";
  const double most = kManyTimeWait * static_cast<double>(facts.environment.ephemeral_ports);
  return check("time_wait",
               fmt::format("{} sockets{}{}", *facts.time_wait, reuse.empty() ? "" : ", ", reuse),
               Level::warn,
               static_cast<double>(*facts.time_wait) > most && facts.tcp_tw_reuse.value_or(0) == 0,
               "real targets may run short of ports: wait a minute, or reuse connections");
}

Check check_congestion(const DoctorFacts& facts) {
  const Environment& machine = facts.environment;
  return check("congestion",
               fmt::format("sockets get {} (system: {})", machine.socket_congestion_control,
                           machine.congestion_control),
               Level::warn, machine.socket_congestion_control != "reno",
               "fanout asks for reno, which others compare with: load that kernel module");
}

Check check_memory(const DoctorFacts& facts) {
  const auto available = static_cast<double>(facts.available_memory_bytes);
  return check("memory",
               fmt::format("{} available of {}", format_bytes(available),
                           format_bytes(static_cast<double>(facts.environment.memory_bytes))),
               Level::fail, available < kLittleMemory, "runs would swap or be killed: free some");
}

Check check_libraries(const DoctorFacts& facts) {
  std::vector<std::string> texts;
  for (const auto& [name, version] : facts.environment.libraries) {
    texts.push_back(name + " " + version);
  }
  return {"libraries", Level::ok, fmt::format("{}", fmt::join(texts, ", ")), {}};
}

// Whoever needs such a transport names it, so this warns of nothing.
Check check_transports(const DoctorFacts& facts) {
  const std::string found = facts.unusable.empty()
                                ? "all can be used"
                                : fmt::format("all but {}", fmt::join(facts.unusable, "; "));
  return {"transports", Level::ok, found, {}};
}

Check check_ceiling(const DoctorFacts& facts) {
  if (!facts.ceiling) {
    return {"ceiling", Level::fail, "no short run against the local server was valid",
            "see what is wrong: fanout run --scenario zero -n 1000 --rounds 1"};
  }
  return {"ceiling",
          Level::ok,
          fmt::format("{}{} requests/s, seen by {}", facts.ceiling->server_bound ? "" : "at least ",
                      format_number(facts.ceiling->requests_per_second), facts.ceiling->transport),
          {}};
}

// The difference that the same cell seems to have from itself.
Check check_twins(const DoctorFacts& facts) {
  if (!facts.twins || !facts.twins->low) {
    return {"twins", Level::warn, "not known: too few short runs were valid",
            "run fanout doctor again"};
  }
  const Comparison& twins = *facts.twins;
  const double worst = std::max(*twins.high - 1, 1 / *twins.low - 1);
  const std::string found =
      fmt::format("the same cell twice: ratio {:.3f} (95 % interval {:.3f} to {:.3f}, {} pairs)",
                  twins.ratio, *twins.low, *twins.high, twins.rounds);
  return check("twins", found, worst > kUselessTwins ? Level::fail : Level::warn,
               worst > kPoorTwins,
               "short runs differ from themselves so much now: measure when it is quieter, with "
               "longer runs and more rounds");
}

}  // namespace

std::vector<Check> examine(const DoctorFacts& facts) {
  const Environment& machine = facts.environment;
  return {check_build(facts),
          check_cpus(facts),
          check_steal(facts),
          check_pressure(facts),
          check_governor(facts),
          check_clock(facts),
          check_timer(facts),
          check_limit("descriptors", machine.file_descriptors, "file descriptors", facts.fd_limited,
                      "raise the hard limit (ulimit -Hn), or those cells are skipped"),
          check_limit("ports", machine.ephemeral_ports, "ephemeral ports", facts.port_limited,
                      "widen net.ipv4.ip_local_port_range, or those cells are skipped"),
          check_time_wait(facts),
          check_congestion(facts),
          check_memory(facts),
          check_libraries(facts),
          check_transports(facts),
          check_ceiling(facts),
          check_twins(facts)};
}

bool any_failed(const std::vector<Check>& checks) {
  return std::ranges::find(checks, Level::fail, &Check::verdict) != checks.end();
}

std::string to_text(const std::vector<Check>& checks) {
  std::string text;
  for (const Check& one : checks) {
    text += fmt::format("{:4}  {:11}  {}\n", name_of(one.verdict), one.name, one.found);
    if (!one.advice.empty()) text += fmt::format("{:19}-> {}\n", "", one.advice);
  }
  return text;
}

Json to_json(const std::vector<Check>& checks) {
  Json rows = Json::array();
  for (const Check& one : checks) {
    rows.push_back({{"name", one.name},
                    {"verdict", name_of(one.verdict)},
                    {"found", one.found},
                    {"advice", one.advice.empty() ? Json(nullptr) : Json(one.advice)}});
  }
  return {{"fit", !any_failed(checks)}, {"checks", std::move(rows)}};
}

}  // namespace fanout
