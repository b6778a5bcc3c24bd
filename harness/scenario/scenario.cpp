#include "harness/scenario/scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "base/units.h"

namespace fanout {

std::chrono::nanoseconds work_on_an_answer(const Scenario& scenario) {
  if (scenario.work.body == BodyWork::none) return scenario.work.cpu;
  // Measured: 27 and 0.7 (docs/work.md).
  const double ns_per_byte = scenario.work.body == BodyWork::json ? 60 : 3;
  double bytes = 1 << 20;  // of real targets nobody knows
  if (scenario.real_targets() == nullptr) {
    const auto largest =
        std::ranges::max_element(scenario.server().hosts, {}, &HostBehaviour::body_bytes);
    bytes = static_cast<double>(largest->body_bytes);
  }
  return std::chrono::nanoseconds(static_cast<std::int64_t>(ns_per_byte * bytes));
}

bool keeps_bodies(const Scenario& scenario) {
  return scenario.keep || scenario.work.body != BodyWork::none;
}

bool is_same_task(const Scenario& one, const Scenario& other) {
  // In mode steady the number of requests is the length of a list that no run comes to the end of.
  const bool as_many =
      one.requests == other.requests || (one.mode == Mode::steady && other.mode == Mode::steady);
  const bool alike = one.work == other.work && one.protocols == other.protocols &&
                     one.keep == other.keep && one.mode == other.mode && one.rate == other.rate &&
                     one.arrivals == other.arrivals && one.order == other.order &&
                     one.deadline == other.deadline && one.method.name() == other.method.name() &&
                     one.request_body_bytes == other.request_body_bytes;
  if (!as_many || !alike) return false;
  if (one.real_targets() != nullptr || other.real_targets() != nullptr) return false;
  return to_json(one.server()) == to_json(other.server());
}

std::uint64_t hosts_of(const Scenario& scenario) {
  if (const RealTargets* real = scenario.real_targets()) return real->origins;
  return scenario.server().hosts.size();
}

std::size_t host_index(const Scenario& scenario, std::uint64_t request) {
  if (scenario.order.empty()) return static_cast<std::size_t>(request % hosts_of(scenario));
  return scenario.order[request % scenario.order.size()];
}

const HostBehaviour& host_of(const Scenario& scenario, std::uint64_t request) {
  return scenario.server().hosts[host_index(scenario, request)];
}

double share_of_host(const Scenario& scenario, std::size_t host) {
  if (scenario.order.empty()) return 1 / static_cast<double>(hosts_of(scenario));
  return static_cast<double>(std::ranges::count(scenario.order, host)) /
         static_cast<double>(scenario.order.size());
}

std::uint64_t max_idle_of(const Scenario& scenario, unsigned workers) {
  return scenario.max_idle.value_or(std::max<std::uint64_t>(10, 2 * std::uint64_t{workers}));
}

bool speaks_tls(const Scenario& scenario) {
  if (const RealTargets* real = scenario.real_targets()) return real->tls;
  return std::ranges::any_of(scenario.server().hosts,
                             [](const HostBehaviour& host) { return host.tls != Tls::off; });
}

bool speaks_http2(const Scenario& scenario) {
  const auto& versions = scenario.protocols.versions;
  return std::ranges::find(versions, HttpVersion::http2) != versions.end();
}

bool follows(const Scenario& scenario) {
  const RealTargets* const real = scenario.real_targets();
  return real != nullptr && real->follow;
}

std::string_view proof_of(const Scenario& scenario) {
  return scenario.real_targets() != nullptr ? "status and length" : "token";
}

Schedule schedule_of(const Scenario& scenario, std::uint64_t seed) {
  if (scenario.mode != Mode::open) return {};
  return {.rate = scenario.rate.value_or(0),
          .arrivals = scenario.arrivals.value_or(Arrivals::constant),
          .seed = seed};
}

std::string work_in_words(const Scenario& scenario) {
  std::string requests = counted(scenario.requests, "request");
  switch (scenario.mode) {
    case Mode::steady:
      return "steady: up to " + requests;
    case Mode::open:
      return fmt::format("open: {}, {}/s {}", requests, format_number(scenario.rate.value_or(0)),
                         enum_name(scenario.arrivals.value_or(Arrivals::constant), kArrivalsNames));
    case Mode::batch:
      break;
  }
  return requests;
}

}  // namespace fanout
