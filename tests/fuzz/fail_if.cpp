#include <cmath>
#include <optional>
#include <string>

#include "base/error.h"
#include "harness/analysis/condition.h"
#include "tests/fuzz/support.h"
#include "tests/fuzz/targets.h"

namespace fanout::fuzz {

void fail_if(std::string_view input) {
  std::optional<Condition> condition;
  try {
    condition = parse_condition(std::string(input));
  } catch (const UsageError&) {
    return;
  }
  require(condition->text == input, "the condition is another text");
  require(std::isfinite(condition->limit) && condition->limit >= 0, "the limit is no figure");
  (void)concerns(*condition, {.strategy = "event_loop", .transport = "curl_asio"});
}

}  // namespace fanout::fuzz
