// A list of URLs on its way from the controller to the runs: written once to a file without a name,
// mapped by each run's process. An entry is the target's number, the length of the path, the path,
// and, where the request has one of its own, its form.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "transports/request_form.h"
#include "transports/transport.h"

namespace fanout {

// Writes through a buffer. Throws RunError when the disk is full.
class UrlSpoolWriter {
 public:
  // In the folder for temporary files; its name is gone at once. Throws UsageError without one.
  UrlSpoolWriter();
  // `path` has at most kLongestPath bytes (transports/path.h).
  void add(std::uint32_t target, std::string_view path, const FormView* own = nullptr);
  // The whole file; nothing may be added afterwards.
  UniqueFd finish();

 private:
  void flush();

  UniqueFd fd_;
  std::string buffer_;
};

// The file, mapped until destruction.
class UrlSpool {
 public:
  explicit UrlSpool(int fd);  // borrowed. Throws RunError
  UrlSpool(const UrlSpool&) = delete;
  UrlSpool& operator=(const UrlSpool&) = delete;
  ~UrlSpool();

  // For ClientConfig::paths.
  [[nodiscard]] std::string_view text() const { return text_; }
  // So many requests to the URLs in their order, from the first again after the last. Nothing for
  // an empty file.
  [[nodiscard]] std::vector<Request> requests(std::uint64_t count) const;
  // The same without repeating: at most one to each URL.
  [[nodiscard]] std::vector<Request> first_requests(std::uint64_t most) const;

 private:
  std::string_view text_;
};

}  // namespace fanout
