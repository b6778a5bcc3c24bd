#include "harness/cell/request_urls.h"

#include <fmt/format.h>

#include "harness/scenario/secrets.h"
#include "transports/http_text.h"
#include "transports/path.h"

namespace fanout {

RequestUrls::RequestUrls(const CellTask& task, const UrlList* urls, bool keep_secrets)
    : task_(task), urls_(urls), keep_secrets_(keep_secrets) {
  if (task.urls_fd < 0) return;
  task_.client.paths = spool_.emplace(task.urls_fd).text();
  listed_ = spool_->first_requests(task.requests);
}

std::string RequestUrls::url(std::uint64_t index) const {
  const Request request = listed_.empty() ? make_request(task_, static_cast<std::uint32_t>(index))
                                          : listed_[index % listed_.size()];
  const Target& target = task_.client.targets.at(request.target);
  std::string url = fmt::format("{}://{}", target.tls ? "https" : "http", authority(target));
  append_path(task_.client, request.token, url);
  return keep_secrets_ ? url : masked_url(url);
}

std::optional<std::uint64_t> RequestUrls::line(std::uint64_t index) const {
  if (urls_ == nullptr) return std::nullopt;
  return urls_->lines.of(index % urls_->about.urls);
}

}  // namespace fanout
