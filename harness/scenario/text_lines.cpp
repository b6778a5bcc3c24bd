#include "harness/scenario/text_lines.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace fanout {
namespace {

constexpr std::size_t kReadBytes = 1 << 16;

}  // namespace

TextLines::TextLines(const std::string& file, std::string flag)
    : name_(file == "-" ? "standard input" : file),
      flag_(std::move(flag)),
      fd_(file == "-" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                      : ::open(file.c_str(), O_RDONLY | O_CLOEXEC)),
      buffer_(kReadBytes) {
  if (!fd_) fail();
  skip_mark();
}

void TextLines::fail() const {
  throw UsageError(fmt::format(
      "{} {}: cannot be read; name a file of text, or - for standard input", flag_, name_));
}

// Reads more behind what is there; false at the end of the file.
bool TextLines::fill() {
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
            buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
  end_ -= begin_;
  begin_ = 0;
  for (;;) {
    const ssize_t count = ::read(fd_.get(), buffer_.data() + end_, buffer_.size() - end_);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail();
    end_ += static_cast<std::size_t>(count);
    return count > 0;
  }
}

// A byte-order mark tells of UTF-8, or of what cannot be read.
void TextLines::skip_mark() {
  constexpr std::string_view kUtf8Mark = "\xef\xbb\xbf";
  while (end_ < kUtf8Mark.size() && fill()) {
  }
  const std::string_view start(buffer_.data(), end_);
  if (start.starts_with("\x1f\x8b")) {
    throw UsageError(fmt::format(
        "{}: is compressed by gzip; unpack it, for instance by zcat FILE | fanout ... {} -", name_,
        flag_));
  }
  if (start.starts_with("\xff\xfe") || start.starts_with("\xfe\xff")) {
    throw UsageError(fmt::format(
        "{}: is UTF-16; save it as UTF-8, for instance by iconv -f UTF-16 -t UTF-8", name_));
  }
  if (start.starts_with(kUtf8Mark)) begin_ = kUtf8Mark.size();
}

bool TextLines::next(std::string& line, std::size_t longest) {
  line.clear();
  ++number_;
  for (bool any = false;;) {
    if (begin_ == end_ && !fill()) return any;
    if (std::exchange(after_cr_, false) && buffer_[begin_] == '\n') {
      ++begin_;
      continue;
    }
    any = true;
    const std::string_view rest(buffer_.data() + begin_, end_ - begin_);
    const std::size_t size =
        std::min(rest.find_first_of(std::string_view("\n\r\0", 3)), rest.size());
    line.append(rest.substr(0, std::min(size, longest + 1 - line.size())));
    begin_ += std::min(size + 1, rest.size());
    if (size == rest.size()) continue;
    if (rest[size] == '\0') {
      throw UsageError(fmt::format(
          "{}, line {}: holds a NUL byte, so it is no text; if it is UTF-16, save it as UTF-8, for "
          "instance by iconv -f UTF-16LE -t UTF-8",
          name_, number_));
    }
    after_cr_ = rest[size] == '\r';
    return true;
  }
}

}  // namespace fanout
