// What a measurement holds its cells against, besides each other.
#pragma once

#include <string>
#include <vector>

#include "harness/machine/environment.h"

namespace fanout {

// Another build of fanout, whose runs ours are held against.
struct OtherBuild {
  std::string command;      // of a shell
  Tool tool;                // what it says of itself
  double threshold = 0.05;  // what is slower by no more is no regression
};

// An external program that the other programs of the user's are held against.
struct Baseline {
  std::string program;
  std::vector<std::string> others;  // those programs
  double threshold = 0.05;          // what is slower by no more is no regression
};

}  // namespace fanout
