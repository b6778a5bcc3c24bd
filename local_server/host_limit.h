// A host's limit at work: whom it takes on, and who waits for a place it gives. All loops of an
// engine share it; what waits is taken on by the loop whose connection it came over.
#pragma once

#include <cstdint>
#include <list>
#include <mutex>
#include <optional>

#include "local_server/limit.h"

namespace fanout {

struct AsioCore;
struct HeldRequest;
class RequestHolder;

// A request that waits for a place, and who keeps it. All are borrowed.
struct Waiting {
  AsioCore* core = nullptr;
  RequestHolder* holder = nullptr;
  std::uint64_t ticket = 0;
  HeldRequest* request = nullptr;
};
using WaitingPlace = std::list<Waiting>::iterator;

// Times are counted from the run's first request.
class HostLimit {
 public:
  // `shared`: whether several threads use it.
  HostLimit(const ServerLimit& limit, bool shared) : shared_(shared), admission_(limit) {}

  [[nodiscard]] const ServerLimit& limit() const { return admission_.limit(); }
  // Whether a request is served, waits in line, or is rejected; `drawn` as Admission has it.
  Admission::Answer arrive(const Waiting& one, std::int64_t elapsed_ns, double drawn);
  // A request gives its place back.
  void leave(HeldRequest& request);
  // The client of one that waits left. It may have been given a place meanwhile, which it has to
  // give back: see has_place.
  void stop_waiting(HeldRequest& request);
  // Gives a place, if there is one, to the request that has waited longest; nothing: to none. Its
  // holder is to be told. It counts in the ledger of the loop that gives it.
  std::optional<Waiting> take_first(AsioCore& giver, std::int64_t elapsed_ns);

 private:
  [[nodiscard]] std::unique_lock<std::mutex> lock();
  void give_place(const Waiting& one, AsioCore& giver);

  const bool shared_;
  std::mutex mutex_;  // guards the rest, and has_place of requests in line
  Admission admission_;
  std::list<Waiting> waiting_;
};

}  // namespace fanout
