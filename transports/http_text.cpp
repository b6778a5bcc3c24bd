#include "transports/http_text.h"

#include <fmt/core.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "transports/path.h"
#include "transports/verify.h"
#include "wire/token.h"

namespace fanout {

std::string request_body(const ClientConfig& config) {
  return std::string(config.method == Method::post ? config.request_body_bytes : 0, 'x');
}

std::string url_host(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

std::string authority(const Target& target) {
  constexpr std::uint16_t kHttp = 80;
  constexpr std::uint16_t kHttps = 443;
  const std::string host = url_host(target.host());
  if (target.port == (target.tls ? kHttps : kHttp)) return host;
  return fmt::format("{}:{}", host, target.port);
}

RequestText::RequestText(const ClientConfig& config, const Target& target) : paths_(config.paths) {
  text_ = fmt::format("{} ", method_name(config.method));
  if (!has_listed_paths(config)) text_ += kTokenPathPrefix;
  token_at_ = text_.size();
  if (!has_listed_paths(config)) text_.append(kTokenDigits, '0');
  text_ += fmt::format(" HTTP/1.1\r\nHost: {}\r\n", authority(target));
  if (!config.reuse) text_ += "Connection: close\r\n";
  if (config.method == Method::post) {
    text_ += fmt::format("Content-Type: {}\r\nContent-Length: {}\r\n", kRequestContentType,
                         config.request_body_bytes);
  }
  for (const std::string& header : config.headers) text_ += header + "\r\n";
  text_ += "\r\n";
}

void RequestText::write(std::uint64_t token, std::string& out) const {
  if (paths_.data() != nullptr) {
    out.assign(text_, 0, token_at_);
    out += listed_path(paths_, token);
    out.append(text_, token_at_);
    return;
  }
  out = text_;
  const TokenText digits = token_text(token);
  std::ranges::copy(digits, out.begin() + static_cast<std::ptrdiff_t>(token_at_));
}

void OutgoingRequest::begin(const RequestText& text, std::uint64_t token, std::string_view body) {
  text.write(token, head_);
  body_ = body;
  sent_ = 0;
}

OutgoingRequest::Unsent OutgoingRequest::unsent() const {
  const std::string_view head = std::string_view(head_).substr(std::min(sent_, head_.size()));
  return {head, body_.substr(sent_ - (head_.size() - head.size()))};
}

int OutgoingRequest::send(int fd) {
  const std::size_t total = head_.size() + body_.size();
  while (sent_ < total) {
    const auto [head, body] = unsent();
    std::array<iovec, 2> parts{iovec{const_cast<char*>(head.data()), head.size()},
                               iovec{const_cast<char*>(body.data()), body.size()}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = body.empty() ? 1 : 2;
    const ssize_t sent = ::sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      sent_ += static_cast<std::size_t>(sent);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

int OutgoingRequest::send(TlsStream& stream) {
  const std::size_t total = head_.size() + body_.size();
  while (sent_ < total) {
    const auto [head, body] = unsent();
    const ssize_t sent = stream.write(head, body);
    if (sent < 0) return errno;
    sent_ += static_cast<std::size_t>(sent);
  }
  return 0;
}

}  // namespace fanout
