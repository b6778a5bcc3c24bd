#include "harness/machine/interrupt.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>

#include "base/error.h"
#include "base/signals.h"

namespace fanout {

InterruptWatch::InterruptWatch() {
  const sigset_t signals = ending_signals();
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
  fd_.reset(::signalfd(-1, &signals, SFD_CLOEXEC));
  if (!fd_) throw_errno("signalfd");
}

bool InterruptWatch::pending() const {
  pollfd waiting{fd_.get(), POLLIN, 0};
  return ::poll(&waiting, 1, 0) > 0;
}

}  // namespace fanout
