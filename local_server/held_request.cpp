#include "local_server/held_request.h"

#include <boost/asio/post.hpp>

#include "base/clock.h"
#include "local_server/asio_core.h"
#include "local_server/request_holder.h"

namespace fanout {
namespace {

void give_fate(AsioCore& core, Host& host, HeldRequest& request) {
  request.fate = fate_of(host, request.drawn_by, request.connecting_ns);
  if (request.fate.fault != nullptr) {
    core.ledger.faulted(request.fate.fault->kind, request.arrival);
  }
}

}  // namespace

void arrive(AsioCore& core, Host& host, HeldRequest& request, std::string_view method,
            std::uint64_t body_bytes) {
  request.arrival = core.ledger.arrived(request.token);
  core.ledger.asked(method, body_bytes);
  if (request.arrival.number == 1) core.begin_run(request.arrival_ns);
  // A request without a token is drawn by its number, so that those, too, follow the distribution.
  request.drawn_by = request.token ? *request.token : core.number_of(request.arrival);
  host.enter();
}

bool admit(AsioCore& core, Host& host, HeldRequest& request, RequestHolder& holder,
           std::uint64_t ticket) {
  if (!host.limit) {
    give_fate(core, host, request);
    return true;
  }
  const std::int64_t elapsed_ns = request.arrival_ns - core.first_request_ns;
  switch (host.limit->arrive({&core, &holder, ticket, &request.place}, elapsed_ns,
                             draw_rejection(request.drawn_by))) {
    case Admission::Answer::serve:
      give_fate(core, host, request);
      return true;
    case Admission::Answer::wait:
      core.ledger.waits();
      return false;
    case Admission::Answer::reject:
      break;
  }
  core.ledger.rejected(host.limit->limit().status);
  if (const FaultShare* fault = draw_fault(host.behaviour, request.drawn_by)) {
    core.ledger.rejected_in_place_of(fault->kind, request.arrival);
  }
  request.fate = rejection_of(host, request.connecting_ns);
  return true;
}

// The client of one that waits on another loop may have left before that is told: then it has given
// its place back itself.
void give_places(AsioCore& core, Host& host) {
  const std::int64_t elapsed_ns = now_ns() - core.first_request_ns;
  while (const auto first = host.limit->take_first(core, elapsed_ns)) {
    if (first->core == &core) {
      first->holder->take_on(first->ticket);
      continue;
    }
    boost::asio::post(first->core->io, [holder = first->holder, ticket = first->ticket] {
      if (holder->waits(ticket)) holder->take_on(ticket);
    });
  }
}

void take_on(AsioCore& core, Host& host, HeldRequest& request) {
  give_fate(core, host, request);
  request.fate.hold_ns += now_ns() - request.arrival_ns;
}

void leave(AsioCore& core, Host& host, HeldRequest& request) {
  if (request.left) return;
  request.left = true;
  core.ledger.left();
  host.left();
  if (!request.place.given) return;
  host.limit->leave(request.place);
  give_places(core, host);
}

void finish(AsioCore& core, Host& host, HeldRequest& request) {
  core.ledger.answered(request.arrival_ns, request.leaving_ns,
                       request.fate.hold_ns + request.fate.drip_ns);
  leave(core, host, request);
}

void give_up(AsioCore& core, Host& host, HeldRequest& request, bool waiting, Loss loss) {
  if (loss == Loss::collateral) core.ledger.lost_with_another(request.token);
  if (waiting) host.limit->stop_waiting(request.place);
  leave(core, host, request);
}

}  // namespace fanout
