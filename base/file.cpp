#include "base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/error.h"

namespace fanout {

std::optional<std::string> read_file(const std::string& name) {
  const UniqueFd file(::open(name.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return std::nullopt;
  std::string text;
  std::array<char, 1 << 14> piece;
  for (;;) {
    const ssize_t size = ::read(file.get(), piece.data(), piece.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return std::nullopt;
    if (size == 0) return text;
    text.append(piece.data(), static_cast<std::size_t>(size));
  }
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

std::string temporary_folder() {
  const char* wanted = std::getenv("TMPDIR");
  std::string folder = wanted == nullptr || *wanted == '\0' ? "/tmp" : wanted;
  struct stat status {};
  const bool found = ::stat(folder.c_str(), &status) == 0;
  if (found && !S_ISDIR(status.st_mode)) errno = ENOTDIR;
  if (!found || !S_ISDIR(status.st_mode) || ::access(folder.c_str(), W_OK | X_OK) != 0) {
    throw UsageError(
        fmt::format("TMPDIR: {}: {}; set it to a folder you may write to, for temporary files",
                    folder, std::strerror(errno)));
  }
  return folder;
}

UniqueFd memory_file(const char* name, std::string_view text) {
  UniqueFd file(::memfd_create(name, MFD_CLOEXEC));
  const bool made = file && write_all(file.get(), text) && ::lseek(file.get(), 0, SEEK_SET) == 0;
  return made ? std::move(file) : UniqueFd();
}

}  // namespace fanout
