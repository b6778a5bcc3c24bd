// What is remembered of a list of URLs besides the URLs: a digest of it, and where each one stood.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct evp_md_ctx_st;

namespace fanout {

// SHA-256 of what a run requests, one line each: equal lists have equal digests.
class ListDigest {
 public:
  ListDigest();  // throws std::bad_alloc
  void add(std::string_view request);
  // In hexadecimal; nothing may be added afterwards.
  std::string finish();

 private:
  struct ContextDeleter {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, ContextDeleter> context_;
};

// The line of each entry of a list, whose lines ascend with its entries: it takes memory only for
// entries that do not follow on the line before.
class LineNumbers {
 public:
  void note(std::uint64_t entry, std::uint64_t line);
  // Nothing for entries before the first that was noted.
  [[nodiscard]] std::optional<std::uint64_t> of(std::uint64_t entry) const;

 private:
  struct Stretch {
    std::uint64_t entry;
    std::uint64_t line;
  };
  std::vector<Stretch> stretches_;
};

}  // namespace fanout
