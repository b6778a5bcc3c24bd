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
struct Place;
class RequestHolder;

// A request that waits for a place, and who keeps it. All are borrowed.
struct Waiting {
  AsioCore* core = nullptr;
  RequestHolder* holder = nullptr;
  std::uint64_t ticket = 0;
  Place* place = nullptr;
};

// What a request has of its host's limit. While it waits, the limit alone may look at it.
struct Place {
  bool given = false;  // it counts as served
  std::list<Waiting>::iterator in_line{};
};

// Times are counted from the run's first request.
class HostLimit {
 public:
  // `shared`: whether several threads use it.
  HostLimit(const ServerLimit& limit, bool shared) : shared_(shared), admission_(limit) {}

  [[nodiscard]] const ServerLimit& limit() const { return admission_.limit(); }
  [[nodiscard]] unsigned served();  // at this moment
  // Whether a request is served, waits in line, or is rejected; `drawn` as Admission has it.
  Admission::Answer arrive(const Waiting& one, std::int64_t elapsed_ns, double drawn);
  // A request gives its place back.
  void leave(Place& place);
  // The client of one that waits left. Another loop may have given it a place meanwhile, which it
  // has to give back.
  void stop_waiting(Place& place);
  // Gives a place, if there is one, to the request that has waited longest; nothing: to none. Its
  // holder is to be told. It counts in the ledger of the loop that gives it.
  std::optional<Waiting> take_first(AsioCore& giver, std::int64_t elapsed_ns);

 private:
  [[nodiscard]] std::unique_lock<std::mutex> lock();
  void give_place(const Waiting& one, AsioCore& giver);

  const bool shared_;
  std::mutex mutex_;  // guards the rest, and the places of requests in line
  Admission admission_;
  std::list<Waiting> waiting_;
};

}  // namespace fanout
