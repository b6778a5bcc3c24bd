#include "cluster/mpi_cluster.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/clock.h"
#include "base/deleter.h"
#include "base/error.h"
#include "base/units.h"
#include "cluster/client_rank.h"
#include "cluster/mpi_link.h"
#include "harness/control/other_build.h"
#include "harness/control/shared_work.h"
#include "harness/scenario/name_lookup.h"

namespace fanout {
namespace {

using Json = nlohmann::json;

constexpr std::chrono::nanoseconds kGrace = std::chrono::seconds(60);
constexpr std::chrono::nanoseconds kStartsAfter = std::chrono::milliseconds(20);
constexpr std::chrono::nanoseconds kTellsWithin = std::chrono::milliseconds(1);  // each client

// Naps until there is something to do, but not beyond a moment, nor after an interruption.
std::function<void()> patient(const InterruptWatch& interrupt, std::chrono::nanoseconds limit) {
  const std::int64_t until_ns = now_ns() + limit.count();
  return [&interrupt, until_ns, limit] {
    if (interrupt.pending()) throw Interrupted();
    if (now_ns() > until_ns) {
      throw RunError(
          fmt::format("a client machine has not answered for {}: it has vanished, or "
                      "its network has; what was measured before is kept",
                      format_duration(static_cast<double>(limit.count()))));
    }
    nap();
  };
}

// An address of this machine that others may reach: what its name stands for; empty: itself alone.
std::string address_of_name(const std::string& host) {
  addrinfo hints{};
  hints.ai_family = AF_INET;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return {};
  const std::unique_ptr<addrinfo, Deleter<&::freeaddrinfo>> owned(found);
  std::array<char, INET_ADDRSTRLEN> text{};
  const auto& address = reinterpret_cast<const sockaddr_in&>(*found->ai_addr);
  ::inet_ntop(AF_INET, &address.sin_addr, text.data(), text.size());
  return is_loopback(text.data()) ? std::string() : text.data();
}

int rank_of(std::size_t client) { return static_cast<int>(client) + 1; }

}  // namespace

MpiCluster::MpiCluster(int ranks, std::string address) : address_(std::move(address)) {
  const Json here = Json::from_cbor(introduction());
  bool all_here = true;
  for (int rank = 1; rank < ranks; ++rank) {
    const Json client = Json::from_cbor(receive_text(rank, nap));
    const auto host = client.at("host").get<std::string>();
    if (client.at("build") != here.at("build")) {
      throw UsageError(
          fmt::format("rank {} on {} is another build of fanout-mpi; install one build "
                      "on all machines",
                      rank, host));
    }
    all_here = all_here && host == here.at("host").get<std::string>();
    clients_.push_back({host, client.at("cpus"), compare_clock(rank, nap).error_ns});
  }
  if (!address_.empty()) return;
  address_ = all_here ? "127.0.0.1" : address_of_name(here.at("host"));
  if (address_.empty()) {
    throw UsageError(
        "the client machines need an address of this one: name it by 'fanout-mpi "
        "--bind ADDRESS run ...'");
  }
}

std::vector<std::string> MpiCluster::hear_all(const Idle& idle) const {
  std::vector<std::string> said;
  for (std::size_t i = 0; i < clients_.size(); ++i) said.push_back(receive_text(rank_of(i), idle));
  return said;
}

std::vector<std::int64_t> MpiCluster::start_all(const Idle& idle) const {
  const std::vector<std::string> ready = hear_all(idle);
  const bool all_ready = std::ranges::count(ready, kReady) == std::ssize(ready);
  std::vector<std::int64_t> ahead_ns;
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    ahead_ns.push_back(compare_clock(rank_of(i), idle).ahead_ns);
  }
  const std::int64_t moment_ns =
      now_ns() + kStartsAfter.count() + kTellsWithin.count() * std::ssize(clients_);
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    const std::int64_t theirs_ns = all_ready ? moment_ns + ahead_ns[i] : 0;
    send_text(rank_of(i), std::to_string(theirs_ns), idle);
  }
  return ahead_ns;
}

void MpiCluster::run(const CellTask& task, std::chrono::nanoseconds limit,
                     const InterruptWatch& interrupt, const CellMemory& memory,
                     Execution& execution) {
  running_ = true;
  const Idle idle = patient(interrupt, 2 * limit + kGrace);  // to be ready, and to run
  const std::vector<CellTask> shares = divided(task, static_cast<unsigned>(clients_.size()));
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    send_text(rank_of(i), kRun, idle);
    send_text(rank_of(i), std::to_string(limit.count()), idle);
    send_text(rank_of(i), to_text(shares[i]), idle);
  }
  const std::vector<std::int64_t> ahead_ns = start_all(idle);
  (void)hear_all(idle);  // that it is done, from everyone
  std::vector<PlacedPart> parts;
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    send_text(rank_of(i), kGive, idle);
    parts.push_back({.part = shared_part_from_text(receive_text(rank_of(i), idle)),
                     .share = shares[i],
                     .host = clients_[i].host,
                     .clock_ahead_ns = ahead_ns[i]});
  }
  join(parts, memory, execution);
  running_ = false;
}

bool MpiCluster::end() {
  if (running_) return false;
  for (std::size_t i = 0; i < clients_.size(); ++i) send_text(rank_of(i), kEnd, nap);
  return true;
}

}  // namespace fanout
