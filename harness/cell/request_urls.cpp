#include "harness/cell/request_urls.h"

#include <fmt/format.h>

#include "harness/scenario/secrets.h"
#include "transports/http_text.h"
#include "transports/path.h"

namespace fanout {

RequestUrls::RequestUrls(const CellTask& task, const UrlList* urls, bool keep_secrets)
    : client_(task.client), urls_(urls), keep_secrets_(keep_secrets) {
  if (task.urls_fd >= 0) {
    client_.paths = spool_.emplace(task.urls_fd).text();
    requests_ = spool_->requests(task.requests);
  } else {
    requests_ = make_requests(task);
  }
}

std::string RequestUrls::url(std::uint64_t index) const {
  const Request& request = requests_.at(index);
  const Target& target = client_.targets.at(request.target);
  std::string url = fmt::format("{}://{}", target.tls ? "https" : "http", authority(target));
  append_path(client_, request.token, url);
  return keep_secrets_ ? url : masked_url(url);
}

std::optional<std::uint64_t> RequestUrls::line(std::uint64_t index) const {
  if (urls_ == nullptr) return std::nullopt;
  return urls_->lines.of(index % urls_->about.urls);
}

}  // namespace fanout
