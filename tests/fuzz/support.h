// What fuzz targets share.
#pragma once

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "harness/recording/observation.h"

namespace fanout::fuzz {

// Throws std::logic_error, which no parser does, if what has to hold does not.
inline void require(bool holds, const char* what) {
  if (!holds) throw std::logic_error(what);
}

// The first byte, by which a target chooses among settings, taken off the input; 0 of an empty one.
inline unsigned take_byte(std::string_view& input) {
  if (input.empty()) return 0;
  const auto byte = static_cast<unsigned char>(input.front());
  input.remove_prefix(1);
  return byte;
}

// Calls `use` with the input in pieces of this size until it returns false.
template <class Use>
void in_pieces(std::string_view input, std::size_t size, Use use) {
  while (!input.empty() && use(input.substr(0, size))) {
    input.remove_prefix(std::min(size, input.size()));
  }
}

// A file in memory that holds the text, for parsers that read a file.
class InputFile {
 public:
  explicit InputFile(std::string_view text);  // throws std::logic_error
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  UniqueFd fd_;
  std::string path_;
};

// A scenario that is made of these can be loaded.
void check_recording(const Observations& seen);

}  // namespace fanout::fuzz
