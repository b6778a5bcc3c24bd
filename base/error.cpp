#include "base/error.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

namespace fanout {

void throw_errno(std::string_view what) {
  const int error = errno;
  throw RunError(fmt::format("{}: {}", what, std::strerror(error)));
}

}  // namespace fanout
