#include "harness/machine/output_file.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/error.h"

namespace fanout {
namespace {

std::string temporary_beside(const std::string& file) {
  return fmt::format("{}.{}.tmp", file, ::getpid());
}

void write_file(const std::string& file, const std::string& text) {
  std::ofstream stream(file, std::ios::trunc);
  stream << text;
  stream.close();
  if (!stream) throw_errno(file);
}

}  // namespace

void replace_file(const std::string& file, const std::string& text) {
  const std::string temporary = temporary_beside(file);
  try {
    write_file(temporary, text);
    std::filesystem::rename(temporary, file);
  } catch (const std::exception& error) {
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    throw RunError(error.what());
  }
}

void check_writable(const std::string& flag, const std::string& file) {
  const std::filesystem::path path(file);
  const std::filesystem::path folder = path.parent_path();
  const std::string temporary = temporary_beside(file);
  try {
    const auto status = std::filesystem::symlink_status(path);
    const bool replaceable = !exists(status) || is_regular_file(status);
    if (!replaceable || !path.has_filename()) throw RunError(file + ": is no file to be replaced");
    if (!folder.empty()) std::filesystem::create_directories(folder);
    write_file(temporary, "");
    std::filesystem::remove(temporary);
  } catch (const std::exception&) {
    throw UsageError(
        fmt::format("{} {}: cannot be written; name a new or an ordinary file in a folder you may "
                    "write to",
                    flag, file));
  }
}

}  // namespace fanout
