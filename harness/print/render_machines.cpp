#include "harness/print/render_machines.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "base/units.h"

namespace fanout {
namespace {

std::string duration_text(std::int64_t ns) { return format_duration(static_cast<double>(ns)); }

std::string server_machine_text(const ServerMachine& machine) {
  const ServerMachine::RoundTrip& trip = machine.round_trip_ns;
  return fmt::format(
      ", on another machine: {} ({:.4g} CPUs), round trip {} ({} to {}), network: {}",
      machine.address, machine.cpus, duration_text(trip.median), duration_text(trip.min),
      duration_text(trip.max), machine.network.empty() ? "not named" : machine.network);
}

std::string clients_text(const std::vector<ClientMachine>& clients) {
  std::int64_t error_ns = 0;
  for (const ClientMachine& one : clients) error_ns = std::max(error_ns, one.clock_error_ns);
  return fmt::format(", {}, which begin at one moment (clocks known to {})",
                     counted(clients.size(), "client machine"), duration_text(error_ns));
}

}  // namespace

std::string machines_text(const Report& report) {
  const Environment& environment = report.environment;
  std::string text;
  if (environment.server_machine) text += server_machine_text(*environment.server_machine);
  if (!environment.clients.empty()) text += clients_text(environment.clients);
  return text;
}

}  // namespace fanout
