// What several unit tests share: the text of an expected error, a folder that goes away, limits.
#pragma once

#include <stdlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "base/error.h"
#include "harness/plan/plan.h"

namespace fanout::unit_test {

// Times that are made up: nanoseconds, and when requests may begin.
inline constexpr std::int64_t kMs = 1'000'000;
inline constexpr std::int64_t kReady = 1'000 * kMs;

// Limits that no plan here comes near.
inline const MachineLimits kAmple{.file_descriptors = 1'000'000, .ports = 28'232};

// The text of the UsageError `call` throws; "no error" if it throws none. Others pass.
template <class Call>
std::string usage_error(Call call) {
  try {
    call();
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

// A new folder below the system's temporary one, removed with all that is in it.
class TempFolder {
 public:
  TempFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "fanout-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw RunError("mkdtemp");
    folder_ = pattern;
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path(const std::string& name) const { return folder_ / name; }
  // Writes a file and returns its path.
  [[nodiscard]] std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
    return path(name);
  }
  [[nodiscard]] std::ptrdiff_t files() const {
    return std::distance(std::filesystem::directory_iterator(folder_), {});
  }

 private:
  std::filesystem::path folder_;
};

inline std::string text_of(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

}  // namespace fanout::unit_test
