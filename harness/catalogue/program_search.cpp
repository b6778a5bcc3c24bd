#include "harness/catalogue/program_search.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sstream>

#include "base/text.h"

namespace fanout {
namespace {

namespace fs = std::filesystem;

bool is_executable(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0;
}

// In the order of PATH.
std::vector<std::string> all_on_path(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  std::vector<std::string> found;
  for (std::string folder; std::getline(folders, folder, ':');) {
    const fs::path candidate = fs::path(folder) / name;
    if (!folder.empty() && is_executable(candidate)) found.push_back(candidate);
  }
  return found;
}

// Every module that any peer needs.
std::set<std::string> modules_needed() {
  std::set<std::string> modules;
  for (const Program& peer : peers()) {
    for (const Need& need : peer.needs) {
      if (!need.module.empty()) modules.insert(need.module);
    }
  }
  return modules;
}

// Which of them a Python interpreter can import, from wherever it is started; it is asked once, and
// one that does not answer within 10 s has none.
const std::set<std::string>& modules_of(const std::string& interpreter) {
  static std::map<std::string, std::set<std::string>> known;
  if (const auto found = known.find(interpreter); found != known.end()) return found->second;
  const std::string question = fmt::format(
      "[ ! -x /usr/bin/timeout ] || limit='/usr/bin/timeout 10'; "
      "$limit {} -c 'import sys\nsys.path.pop(0)\nimport importlib.util as u\nfor m in "
      "\"{}\".split():\n if u.find_spec(m): print(m)' "
      "2>/dev/null </dev/null",
      shell_word(interpreter), fmt::join(modules_needed(), " "));
  std::set<std::string>& modules = known[interpreter];
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> answer(::popen(question.c_str(), "re"),
                                                               ::pclose);
  if (!answer) return modules;
  char line[256];
  while (std::fgets(line, sizeof line, answer.get()) != nullptr) {
    modules.emplace(trimmed(line));
  }
  return modules;
}

// The packages to install for what an interpreter, or none, lacks: always, or for HTTP/2 alone.
std::vector<std::string> lacking(const Program& program, const std::string& interpreter,
                                 bool of_http2) {
  std::vector<std::string> packages;
  for (const Need& need : program.needs) {
    if (need.of_http2 != of_http2) continue;
    const bool here = need.module.empty()
                          ? !all_on_path(need.program).empty()
                          : !interpreter.empty() && modules_of(interpreter).contains(need.module);
    if (!here) packages.push_back(need.package);
  }
  return packages;
}

std::string to_install(const std::vector<std::string>& packages) {
  if (packages.empty()) return {};
  return fmt::format("not installed here: apt install {}", fmt::join(packages, " "));
}

}  // namespace

std::string peers_folder() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  for (const fs::path& folder :
       {self.parent_path().parent_path() / "share/fanout/peers", fs::path(FANOUT_PEERS_FOLDER)}) {
    if (fs::is_directory(folder, error)) return folder;
  }
  return {};
}

FoundProgram find_program(const Program& program) {
  if (program.own) return {program.command, {}};
  const fs::path file = fs::path(peers_folder()) / program.command.back();
  std::error_code error;
  if (!fs::exists(file, error)) {
    return {{}, fmt::format("its file {} is not installed beside this fanout", file.string())};
  }
  std::vector<std::string> interpreters = all_on_path(program.command.front());
  if (interpreters.empty()) interpreters.emplace_back();
  std::vector<std::string> least;
  std::optional<FoundProgram> found;
  for (const std::string& interpreter : interpreters) {
    const std::vector<std::string> packages = lacking(program, interpreter, false);
    if (packages.empty()) {
      const std::vector<std::string> of_http2 = lacking(program, interpreter, true);
      if (of_http2.empty()) return {{interpreter, file}, {}, {}};
      if (!found) found = {{interpreter, file}, {}, to_install(of_http2)};
    }
    if (least.empty() || packages.size() < least.size()) least = packages;
  }
  return found ? *found : FoundProgram{{}, to_install(least), {}};
}

}  // namespace fanout
