// What a connection does at a host that has a limit.
#include "base/clock.h"
#include "local_server/asio_connection.h"

namespace fanout {

void Connection::ask_for_a_place() {
  switch (host_->admission->arrive(elapsed_ns(), draw_rejection(drawn_by_))) {
    case Admission::Answer::serve:
      has_place_ = true;
      core_.ledger.served(host_->admission->served());
      hold(fate_of(*host_, drawn_by_, first_));
      break;
    case Admission::Answer::wait:
      core_.ledger.waits();
      state_ = State::waiting;
      host_->waiting.push_back({this, ++ticket_});
      break;
    case Admission::Answer::reject:
      core_.ledger.rejected(host_->admission->limit().status);
      if (const FaultShare* fault = draw_fault(host_->behaviour, drawn_by_)) {
        core_.ledger.rejected_in_place_of(fault->kind, arrival_);
      }
      hold(rejection_of(*host_, first_));
      break;
  }
}

// The time it waited is part of what it is held. It is answered from the loop, never from here: who
// makes room may be in the middle of its own answer.
void Connection::take_on() {
  has_place_ = true;
  core_.ledger.served(host_->admission->served());
  const std::int64_t now = now_ns();
  fate_ = fate_of(*host_, drawn_by_, first_);
  fate_.hold_ns += now - arrival_ns_;
  state_ = State::holding;
  if (fate_.fault != nullptr) core_.ledger.faulted(fate_.fault->kind, arrival_);
  if (!fault_is(FaultKind::hang)) core_.holds.add(arrival_ns_ + fate_.hold_ns, *this, ++ticket_);
}

void Connection::leave_place() {
  has_place_ = false;
  host_->admission->leave();
  take_on_waiting(*host_, now_ns() - core_.first_request_ns);
}

// Entries of clients that have left are passed over.
void take_on_waiting(Host& host, std::int64_t elapsed_ns) {
  while (!host.waiting.empty()) {
    const Host::Waiting first = host.waiting.front();
    if (!first.connection->waits(first.ticket)) {
      host.waiting.pop_front();
      continue;
    }
    if (!host.admission->take_waiting(elapsed_ns)) return;
    host.waiting.pop_front();
    first.connection->take_on();
  }
}

}  // namespace fanout
