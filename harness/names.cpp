#include "harness/names.h"

#include <numeric>

namespace fanout {
namespace {

// Insertions, deletions and replacements that turn one word into the other (Levenshtein 1965).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string nearest_name(std::string_view name, std::span<const std::string_view> known) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(2, name.size() / 3) + 1;
  for (const std::string_view candidate : known) {
    const std::size_t distance = edit_distance(name, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return std::string(best);
}

void throw_unknown(std::string_view kind, std::string_view name,
                   std::span<const std::string_view> known) {
  const std::string nearest = nearest_name(name, known);
  throw UsageError(fmt::format("unknown {} \"{}\"; {}known: {}", kind, name,
                               nearest.empty() ? "" : "did you mean " + nearest + "? ",
                               fmt::join(known, ", ")));
}

}  // namespace fanout
