// All targets as one program on libFuzzer, which has its options: FUZZ_TARGET=url fuzz [FILE...].
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/targets.h"

namespace {

const fanout::fuzz::Target& chosen() {
  const char* const name = std::getenv("FUZZ_TARGET");
  const auto* const found = std::ranges::find(fanout::fuzz::kTargets, name != nullptr ? name : "",
                                              &fanout::fuzz::Target::name);
  if (found != fanout::fuzz::kTargets.end()) return *found;
  std::fprintf(stderr, "fuzz: the variable FUZZ_TARGET names none of these:\n");
  for (const auto& target : fanout::fuzz::kTargets) {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(target.name.size()), target.name.data());
  }
  std::exit(2);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the name is that of libFuzzer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto run = chosen().run;
  run({reinterpret_cast<const char*>(data), size});
  return 0;
}
