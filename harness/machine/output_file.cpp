#include "harness/machine/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "base/error.h"
#include "base/file.h"

namespace fanout {
namespace {

std::string temporary_beside(const std::string& file) {
  return fmt::format("{}.{}.tmp", file, ::getpid());
}

UniqueFd write_file(const std::string& file, const std::string& text) {
  constexpr mode_t kMode = 0666;
  UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode));
  if (!fd || !write_all(fd.get(), text)) throw_errno(file);
  return fd;
}

}  // namespace

UniqueFd replace_file(const std::string& file, const std::string& text) {
  const std::string temporary = temporary_beside(file);
  try {
    UniqueFd fd = write_file(temporary, text);
    std::filesystem::rename(temporary, file);
    return fd;
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
    (void)write_file(temporary, "");
    std::filesystem::remove(temporary);
  } catch (const std::exception&) {
    throw UsageError(
        fmt::format("{} {}: cannot be written; name a new or an ordinary file in a folder you may "
                    "write to",
                    flag, file));
  }
}

}  // namespace fanout
