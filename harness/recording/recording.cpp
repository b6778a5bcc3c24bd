#include "harness/recording/recording.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/text.h"

namespace fanout {
namespace {

constexpr std::uint64_t kRequestsOfHost = 200;  // in each run of the scenario

constexpr const char* kIndependent =
    "whether size and think time of an answer go together: they are drawn independently";
constexpr const char* kBandwidth =
    "how bodies share the network: the time each took to arrive is a part of its think time";

std::vector<std::string> unknown_of_requests(const Observations& seen) {
  const bool alone =
      std::ranges::all_of(seen.all, [](const Observation& one) { return one.at_once <= 1; });
  return {alone ? "how it behaves under concurrency: it was asked one request at a time"
                : "how it behaves with more at once than it was asked",
          "whether it limits its clients at higher rates than it was asked at", kIndependent,
          kBandwidth, "what differs at other times of the day, and once its caches are cold"};
}

std::vector<std::string> unknown_of_page(const Observations& seen) {
  std::vector<std::string> unknown{kIndependent, kBandwidth,
                                   "what differs at other times of the day, and with another cache "
                                   "of the browser"};
  if (seen.most_at_once == 0) {
    unknown.emplace_back(
        "how it behaves under concurrency: the file does not say when requests began");
    return unknown;
  }
  unknown.push_back(fmt::format("how it behaves with more at once than the page had, {}",
                                counted(seen.most_at_once, "request")));
  unknown.push_back(
      fmt::format("what the page waited for before it asked: {}, each making one request after the "
                  "other, would have taken as long as it did",
                  counted(seen.workers_alike, "worker")));
  return unknown;
}

std::vector<std::string> unknown_of_log(const Observations& seen) {
  std::vector<std::string> unknown;
  if (!seen.shows_times) {
    unknown.emplace_back(
        "how long answers take: the log has no times, so the scenario answers at once; log "
        "$request_time (nginx) or %D (Apache), or write the scenario's delay by hand");
  }
  unknown.insert(unknown.end(),
                 {"round trips, TLS and connections: the log has nothing of them",
                  "how it behaves with more at once, or at a higher rate, than it had in the log",
                  kIndependent, kBandwidth, "what differs at other times than those of the log"});
  return unknown;
}

std::vector<std::string> unknown_of(const Observations& seen) {
  switch (seen.source) {
    case Source::requests:
      return unknown_of_requests(seen);
    case Source::har:
      return unknown_of_page(seen);
    case Source::access_log:
      return unknown_of_log(seen);
  }
  return {};
}

// A scenario makes requests of one method: the most frequent one.
void choose_method(const Observations& seen, Recording& recording) {
  if (seen.methods.empty()) return;
  const auto most =
      std::ranges::max_element(seen.methods, {}, [](auto& one) { return one.second; });
  recording.method = parse_method(most->first).value_or(Method::get);
  std::vector<std::string> others;
  for (const auto& [method, count] : seen.methods) {
    if (method == recording.method.name()) continue;
    others.push_back(fmt::format("{} x {}", count, method.empty() ? "none" : method));
  }
  if (others.empty()) return;
  recording.notes.push_back(fmt::format("other methods than {}, which all requests have here: {}",
                                        recording.method.name(), fmt::join(others, ", ")));
}

// Which hosts were asked, one after the other; none where that says nothing.
std::vector<std::uint32_t> order_of(const Observations& seen) {
  std::vector<std::uint32_t> order;
  if (seen.source != Source::har || seen.hosts.size() < 2) return order;
  for (const Observation& one : seen.all) order.push_back(static_cast<std::uint32_t>(one.host));
  return order;
}

}  // namespace

Recording recording_of(const Observations& seen) {
  Recording recording{.source = seen.source,
                      .ended_early = seen.ended_early,
                      .notes = seen.notes,
                      .unknown = unknown_of(seen),
                      .hosts = fit(seen),
                      .requests = kRequestsOfHost * seen.hosts.size(),
                      .order = order_of(seen),
                      .arrivals = seen.arrivals};
  if (seen.source == Source::har) {
    recording.requests = seen.all.size();
    recording.workers = seen.workers_alike;
  }
  choose_method(seen, recording);
  return recording;
}

}  // namespace fanout
