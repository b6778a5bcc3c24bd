// How late the kernel may wake a thread that sleeps.
#pragma once

#include <sys/prctl.h>

namespace fanout {

// Makes the kernel wake the calling thread as punctually as it can; by default it may be 50 us
// late. Threads and processes that this thread starts afterwards inherit it (prctl(2),
// PR_SET_TIMERSLACK).
inline void wake_on_time() { ::prctl(PR_SET_TIMERSLACK, 1); }

}  // namespace fanout
