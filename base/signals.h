// The signals by which a user ends a program.
#pragma once

#include <signal.h>

namespace fanout {

// SIGINT, SIGTERM, and SIGHUP unless it is ignored, as by nohup.
sigset_t ending_signals();

}  // namespace fanout
