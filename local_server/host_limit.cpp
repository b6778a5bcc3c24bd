#include "local_server/host_limit.h"

#include "local_server/asio_core.h"

namespace fanout {

std::unique_lock<std::mutex> HostLimit::lock() {
  return shared_ ? std::unique_lock(mutex_) : std::unique_lock<std::mutex>();
}

unsigned HostLimit::served() {
  const auto guard = lock();
  return admission_.served();
}

void HostLimit::give_place(const Waiting& one, AsioCore& giver) {
  one.place->given = true;
  giver.ledger.served(admission_.served());
}

Admission::Answer HostLimit::arrive(const Waiting& one, std::int64_t elapsed_ns, double drawn) {
  const auto guard = lock();
  const Admission::Answer answer = admission_.arrive(elapsed_ns, drawn);
  if (answer == Admission::Answer::serve) give_place(one, *one.core);
  if (answer == Admission::Answer::wait) {
    one.place->in_line = waiting_.insert(waiting_.end(), one);
  }
  return answer;
}

void HostLimit::leave(Place& place) {
  const auto guard = lock();
  place.given = false;
  admission_.leave();
}

void HostLimit::stop_waiting(Place& place) {
  const auto guard = lock();
  if (place.given) return;
  waiting_.erase(place.in_line);
  admission_.stop_waiting();
}

std::optional<Waiting> HostLimit::take_first(AsioCore& giver, std::int64_t elapsed_ns) {
  const auto guard = lock();
  if (!admission_.take_waiting(elapsed_ns)) return std::nullopt;
  const Waiting first = waiting_.front();
  waiting_.pop_front();
  give_place(first, giver);
  return first;
}

}  // namespace fanout
