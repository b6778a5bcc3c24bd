#include "harness/plan/capacity.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>

#include "base/units.h"
#include "harness/statistics/steady.h"
#include "strategies/sample.h"

namespace fanout {
namespace {

// Descriptors a process needs besides its connections: standard ones, epoll, pipes, libraries.
constexpr std::uint64_t kSpareDescriptors = 64;
// Share of the ephemeral ports one run may use up: some are still in TIME_WAIT from other programs.
constexpr double kUsablePorts = 0.9;
// Connections from one of several addresses, as a share of its ports. The kernel searches every
// second port first, and slowly once those run out.
constexpr double kScarcePorts = 0.25;
constexpr unsigned kMostSources = 250;

std::uint64_t descriptors_for(const Cell& cell, const Scenario& scenario, unsigned besides) {
  return held_connections(cell, scenario) + std::uint64_t{cell.workers} * besides +
         kSpareDescriptors;
}

// The most workers for which there are enough descriptors; 0: not even for one.
unsigned most_workers(Cell cell, const Scenario& scenario, unsigned besides,
                      std::uint64_t available) {
  unsigned most = 0;
  for (unsigned step = std::bit_floor(cell.workers); step > 0; step /= 2) {
    cell.workers = most + step;
    if (descriptors_for(cell, scenario, besides) <= available) most = cell.workers;
  }
  return most;
}

std::optional<WhySkipped> lacks_descriptors(const Cell& cell, const Scenario& scenario,
                                            unsigned besides, std::uint64_t available) {
  const std::uint64_t needed = descriptors_for(cell, scenario, besides);
  if (needed <= available) return std::nullopt;
  return WhySkipped{
      Skip::fd_limited,
      fmt::format(
          "{}: {} workers of {} / {} need {} file descriptors, {} are available; use at most {} "
          "--workers or raise the hard limit (ulimit -Hn)",
          enum_name(Skip::fd_limited, kSkipNames), cell.workers, cell.strategy,
          transport_text(cell), needed, available,
          most_workers(cell, scenario, besides, available))};
}

// Mode steady ends before its list does: each worker makes a request per mean delay, on one CPU.
std::uint64_t most_connections(const Cell& cell, const Scenario& scenario) {
  constexpr double kConnecting = 60e-6;  // seconds of CPU, at least
  const std::uint64_t all = expected_connections(cell, scenario);
  if (scenario.mode != Mode::steady || scenario.real_targets() != nullptr) return all;
  std::chrono::duration<double> wait{};
  for (std::size_t i = 0; i < scenario.server().hosts.size(); ++i) {
    const HostBehaviour& host = scenario.server().hosts[i];
    wait += (mean_of(host.delay) + host.rtt) * share_of_host(scenario, i);
  }
  const double rate = std::min(cell.workers / (wait.count() + kConnecting), 1 / kConnecting);
  const auto span = std::chrono::duration<double>(kSteadyWarmUp).count() +
                    std::max(std::chrono::duration<double>(kSteadyMeasure).count(),
                             static_cast<double>(kSteadyRequests) / rate);
  return std::min(all, static_cast<std::uint64_t>(span * rate));
}

// External programs connect as they do, and real targets may know their clients by address.
bool chooses_sources(const Cell& cell, const Scenario& scenario, const MachineLimits& limits) {
  return !is_external(cell) && scenario.real_targets() == nullptr && !limits.one_address;
}

std::optional<WhySkipped> lacks_ports(const Cell& cell, const Scenario& scenario,
                                      const MachineLimits& limits) {
  const std::uint64_t usable =
      usable_ports(limits) * (chooses_sources(cell, scenario, limits) ? kMostSources : 1);
  const std::uint64_t needed = connections_to_one_address(cell, scenario);
  if (needed <= usable) return std::nullopt;
  return WhySkipped{
      Skip::port_limited,
      fmt::format("{}: needs {} connections to one address, {} of its ports can be used; {}",
                  enum_name(Skip::port_limited, kSkipNames), needed, usable,
                  scenario.mode == Mode::steady ? "use longer delays or more hosts, or mode batch"
                                                : "make fewer requests (-n) or use more hosts")};
}

// What controller, run and server keep of each request, in bits: each loop of the server one for
// its token.
std::uint64_t bits_for_each(const Cell& cell, const Scenario& scenario) {
  constexpr std::uint64_t kByte = 8;
  const std::uint64_t served =
      scenario.real_targets() != nullptr ? 0 : scenario.server().loops.value_or(1);
  if (is_tallied(cell, scenario)) return 2 * kByte + served;
  const std::uint64_t due_times = scenario.mode == Mode::open ? 2 * sizeof(std::int64_t) : 0;
  return (sizeof(Sample) + sizeof(Request) + due_times) * kByte + served;
}

}  // namespace

bool is_tallied(const Cell& cell, const Scenario& scenario) {
  return scenario.requests > kMostSampled && scenario.mode == Mode::batch && !is_external(cell);
}

std::optional<WhySkipped> lacks_memory(const Cell& cell, const Scenario& scenario, unsigned held,
                                       const MachineLimits& limits) {
  const std::uint64_t needed =
      scenario.requests * bits_for_each(cell, scenario) / 8 + scenario.requests * held;
  if (needed <= limits.memory || limits.memory == 0) return std::nullopt;
  return WhySkipped{
      Skip::memory_limited,
      fmt::format("{}: {} requests of {} / {} take {}, {} are free; make fewer requests (-n){}",
                  enum_name(Skip::memory_limited, kSkipNames), format_count(scenario.requests),
                  cell.strategy, transport_text(cell), format_bytes(static_cast<double>(needed)),
                  format_bytes(static_cast<double>(limits.memory)),
                  scenario.mode == Mode::batch ? "" : ", or use mode batch, which keeps less")};
}

std::uint64_t connections_to_one_address(const Cell& cell, const Scenario& scenario) {
  double largest = 0;
  for (std::size_t i = 0; i < hosts_of(scenario) && largest < 1; ++i) {
    largest = std::max(largest, share_of_host(scenario, i));
  }
  const auto all = static_cast<double>(most_connections(cell, scenario));
  return static_cast<std::uint64_t>(std::llround(all * largest));
}

unsigned source_addresses(const Cell& cell, const Scenario& scenario, const MachineLimits& limits) {
  if (!chooses_sources(cell, scenario, limits)) return 1;
  const double from_one = std::max(1.0, static_cast<double>(limits.ports) * kScarcePorts);
  const auto all = static_cast<double>(connections_to_one_address(cell, scenario));
  return static_cast<unsigned>(std::clamp(std::ceil(all / from_one), 1.0, 1.0 * kMostSources));
}

std::uint64_t usable_ports(const MachineLimits& limits) {
  return static_cast<std::uint64_t>(static_cast<double>(limits.ports) * kUsablePorts);
}

std::optional<WhySkipped> lacks_capacity(const Cell& cell, const Scenario& scenario,
                                         unsigned besides, const MachineLimits& limits) {
  if (!has_network(cell)) return std::nullopt;
  if (auto lacking = lacks_ports(cell, scenario, limits)) return lacking;
  return lacks_descriptors(cell, scenario, besides, limits.file_descriptors);
}

}  // namespace fanout
