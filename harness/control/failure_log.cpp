#include "harness/control/failure_log.h"

#include <fmt/format.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "harness/judge/failures.h"

namespace fanout {
namespace {

std::string line_of(const Cell& cell, unsigned round, const FailedRequest& failed,
                    const RequestUrls& urls) {
  const auto line = urls.line(failed.index);
  return csv_line({std::to_string(round), cell.strategy, transport_text(cell),
                   std::to_string(cell.workers), line ? std::to_string(*line) : "",
                   std::to_string(failed.index), urls.url(failed.index), failed.outcome,
                   failed.status == 0 ? "" : std::to_string(failed.status), failed.words});
}

}  // namespace

FailureLog::FailureLog(std::string file, Readers readers) : file_(std::move(file)) {
  const std::string titles = csv_line({"round", "strategy", "transport", "workers", "line", "index",
                                       "url", "outcome", "status", "words"});
  fd_ = replace_file(file_, titles, readers);
  before_ = end_ = static_cast<off_t>(titles.size());
}

void FailureLog::add(const Cell& cell, unsigned round, const Execution& execution,
                     const Scenario& scenario, const RequestUrls& urls) {
  constexpr std::size_t kBufferBytes = 1 << 16;
  std::string text;
  each_failed(execution, scenario, [&](const FailedRequest& failed) {
    text += line_of(cell, round, failed, urls);
    if (text.size() >= kBufferBytes) append(std::exchange(text, {}));
    return true;
  });
  append(text);
}

void FailureLog::drop_last() {
  if (::ftruncate(fd_.get(), before_) != 0 || ::lseek(fd_.get(), before_, SEEK_SET) < 0) {
    throw_errno(file_);
  }
  end_ = before_;
}

void FailureLog::append(const std::string& text) {
  if (!write_all(fd_.get(), text)) throw_errno(file_);
  end_ += static_cast<off_t>(text.size());
}

}  // namespace fanout
