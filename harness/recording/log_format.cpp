#include "harness/recording/log_format.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace fanout {
namespace {

constexpr const char* kCommon =
    R"($remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent)";
constexpr const char* kCombined =
    R"($remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent )"
    R"("$http_referer" "$http_user_agent")";

}  // namespace

std::unique_ptr<LogFormat> log_format(const std::string& text,
                                      const std::vector<std::string>& fields) {
  if (text == "json") return json_format(fields);
  if (!fields.empty())
    throw UsageError("--field is for logs of JSON; use it with --log-format json");
  if (text == "common") return text_format(text, kCommon, false);
  if (text == "combined") return text_format(text, kCombined, false);
  if (text.find_first_of("$%") != std::string::npos) {
    return text_format(shell_word(text), text, false);
  }
  throw UsageError(
      fmt::format("--log-format: expected common, combined, json, or the log's own format as nginx "
                  "('$remote_addr ... $status $request_time') or Apache ('%h ... %>s %D') have it, "
                  "found \"{}\"",
                  text));
}

std::unique_ptr<LogFormat> log_format_of(std::string_view line,
                                         const std::vector<std::string>& fields) {
  if (!fields.empty() || trimmed(line).starts_with('{')) return json_format(fields);
  return text_format("common", kCommon, true);
}

}  // namespace fanout
