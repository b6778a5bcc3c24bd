#include "harness/commands/page_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/error.h"
#include "harness/machine/output_file.h"

namespace fanout {
namespace {

Readers readers_of_page(const std::vector<std::string>& files) {
  using std::filesystem::perms;
  constexpr perms kOthers = perms::group_read | perms::others_read;
  const bool all_open = std::ranges::all_of(files, [](const std::string& file) {
    return (std::filesystem::status(file).permissions() & kOthers) != perms::none;
  });
  return all_open ? Readers::usual : Readers::owner;
}

}  // namespace

void check_page(const std::string& file, const std::vector<std::string>& results) {
  for (const std::string& result : results) {
    std::error_code absent;
    if (std::filesystem::equivalent(result, file, absent)) {
      throw UsageError(fmt::format("--html {}: is the result itself; name another file", file));
    }
  }
  if (file.ends_with(".json")) {
    throw UsageError(
        fmt::format("--html {}: results end so; name a file that ends in .html", file));
  }
  check_writable("--html", file);
}

void write_page(const std::string& file, const std::string& html,
                const std::vector<std::string>& results) {
  replace_file(file, html, readers_of_page(results));
  fmt::print("page: {}\n", file);
}

}  // namespace fanout
