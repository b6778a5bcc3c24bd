// A rank other than 0: it runs its share of each cell when it is told to.
//
// What rank 0 says, and what comes back, each a text (cluster/mpi_link.h):
//   kRun, the limit in ns, a CellTask   -> kReady or kNotReady
//   (its clock is compared)
//   a moment of this rank's clock in ns; 0: give the run up   -> kDone, once the run has ended
//   kGive                               -> a SharedPart (harness/control/shared_work.h)
//   kEnd                                   nothing more comes
// In between, while its run goes on, a rank is in no call of MPI.
#pragma once

#include <string>

namespace fanout {

inline constexpr const char* kRun = "run";
inline constexpr const char* kReady = "ready";
inline constexpr const char* kNotReady = "not ready";
inline constexpr const char* kDone = "done";
inline constexpr const char* kGive = "give";
inline constexpr const char* kEnd = "end";

// What a rank says of itself at first: CBOR of {"host","cpus","build"}.
std::string introduction();

// Serves rank 0 until it says that it is over. Returns an exit code.
int serve_rank_0();

}  // namespace fanout
