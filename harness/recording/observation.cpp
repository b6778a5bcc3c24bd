#include "harness/recording/observation.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace fanout {

std::string anonymous_name(bool tls, std::size_t number) {
  return fmt::format("{}://host-{}", tls ? "https" : "http", number);
}

std::string http_version_text(unsigned version) {
  return version >= 20 ? fmt::format("{}", version / 10) : fmt::format("1.{}", version % 10);
}

void check_enough(const std::string& where, const Observations& seen) {
  const auto usable =
      std::ranges::count_if(seen.all, [](const Observation& one) { return one.is_usable(); });
  if (static_cast<std::size_t>(usable) >= kLeastSamples) return;
  throw UsageError(
      fmt::format("{}: {} of {} can be used; a recording needs {}, whole answers of status 200 to "
                  "399 whose time "
                  "is known",
                  where, usable, counted(seen.all.size(), "sample"), kLeastSamples));
}

}  // namespace fanout
