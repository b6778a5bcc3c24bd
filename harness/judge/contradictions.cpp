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
  // The server does not know which of its answers were lost with a connection.
  const std::uint64_t again =
      attempts.answers_lost ? std::max(server.duplicate_tokens, server.replayed) : server.replayed;
  check("received", server.requests, again);
  check("saw distinct tokens:", server.unique_tokens, 0);
  if (server.duplicate_tokens > again) {
    lines.push_back(counted(server.duplicate_tokens - again, "request") +
                    " reached the server more than once");
  }
  for (int i = 1; i < kFaultKinds; ++i) {
    const auto kind = static_cast<FaultKind>(i);
    const std::uint64_t due = attempts.faults[static_cast<std::size_t>(i)];
    const auto found = server.faults.find(std::string(fault_name(kind)));
    const std::uint64_t theirs = found == server.faults.end() ? 0 : found->second;
    if (theirs >= due && theirs <= due + attempts.uncertain + attempts.undecided) continue;
    lines.push_back(fmt::format("the server acted out {} x {}, {} to meet it", theirs,
                                fault_name(kind),
                                due == 1 ? "1 request was" : counted(due, "request") + " were"));
  }
  append_wrong_rejections(lines, attempts, server);
  return lines;
}

}  // namespace fanout
