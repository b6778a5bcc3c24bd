#include "base/file.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace fanout {

std::optional<std::string> read_file(const std::string& name) {
  std::error_code ignored;
  std::ifstream stream(name, std::ios::binary);
  if (!stream || std::filesystem::is_directory(name, ignored)) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

UniqueFd memory_file(const char* name, std::string_view text) {
  UniqueFd file(::memfd_create(name, MFD_CLOEXEC));
  const bool made = file && write_all(file.get(), text) && ::lseek(file.get(), 0, SEEK_SET) == 0;
  return made ? std::move(file) : UniqueFd();
}

}  // namespace fanout
