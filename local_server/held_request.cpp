#include "local_server/held_request.h"

#include "base/clock.h"
#include "local_server/asio_core.h"

namespace fanout {
namespace {

// Gives the place back. Whoever gets it is answered from the loop, never from here: who makes room
// may be in the middle of its own answer.
void leave_place(AsioCore& core, Host& host, HeldRequest& request) {
  request.has_place = false;
  host.admission->leave();
  take_on_waiting(host, now_ns() - core.first_request_ns);
}

void serve_at(AsioCore& core, Host& host, HeldRequest& request) {
  if (host.admission) {
    request.has_place = true;
    core.ledger.served(host.admission->served());
  }
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
  request.drawn_by = request.token.value_or(request.arrival.number);
  ++host.in_flight;
}

bool admit(AsioCore& core, Host& host, HeldRequest& request) {
  if (!host.admission) {
    serve_at(core, host, request);
    return true;
  }
  const std::int64_t elapsed_ns = request.arrival_ns - core.first_request_ns;
  switch (host.admission->arrive(elapsed_ns, draw_rejection(request.drawn_by))) {
    case Admission::Answer::serve:
      serve_at(core, host, request);
      return true;
    case Admission::Answer::wait:
      core.ledger.waits();
      return false;
    case Admission::Answer::reject:
      break;
  }
  core.ledger.rejected(host.admission->limit().status);
  if (const FaultShare* fault = draw_fault(host.behaviour, request.drawn_by)) {
    core.ledger.rejected_in_place_of(fault->kind, request.arrival);
  }
  request.fate = rejection_of(host, request.connecting_ns);
  return true;
}

void take_on(AsioCore& core, Host& host, HeldRequest& request) {
  serve_at(core, host, request);
  request.fate.hold_ns += now_ns() - request.arrival_ns;
}

void finish(AsioCore& core, Host& host, HeldRequest& request) {
  core.ledger.answered(request.arrival_ns, request.leaving_ns,
                       request.fate.hold_ns + request.fate.drip_ns);
  --host.in_flight;
  if (request.has_place) leave_place(core, host, request);
}

void give_up(AsioCore& core, Host& host, HeldRequest& request, bool waiting, Loss loss) {
  if (waiting) host.admission->stop_waiting();
  if (loss == Loss::collateral) {
    core.ledger.lost_with_another(request.token);
  } else {
    core.ledger.abandoned();
  }
  --host.in_flight;
  if (request.has_place) leave_place(core, host, request);
}

}  // namespace fanout
