#include "harness/control/port_wait.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <chrono>

#include "base/clock.h"
#include "harness/machine/environment.h"
#include "harness/machine/host_conditions.h"
#include "harness/machine/time_wait.h"
#include "harness/plan/capacity.h"
#include "harness/scenario/name_lookup.h"

namespace fanout {
namespace {

struct Shortage {
  const Target* target = nullptr;  // null: there is none
  std::uint64_t held = 0;          // ports in TIME_WAIT
};

// Looking at every socket takes milliseconds, so the kernel's own count of all comes first.
Shortage find_shortage(const std::vector<Target>& targets, std::uint64_t connections,
                       std::uint64_t usable) {
  const auto all = static_cast<std::uint64_t>(read_host().time_wait.value_or(0));
  if (all + connections <= usable) return {};
  const auto held = time_wait_by_address();
  Shortage worst;
  for (const Target& target : targets) {
    if (target.addresses.empty()) continue;
    const auto found = held.find(address_key(target.addresses.front(), target.port));
    if (found == held.end() || found->second + connections <= usable) continue;
    if (found->second > worst.held) worst = {&target, found->second};
  }
  return worst;
}

void pause(const InterruptWatch& interrupt) {
  constexpr int kPauseMs = 250;
  pollfd signal{interrupt.fd(), POLLIN, 0};
  if (::poll(&signal, 1, kPauseMs) > 0) throw Interrupted();
}

}  // namespace

bool wait_for_ports(const std::vector<Target>& targets, std::uint64_t connections,
                    const InterruptWatch& interrupt, const SayWhy& say) {
  const std::uint64_t usable = usable_ports(machine_limits());
  Shortage shortage = find_shortage(targets, connections, usable);
  if (shortage.target == nullptr) return false;
  const std::string& address = shortage.target->addresses.front();
  const std::chrono::seconds most = time_wait_lasts(is_loopback(address));
  const std::int64_t until = now_ns() + std::chrono::nanoseconds(most).count();
  if (say) {
    say(fmt::format(
        "waiting up to {} s for local ports: earlier connections hold {} of the {} that "
        "can be used for {} port {}",
        most.count(), shortage.held, usable, address, shortage.target->port));
  }
  while (shortage.target != nullptr && now_ns() < until) {
    pause(interrupt);
    shortage = find_shortage(targets, connections, usable);
  }
  return true;
}

}  // namespace fanout
