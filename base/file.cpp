#include "base/file.h"

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

}  // namespace fanout
