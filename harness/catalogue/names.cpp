#include "harness/catalogue/names.h"

namespace fanout {
namespace {

// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other
// (optimal string alignment, Damerau 1964).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      d[i][j] = std::min({replaced, d[i - 1][j] + 1, d[i][j - 1] + 1});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

}  // namespace

std::string nearest_name(std::string_view name, std::span<const std::string_view> known) {
  // In a word of three letters, two wrong ones leave nothing to recognise.
  const std::size_t letters = name.size() - std::min(name.find_first_not_of('-'), name.size());
  const std::size_t tolerated = std::max<std::size_t>(letters <= 3 ? 1 : 2, letters / 3);
  std::string_view best;
  std::size_t best_distance = tolerated + 1;
  for (const std::string_view candidate : known) {
    const std::size_t distance = edit_distance(name, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  // Somebody who wrote the beginning of a name meant that one, rather than one that is two letters
  // off.
  const auto begun = std::ranges::find_if(
      known, [&](std::string_view candidate) { return candidate.starts_with(name); });
  if (best_distance > 1 && letters > 2 && begun != known.end()) return std::string(*begun);
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
