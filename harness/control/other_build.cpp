#include "harness/control/other_build.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <memory>

#include "base/error.h"
#include "base/text.h"
#include "harness/cell/cell_memory.h"

namespace fanout {
namespace {

// Count this up whenever a task means something else than before under the same keys.
constexpr int kTaskProtocol = 8;

constexpr std::string_view kGreeting = "fanout protocol ";

std::string protocol() {
  return fmt::format("{}.{}.{}", kTaskProtocol, CellMemory::shared_bytes(), sizeof(Sample));
}

// The first line that the command prints, and nothing if it takes longer than a few seconds.
std::string first_line_of(const std::string& command) {
  const std::string limited =
      fmt::format("timeout 10 /bin/sh -c {} sh internal-protocol </dev/null 2>/dev/null",
                  shell_word("exec " + command + " \"$@\""));  // as runs are started
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(limited.c_str(), "re"),
                                                             &::pclose);
  if (pipe == nullptr) throw_errno(command);
  std::array<char, 1000> line{};
  if (std::fgets(line.data(), static_cast<int>(line.size()), pipe.get()) == nullptr) return {};
  std::string text(line.data());
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

[[noreturn]] void refuse(const std::string& command, const std::string& why) {
  throw UsageError(fmt::format("--against {}: {}", shell_word(command), why));
}

}  // namespace

std::string protocol_line() {
  const Tool tool = this_tool();
  return fmt::format("{}{},{},{},{}", kGreeting, protocol(), tool.version, tool.commit, tool.build);
}

OtherBuild ask_other_build(const std::string& command) {
  const bool has_folder = command.find('/') != std::string::npos;
  const bool is_path = has_folder && ::access(command.c_str(), X_OK) == 0;
  OtherBuild other{is_path ? shell_word(command) : command, {}};
  const std::string line = first_line_of(other.command);
  if (!line.starts_with(kGreeting)) {
    refuse(command,
           "is no build of fanout that can be run beside this one; name the executable of one that "
           "knows --against itself");
  }
  const std::vector<std::string> words = split_commas(line.substr(kGreeting.size()));
  if (words.empty() || words[0] != protocol()) {
    refuse(command, fmt::format("hands runs their tasks by protocol {}, this build by {}; compare "
                                "builds nearer to each other, or results by 'fanout compare'",
                                words.empty() ? "" : words[0], protocol()));
  }
  if (words.size() != 4) refuse(command, "says something else of itself than this build expects");
  other.tool = {words[1], words[2], words[3]};
  return other;
}

}  // namespace fanout
