// What the requests of a run ask for, as people may read it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/cell/cell_task.h"
#include "harness/scenario/url_list.h"
#include "harness/scenario/url_spool.h"

namespace fanout {

class RequestUrls {
 public:
  // `urls` is the list that the task's requests come from, borrowed; null: there is none.
  RequestUrls(const CellTask& task, const UrlList* urls, bool keep_secrets);

  // The URL that a request asked for, secrets masked.
  [[nodiscard]] std::string url(std::uint64_t index) const;
  // Where in the list it stands; nothing: that is not known.
  [[nodiscard]] std::optional<std::uint64_t> line(std::uint64_t index) const;

 private:
  CellTask task_;
  std::optional<UrlSpool> spool_;
  std::vector<Request> listed_;  // one to each URL
  const UrlList* urls_;
  bool keep_secrets_;
};

}  // namespace fanout
