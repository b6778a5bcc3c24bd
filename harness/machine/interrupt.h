// Ctrl-C as a descriptor: the signals that end a program (base/signals.h) are blocked and become
// readable instead, so that a wait for anything ends in order and nothing is lost.
#pragma once

#include <stdexcept>

#include "base/fd.h"

namespace fanout {

inline constexpr int kExitInterrupted = 130;  // as shells have it: 128 and the number of SIGINT

// Thrown where a wait was cut short by the user.
class Interrupted : public std::runtime_error {
 public:
  Interrupted() : std::runtime_error("interrupted") {}
};

class InterruptWatch {
 public:
  InterruptWatch();  // throws RunError; one per process, made before any thread
  [[nodiscard]] int fd() const { return fd_.get(); }  // readable from the first signal on
  [[nodiscard]] bool pending() const;

 private:
  UniqueFd fd_;
};

}  // namespace fanout
