#include "base/signals.h"

namespace fanout {

sigset_t ending_signals() {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGINT);
  ::sigaddset(&signals, SIGTERM);
  struct sigaction at_hang_up {};
  ::sigaction(SIGHUP, nullptr, &at_hang_up);
  if (at_hang_up.sa_handler != SIG_IGN) ::sigaddset(&signals, SIGHUP);
  return signals;
}

}  // namespace fanout
