#include "harness/scenario/url_spool.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cstdlib>
#include <cstring>

#include "base/error.h"
#include "base/file.h"
#include "transports/path.h"

namespace fanout {
namespace {

constexpr std::size_t kBufferBytes = 1 << 16;

struct Entry {
  std::uint32_t target;
  std::uint32_t length;  // of the path; kOwnForm is added if a form follows it
};

[[noreturn]] void fail(const std::string& what) { throw_errno("temporary file for URLs: " + what); }

UniqueFd open_unnamed() {
  std::string name = temporary_folder() + "/fanout-urls-XXXXXX";
  UniqueFd fd(::mkostemp(name.data(), O_CLOEXEC));
  if (!fd) fail(name);
  ::unlink(name.c_str());
  return fd;
}

}  // namespace

UrlSpoolWriter::UrlSpoolWriter() : fd_(open_unnamed()) {}

void UrlSpoolWriter::add(std::uint32_t target, std::string_view path, const FormView* own) {
  const std::uint64_t form = own != nullptr ? kOwnForm : 0;
  const Entry entry{target, static_cast<std::uint32_t>(path.size() | form)};
  buffer_.append(reinterpret_cast<const char*>(&entry), sizeof entry);
  buffer_ += path;
  if (own != nullptr) append_form(*own, buffer_);
  if (buffer_.size() >= kBufferBytes) flush();
}

void UrlSpoolWriter::flush() {
  if (!write_all(fd_.get(), buffer_)) fail("write");
  buffer_.clear();
}

UniqueFd UrlSpoolWriter::finish() {
  flush();
  return std::move(fd_);
}

UrlSpool::UrlSpool(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) fail("fstat");
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0) return;
  // Populated now, so that no path costs a page fault in the timed part.
  void* memory = ::mmap(nullptr, size, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
  if (memory == MAP_FAILED) fail("mmap");
  text_ = {static_cast<const char*>(memory), size};
}

UrlSpool::~UrlSpool() {
  if (!text_.empty()) ::munmap(const_cast<char*>(text_.data()), text_.size());
}

std::vector<Request> UrlSpool::requests(std::uint64_t count) const {
  std::vector<Request> requests = first_requests(count);
  const std::size_t urls = requests.size();
  if (urls == 0) return requests;
  requests.reserve(count);
  for (std::size_t i = urls; i < count; ++i) {
    requests.push_back(requests[i % urls]);
    requests.back().index = static_cast<std::uint32_t>(i);
  }
  return requests;
}

std::vector<Request> UrlSpool::first_requests(std::uint64_t most) const {
  std::vector<Request> requests;
  std::size_t at = 0;
  for (std::uint32_t i = 0; i < most && at < text_.size(); ++i) {
    Entry entry{};
    std::memcpy(&entry, text_.data() + at, sizeof entry);
    at += sizeof entry;
    requests.push_back({.index = i, .target = entry.target, .token = path_place(at, entry.length)});
    at += entry.length & kLongestPath;
    if ((entry.length & kOwnForm) != 0) at += stored_size(stored_form(text_.substr(at)));
  }
  return requests;
}

}  // namespace fanout
