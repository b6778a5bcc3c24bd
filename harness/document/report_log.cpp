#include "harness/document/report_log.h"

#include <fcntl.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "harness/document/lines.h"
#include "harness/document/report_json.h"
#include "harness/document/run_json.h"
#include "harness/machine/output_file.h"

namespace fanout {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kEnd = "\n]}\n";

}  // namespace

ReportLog::ReportLog(const Report& report, const std::string& file) : file_(file) {
  const std::string head = unfinished_document(report);
  replace_file(file, head);
  fd_.reset(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd_) throw_errno(file);
  end_ = static_cast<std::int64_t>(head.size() - kEnd.size());
}

void ReportLog::add_run(std::size_t row, const Run& run) { append({{"row", row}, {"run", run}}); }

void ReportLog::add_set_aside(std::size_t row, const Run& run) {
  append({{"row", row}, {"set_aside", run}});
}

void ReportLog::append(const Json& entry) {
  const std::string line = (empty_ ? "\n" : ",\n") + to_line(entry);
  const std::string text = line + std::string(kEnd);
  for (std::size_t done = 0; done < text.size();) {
    const auto written = ::pwrite(fd_.get(), text.data() + done, text.size() - done,
                                  end_ + static_cast<std::int64_t>(done));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) throw_errno(file_);
    done += static_cast<std::size_t>(written);
  }
  end_ += static_cast<std::int64_t>(line.size());
  empty_ = false;
}

}  // namespace fanout
