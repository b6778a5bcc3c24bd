// A comparison of two results, for people and for programs. Pure functions.
#pragma once

#include <string>

#include "harness/compare.h"
#include "harness/render.h"

namespace fanout {

// What is compared, and how it is named.
struct Compared {
  std::string base_name;  // of the file
  std::string next_name;
  const Report& base;
  const Report& next;
  std::vector<std::string> differences;  // that were overruled (harness/comparable.h)
};

// `format` is table, markdown or json. The keys of the JSON document: results/README.md.
std::string render_comparison(const Compared& compared, const Changes& changes, Format format);

}  // namespace fanout
