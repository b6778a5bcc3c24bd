// Picking rows by the names people type.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace fanout {

// The known name nearest to `name` by edit distance, or empty if none is near (more than two edits,
// or a third of its letters, away).
std::string nearest_name(std::string_view name, std::span<const std::string_view> known);

// "unknown strategy "thread_pol"; did you mean thread_pool? known: ..."
[[noreturn]] void throw_unknown(std::string_view kind, std::string_view name,
                                std::span<const std::string_view> known);

// The row of a registry with this name; throws UsageError with the nearest suggestion.
template <class Row>
const Row& find_row(std::string_view kind, std::string_view name,
                    std::span<const Row* const> rows) {
  const auto found = std::ranges::find(rows, name, [](const Row* row) { return row->name; });
  if (found != rows.end()) return **found;
  std::vector<std::string_view> known;
  for (const Row* row : rows) known.push_back(row->name);
  throw_unknown(kind, name, known);
}

// The rows named, in the order named; "all" stands for every row. Throws UsageError on an unknown,
// empty or repeated name.
template <class Row>
std::vector<const Row*> find_rows(std::string_view kind, std::span<const std::string> names,
                                  std::span<const Row* const> rows) {
  if (names.size() == 1 && names[0] == "all") return {rows.begin(), rows.end()};
  std::vector<const Row*> found;
  for (const std::string& name : names) {
    const Row& row = find_row(kind, name, rows);
    if (std::ranges::find(found, &row) != found.end()) {
      throw UsageError(fmt::format("{} \"{}\" is named twice; name it once", kind, name));
    }
    found.push_back(&row);
  }
  return found;
}

}  // namespace fanout
