#include "harness/recording/observation.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace fanout {

std::string anonymous_name(bool tls, std::size_t number) {
  return fmt::format("{}://host-{}", tls ? "https" : "http", number);
}

std::string usable_words(const Observations& seen) {
  const auto usable =
      std::ranges::count_if(seen.all, [](const Observation& one) { return one.is_usable(); });
  return fmt::format("{} of {} can be used", usable, counted(seen.all.size(), "sample"));
}

void check_enough(const std::string& where, const Observations& seen) {
  const auto usable =
      std::ranges::count_if(seen.all, [](const Observation& one) { return one.is_usable(); });
  if (static_cast<std::size_t>(usable) >= kLeastSamples) return;
  throw UsageError(fmt::format(
      "{}: {}; a recording needs {}, whole answers of status 200 to 399 whose time is known", where,
      usable_words(seen), kLeastSamples));
}

}  // namespace fanout
