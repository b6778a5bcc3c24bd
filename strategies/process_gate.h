// How a process and the workers it forked wait for each other. Both are made before forking.
#pragma once

#include "base/pipe.h"

namespace fanout {

// Workers wait until the parent opens it.
class ProcessGate {
 public:
  ProcessGate();  // throws RunError
  void wait();    // a worker, once
  void open();    // the parent, once

 private:
  Pipe pipe_;  // the gate is open when no process holds the end to write to
};

// The parent waits until every worker has called arrive(). Usable again after each wait.
class ProcessRollCall {
 public:
  ProcessRollCall();  // throws RunError
  void arrive();      // a worker, once per round
  // The parent. Throws RunError if a child process ends first.
  void wait_for(unsigned workers);

 private:
  Pipe pipe_;
};

}  // namespace fanout
