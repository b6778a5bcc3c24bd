// The lines of a text file, whatever its line ends.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/fd.h"

namespace fanout {

class TextLines {
 public:
  // "-": standard input; `flag` named the file, as in "--urls". Throws UsageError if it cannot be
  // read, now or later.
  TextLines(const std::string& file, std::string flag);

  // Replaces `line` by the next one, without its end (LF, CR LF or CR) and cut to one byte
  // more than `longest`; false if there is none. Throws UsageError for what is no UTF-8 text:
  // UTF-16, or NULs.
  bool next(std::string& line, std::size_t longest);
  // The number of the line that next() gave, from 1.
  [[nodiscard]] std::uint64_t number() const { return number_; }
  // The file, for messages.
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  bool fill();
  void skip_mark();
  [[noreturn]] void fail() const;

  std::string name_;
  std::string flag_;
  UniqueFd fd_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  // what is read and not yet given: buffer_[begin_, end_)
  std::size_t end_ = 0;
  std::uint64_t number_ = 0;
  bool after_cr_ = false;  // an LF here ends no line of its own
};

}  // namespace fanout
