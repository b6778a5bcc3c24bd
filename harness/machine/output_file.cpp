#include "harness/machine/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "base/error.h"
#include "base/file.h"

namespace fanout {
namespace {

namespace fs = std::filesystem;

// What is to be written: the file, or the one that links lead to, there or not. Refuses devices and
// folders, and links of /proc such as /dev/stdout, since what those name is open elsewhere.
fs::path target_of(const std::string& file) {
  constexpr int kMostLinks = 40;  // as many as the kernel follows
  fs::path path(file);
  fs::file_status status = fs::symlink_status(path);
  for (int links = 0; fs::is_symlink(status); status = fs::symlink_status(path)) {
    if (++links > kMostLinks || path.native().starts_with("/proc/")) break;
    path = path.parent_path() / fs::read_symlink(path);
  }
  const bool replaceable = !fs::exists(status) || fs::is_regular_file(status);
  if (!replaceable || !path.has_filename()) throw RunError(file + ": is no file to be replaced");
  return path;
}

std::string temporary_beside(const std::string& file) {
  return fmt::format("{}.{}.tmp", file, ::getpid());
}

UniqueFd write_file(const std::string& file, const std::string& text,
                    Readers readers = Readers::usual) {
  const mode_t mode = readers == Readers::owner ? 0600 : 0666;
  UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
  if (!fd || !write_all(fd.get(), text)) throw_errno(file);
  return fd;
}

}  // namespace

UniqueFd replace_file(const std::string& file, const std::string& text, Readers readers) {
  std::string temporary;
  try {
    const fs::path target = target_of(file);
    temporary = temporary_beside(target);
    UniqueFd fd = write_file(temporary, text, readers);
    fs::rename(temporary, target);
    return fd;
  } catch (const std::exception& error) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
    throw RunError(error.what());
  }
}

// A lock of the process, which its children do not inherit: one that is not yet another program
// when the process is killed would keep the mark.
void mark_in_use(const UniqueFd& fd) {
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  (void)::fcntl(fd.get(), F_SETLK, &whole);
}

bool is_in_use(const std::string& file) {
  struct flock whole {};
  whole.l_type = F_RDLCK;
  whole.l_whence = SEEK_SET;
  const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  return fd && ::fcntl(fd.get(), F_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
}

void check_writable(const std::string& flag, const std::string& file) {
  try {
    const fs::path target = target_of(file);
    const std::string temporary = temporary_beside(target);
    if (target.has_parent_path()) fs::create_directories(target.parent_path());
    (void)write_file(temporary, "");
    fs::remove(temporary);
  } catch (const std::exception&) {
    throw UsageError(
        fmt::format("{} {}: cannot be written; name a new or an ordinary file in a folder you may "
                    "write to",
                    flag, file));
  }
}

}  // namespace fanout
