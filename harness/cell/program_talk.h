// An external program while it lives: how it is started, spoken to and ended.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"

namespace fanout {

// Starts the program as a child of this process, to which the children of ended processes go from
// then on. The destructor ends it and all that it started. All members throw RunError if the
// program ends unasked, or the parent of this process does.
class ProgramTalk {
 public:
  // Standard error is that of this process. Proxies are taken from its environment.
  explicit ProgramTalk(const std::vector<std::string>& command);
  ProgramTalk(const ProgramTalk&) = delete;
  ProgramTalk& operator=(const ProgramTalk&) = delete;
  ~ProgramTalk();

  [[nodiscard]] pid_t pid() const { return pid_; }

  // Writes a line. False if the program has not read it at `until_ns` (base/clock.h).
  bool say(std::string line, std::int64_t until_ns);
  // Its next line, without the end of it; valid until the next call. Nothing: none came until then.
  std::optional<std::string_view> listen(std::int64_t until_ns);
  // Ends its input and waits for it to end. False if it has not until then.
  bool part(std::int64_t until_ns);

 private:
  enum class Awaited : std::uint8_t { nothing, this_end, end_of_program };
  Awaited await(int fd, short events, std::int64_t until_ns);
  [[noreturn]] void fail_ended();

  pid_t pid_ = -1;
  UniqueFd input_;  // our ends of its standard input and output
  UniqueFd output_;
  UniqueFd program_;  // readable once it has ended
  UniqueFd parent_;   // readable once our parent has
  std::string received_;
  std::size_t begin_ = 0;  // of what was not listened to yet
};

}  // namespace fanout
