#include "harness/scenario/list_notes.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <new>

namespace fanout {
namespace {

void check(int done) {
  if (done != 1) throw std::bad_alloc();  // nothing else can fail
}

}  // namespace

void ListDigest::ContextDeleter::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

ListDigest::ListDigest() : context_(EVP_MD_CTX_new()) {
  if (!context_) throw std::bad_alloc();
  check(EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr));
}

void ListDigest::add(std::string_view request) {
  check(EVP_DigestUpdate(context_.get(), request.data(), request.size()));
  check(EVP_DigestUpdate(context_.get(), "\n", 1));
}

std::string ListDigest::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  check(EVP_DigestFinal_ex(context_.get(), bytes.data(), &size));
  std::string text;
  for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", bytes.at(i));
  return text;
}

void LineNumbers::note(std::uint64_t entry, std::uint64_t line) {
  const bool follows =
      !stretches_.empty() && line - stretches_.back().line == entry - stretches_.back().entry;
  if (!follows) stretches_.push_back({entry, line});
}

std::optional<std::uint64_t> LineNumbers::of(std::uint64_t entry) const {
  const auto after = std::ranges::upper_bound(stretches_, entry, {}, &Stretch::entry);
  if (after == stretches_.begin()) return std::nullopt;
  const Stretch& stretch = *std::prev(after);
  return stretch.line + (entry - stretch.entry);
}

}  // namespace fanout
