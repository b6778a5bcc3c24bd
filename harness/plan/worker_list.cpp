#include "harness/plan/worker_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/error.h"
#include "base/text.h"
#include "base/units.h"
#include "harness/plan/plan.h"
#include "harness/scenario/bounds.h"

namespace fanout {
namespace {

bool ascends(const std::vector<unsigned>& numbers) {
  return std::ranges::adjacent_find(numbers, std::ranges::greater_equal()) == numbers.end();
}

}  // namespace

std::vector<unsigned> parse_workers(const std::string& text) {
  constexpr std::size_t kMaxPoints = 64;
  const auto bad = [&](const std::string& expected) {
    throw UsageError(fmt::format("--workers: expected {}, found \"{}\"", expected, text));
  };
  const auto number = [&](const std::string& part) {
    const auto value = parse_count(part);
    if (!value || *value == 0 || *value > kMaxWorkers) {
      bad(fmt::format("numbers from 1 to {}, such as 1,5,10 or 1..64 or 1..64:4", kMaxWorkers));
    }
    return static_cast<unsigned>(*value);
  };
  std::vector<unsigned> workers;
  if (const auto dots = text.find(".."); dots != std::string::npos) {
    const auto colon = text.find(':', dots);
    const unsigned first = number(text.substr(0, dots));
    const unsigned last = number(text.substr(dots + 2, colon - dots - 2));
    const unsigned step = colon == std::string::npos ? 0 : number(text.substr(colon + 1));
    if (first > last) bad("a range that ascends");
    for (unsigned w = first; w <= last && workers.size() <= kMaxPoints; w += step > 0 ? step : w) {
      workers.push_back(w);
    }
    if (step == 0 && workers.back() != last) workers.push_back(last);
  } else {
    for (const std::string& part : split_commas(text)) workers.push_back(number(part));
    if (!ascends(workers)) bad("numbers that ascend, each named once");
  }
  if (workers.size() > kMaxPoints) bad(fmt::format("at most {} numbers", kMaxPoints));
  return workers;
}

}  // namespace fanout
