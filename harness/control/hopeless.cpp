#include "harness/control/hopeless.h"

#include <algorithm>
#include <set>
#include <string>

namespace fanout {
namespace {

bool is_wait(Outcome outcome) {
  return outcome == Outcome::timeout || outcome == Outcome::connect_timeout;
}

// Whether its requests took all the time they may, or the run was ended meanwhile; or TLS came
// about with none of them, which costs much and changes with no strategy.
bool was_in_vain(const Run& run) {
  static const std::set<std::string> kInVain{"timeout", "connect_timeout", "none", "tls"};
  return std::ranges::all_of(run.errors,
                             [](const auto& error) { return kInVain.contains(error.first); });
}

}  // namespace

bool is_hopeless(const Report& report, bool round_done) {
  constexpr unsigned kRunsThatTell = 2;
  unsigned runs = 0;
  bool all_in_vain = true;
  for (const CellReport& cell : report.cells) {
    if (scenario_of(report.plan, cell.cell).real_targets() == nullptr) return false;
    for (const Run& run : cell.runs) {
      if (run.requests.ok > 0) return false;
      ++runs;
      all_in_vain = all_in_vain && was_in_vain(run);
    }
  }
  return round_done || (runs >= kRunsThatTell && all_in_vain);
}

bool waits_in_vain(const Samples& samples, std::int64_t age_ns) {
  constexpr std::int64_t kLeastNs = 20'000'000'000;
  constexpr unsigned kLeastRequests = 3;
  if (age_ns < kLeastNs) return false;
  unsigned ended = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (!samples.has_ended(i)) continue;
    if (!is_wait(samples[i].outcome)) return false;
    ++ended;
  }
  return ended >= kLeastRequests;
}

}  // namespace fanout
