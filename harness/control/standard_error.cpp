#include "harness/control/standard_error.h"

#include <unistd.h>

#include <cerrno>

namespace fanout {

bool drain(int fd, std::string& text) {
  constexpr std::size_t kKept = 500;
  char buffer[1024];
  for (;;) {
    const auto count = ::read(fd, buffer, sizeof buffer);
    if (count == 0 || (count < 0 && errno != EINTR)) return count != 0;
    if (count > 0) text.append(buffer, static_cast<std::size_t>(count));
    if (text.size() > kKept) text.erase(0, text.size() - kKept);
  }
}

}  // namespace fanout
