// fanout doctor: is this machine fit to measure?
#pragma once

namespace fanout {

// Prints what was found, as lines or as JSON; the exit code is 1 if anything fails.
int doctor(bool json);

}  // namespace fanout
