#include "harness/scenario/hedge_text.h"

#include <cstdlib>

#include "base/units.h"

namespace fanout {

std::optional<HedgePolicy> parse_hedge_after(const std::string& text) {
  HedgePolicy hedge;
  if (text.starts_with('p')) {
    char* end = nullptr;
    hedge.percentile = std::strtod(text.c_str() + 1, &end);
    const bool whole = text.size() > 1 && *end == '\0';
    const bool fits = whole && hedge.percentile >= 1 && hedge.percentile < 100;
    return fits ? std::optional(hedge) : std::nullopt;
  }
  const auto after = parse_duration(text);
  if (!after || after->count() <= 0) return std::nullopt;
  hedge.after = *after;
  return hedge;
}

}  // namespace fanout
