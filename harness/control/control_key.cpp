#include "harness/control/control_key.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

namespace fanout {
namespace {

constexpr std::size_t kLeastDigits = 32;
constexpr std::size_t kMostDigits = 128;

[[noreturn]] void refuse_key(const std::string& file, const std::string& why) {
  throw UsageError(fmt::format("--key {}: {}", file, why));
}

}  // namespace

std::string read_control_key(const std::string& file) {
  struct stat about {};
  if (::stat(file.c_str(), &about) != 0) {
    refuse_key(file, fmt::format("{}; copy the file that 'fanout serve --control' made on the "
                                 "other machine, or make one by: (umask 077; openssl rand -hex 32 "
                                 "> {})",
                                 std::strerror(errno), file));
  }
  if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    refuse_key(file, fmt::format("others may read it; make it yours alone: chmod 600 {}", file));
  }
  const auto text = read_file(file);
  if (!text) refuse_key(file, "cannot be read");
  const std::string_view digits = trimmed(*text);
  const bool is_hex = digits.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
  if (!is_hex || digits.size() % 2 != 0 || digits.size() < kLeastDigits ||
      digits.size() > kMostDigits) {
    refuse_key(file, fmt::format("expected {} to {} hexadecimal digits, as 'openssl rand -hex 32' "
                                 "prints them",
                                 kLeastDigits, kMostDigits));
  }
  std::string key(digits.size() / 2, '\0');
  for (std::size_t i = 0; i < key.size(); ++i) {
    unsigned char byte = 0;
    std::from_chars(digits.data() + 2 * i, digits.data() + 2 * i + 2, byte, 16);
    key[i] = static_cast<char>(byte);
  }
  return key;
}

bool ensure_control_key(const std::string& file) {
  std::array<unsigned char, 32> secret{};
  if (::getrandom(secret.data(), secret.size(), 0) != static_cast<ssize_t>(secret.size())) {
    throw_errno("getrandom");
  }
  const UniqueFd made(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!made) {
    if (errno == EEXIST) return false;
    refuse_key(file, fmt::format("cannot be made: {}", std::strerror(errno)));
  }
  std::string text;
  for (const unsigned char byte : secret) text += fmt::format("{:02x}", byte);
  if (!write_all(made.get(), text + "\n")) {
    ::unlink(file.c_str());
    refuse_key(file, "cannot be written");
  }
  return true;
}

}  // namespace fanout
