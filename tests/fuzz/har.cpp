#include "harness/recording/har.h"

#include <optional>

#include "base/error.h"
#include "tests/fuzz/support.h"
#include "tests/fuzz/targets.h"

namespace fanout::fuzz {

void har(std::string_view input) {
  const bool anonymous = take_byte(input) % 2 == 1;
  std::optional<Observations> seen;
  try {
    seen = read_har(input, "page.har", anonymous);
  } catch (const UsageError&) {
    return;
  }
  require(seen->all.size() >= kLeastSamples, "fewer samples than a recording needs");
  check_recording(*seen);
}

}  // namespace fanout::fuzz
