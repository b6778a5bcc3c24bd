// What the server counted, held against what the client saw.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "harness/judge/attempts.h"

namespace fanout {
namespace {

// What is rejected depends on time: what the client saw is held against what the server counted.
void append_wrong_rejections(std::vector<std::string>& lines, const Attempts& attempts,
                             const ServerCounters& server) {
  std::map<std::string, std::uint64_t> seen = attempts.rejected;
  for (const auto& [status, count] : server.rejected) seen.emplace(status, 0);
  for (const auto& [status, mine] : seen) {
    const auto found = server.rejected.find(status);
    const std::uint64_t theirs = found == server.rejected.end() ? 0 : found->second;
    if (theirs >= mine && theirs <= mine + attempts.uncertain + attempts.undecided) continue;
    lines.push_back(fmt::format("the server rejected {} with status {}, the client saw {}",
                                counted(theirs, "request"), status, mine));
  }
}

std::uint64_t count_of(const std::map<std::string, std::uint64_t>& faults, FaultKind kind) {
  const auto found = faults.find(std::string(fault_name(kind)));
  return found == faults.end() ? 0 : found->second;
}

// How many requests may reach the server once more. It does not know which of its answers were lost
// with a connection, but how often one was at most: by each token that loses it, and by those of
// them that came again.
std::uint64_t may_repeat(const Attempts& attempts, const ServerCounters& server) {
  if (attempts.lost_at_once == 0) return server.replayed;
  const std::uint64_t losses =
      count_of(server.faults, FaultKind::connection_loss) + server.replayed;
  return server.replayed + losses * attempts.lost_at_once;
}

}  // namespace

std::vector<std::string> contradictions(const Attempts& attempts, const ServerCounters& server) {
  std::vector<std::string> lines;
  if (attempts.unfinished > 0) return lines;
  const std::uint64_t most = attempts.made - attempts.unreached;
  const std::uint64_t least = most - attempts.uncertain;
  const auto check = [&](const char* what, std::uint64_t theirs, std::uint64_t extra) {
    if (theirs >= least && theirs <= most + extra) return;
    lines.push_back(fmt::format("the server {} {}, the client made {}", what, theirs,
                                counted(most, "request")));
  };
  const std::uint64_t allowed = may_repeat(attempts, server);
  const std::uint64_t again = std::min(std::max(server.duplicate_tokens, server.replayed), allowed);
  check("received", server.requests, again);
  check("saw distinct tokens:", server.unique_tokens, 0);
  if (server.duplicate_tokens > allowed) {
    lines.push_back(counted(server.duplicate_tokens - allowed, "request") +
                    " reached the server more than once");
  }
  for (int i = 1; i < kFaultKinds; ++i) {
    const auto kind = static_cast<FaultKind>(i);
    const std::uint64_t due = attempts.faults[static_cast<std::size_t>(i)];
    const std::uint64_t theirs = count_of(server.faults, kind);
    if (theirs >= due && theirs <= due + attempts.uncertain + attempts.undecided) continue;
    lines.push_back(fmt::format("the server acted out {} x {}, {} to meet it", theirs,
                                fault_name(kind),
                                due == 1 ? "1 request was" : counted(due, "request") + " were"));
  }
  append_wrong_rejections(lines, attempts, server);
  return lines;
}

}  // namespace fanout
