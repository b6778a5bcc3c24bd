#include "transports/phase_clock.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>

#include "transports/connection_notes.h"

namespace fanout {

void PhaseClock::begin_now(bool connected) {
  begun_ = now_ns();
  first_byte_ = 0;
  connected_ = secured_ = connected ? begun_ : 0;
}

void PhaseClock::note_connected(int fd) {
  connected_ = now_ns();
  note_resent_syns(fd, *notes_);
}

void PhaseClock::look_whether_connected(int fd) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) == 0) note_connected(fd);
}

void PhaseClock::add() const {
  const std::int64_t end = now_ns();
  const std::int64_t connected = std::max(connected_, begun_);
  const std::int64_t ready = std::max(secured_, connected);
  const std::int64_t first = std::max(first_byte_, ready);
  notes_->phases.answers += 1;
  notes_->phases.connect_ns += connected - begun_;
  notes_->phases.handshake_ns += ready - connected;
  notes_->phases.first_byte_ns += first - ready;
  notes_->phases.body_ns += end - first;
}

// All that was sent again so far.
void note_resent_syns(int fd, ConnectionNotes& notes) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return;
  if (info.tcpi_total_retrans > 0) notes.syns_resent += info.tcpi_total_retrans;
}

}  // namespace fanout
