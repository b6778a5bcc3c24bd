#include "transports/nghttp2/http2_fields.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace fanout {
namespace {

constexpr std::size_t kAuthorityAt = 2;
constexpr std::size_t kPathAt = 3;
constexpr std::size_t kMostDigits = 20;

// Those that HTTP/2 does not know (RFC 9113, 8.2.2), and those that are said elsewhere.
constexpr std::array<std::string_view, 9> kLeftOut{
    "connection", "content-length",    "host",   "http2-settings", "keep-alive", "proxy-connection",
    "te",         "transfer-encoding", "upgrade"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// A text as libnghttp2 takes it, which changes nothing of it.
std::uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
}

}  // namespace

void Http2Fields::add(std::string_view name, std::string_view value) {
  list_.push_back({bytes_of(name), bytes_of(value), name.size(), value.size(),
                   NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE});
}

void Http2Fields::assign(const FormView& form, std::string_view scheme,
                         std::string_view authority) {
  list_.clear();
  names_.clear();
  names_.reserve(form.method.name().size() + form.fields.size() + kMostDigits);
  const auto kept = [this](std::string_view text) {  // which does not move: there is room
    return std::string_view(names_.append(text)).substr(names_.size() - text.size());
  };
  add(":method", kept(form.method.name()));
  add(":scheme", scheme);
  add(":authority", authority);
  add(":path", "/");
  for_each_field(form.fields, [&](std::string_view name, std::string_view value) {
    const std::string_view lowered = kept(name);
    std::ranges::transform(lowered, names_.end() - std::ssize(lowered), lower);
    if (lowered == "host") set(kAuthorityAt, value);
    if (std::ranges::find(kLeftOut, lowered) == kLeftOut.end()) add(lowered, value);
  });
  if (!form.has_content()) return;
  std::array<char, kMostDigits> digits;
  const char* const end =
      std::to_chars(digits.data(), digits.data() + digits.size(), form.body.size()).ptr;
  add("content-length", kept({digits.data(), end}));
}

void Http2Fields::set(std::size_t at, std::string_view value) {
  list_[at].value = bytes_of(value);
  list_[at].valuelen = value.size();
}

void Http2Fields::set_path(std::string_view path) { set(kPathAt, path); }

Http2Targets::Http2Targets(const ClientConfig& config) : prepared(config) {
  for (const Target& about : config.targets) {
    Http2Target& target = targets.emplace_back();
    target.scheme = about.tls ? "https" : "http";
    target.authority = authority(about);
    target.fields.assign(prepared.form.view(), target.scheme, target.authority);
  }
}

}  // namespace fanout
