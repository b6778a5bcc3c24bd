// How the lines of an access log are written, and reading them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/recording/log_line.h"

namespace fanout {

class LogFormat {
 public:
  virtual ~LogFormat() = default;
  LogFormat(const LogFormat&) = delete;
  LogFormat& operator=(const LogFormat&) = delete;

  // What the line tells; nothing if it is not written like this.
  [[nodiscard]] virtual std::optional<LogLine> read(std::string_view line) const = 0;
  // Why a line that cannot be read is none, for messages; "": it is written otherwise.
  [[nodiscard]] virtual std::string why_not(std::string_view) const { return {}; }
  // For messages: "common", or the format as it was given.
  [[nodiscard]] const std::string& words() const { return words_; }

 protected:
  explicit LogFormat(std::string words) : words_(std::move(words)) {}

 private:
  std::string words_;
};

// `text` is "common", "combined", "json", nginx's syntax of log_format ('$remote_addr ... $status')
// or Apache's of LogFormat ('%h ... %>s'). `fields` are for JSON: "time=duration_ms" says in which
// key a value stands (time, status, bytes, method, at), and "time=took:us" of which unit it is.
// Throws UsageError that names the flag.
std::unique_ptr<LogFormat> log_format(const std::string& text,
                                      const std::vector<std::string>& fields);

// That of a log of which nothing was said, by its first line: JSON, or the common format, whatever
// stands behind it.
std::unique_ptr<LogFormat> log_format_of(std::string_view line,
                                         const std::vector<std::string>& fields);

// The two kinds there are (log_text_format.cpp, log_json_format.cpp).
std::unique_ptr<LogFormat> text_format(const std::string& words, const std::string& syntax,
                                       bool open_end);
std::unique_ptr<LogFormat> json_format(const std::vector<std::string>& fields);

}  // namespace fanout
