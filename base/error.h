// The two exceptions fanout throws. Both carry one clear line: what is wrong, where, what to do.
// They are caught once, in harness/main.cpp. A network outcome is never an exception: it is data
// (transports/transport.h, Outcome).
#pragma once

#include <stdexcept>
#include <string_view>

namespace fanout {

// Wrong usage or input: nothing was run. Exit code 2.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Something failed while running (a system call, a child, a set-up step). Exit code 1.
class RunError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Throws a RunError that says why a system call failed, by errno: "fork: Cannot allocate memory".
[[noreturn]] void throw_errno(std::string_view what);

}  // namespace fanout
