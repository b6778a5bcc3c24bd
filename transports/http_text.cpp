#include "transports/http_text.h"

#include <fmt/core.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <utility>

#include "transports/path.h"
#include "wire/token.h"

namespace fanout {

namespace {

// What follows the path in the head of a request of this form.
void append_rest(const FormView& form, std::string_view host, bool reuse, std::string& out) {
  out += " HTTP/1.1\r\n";
  if (!form.names_host()) out += host;
  if (!reuse) out += "Connection: close\r\n";
  out += form.fields;
  if (form.has_content()) {
    fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", form.body.size());
  }
  out += "\r\n";
}

}  // namespace

RequestForm default_form(const ClientConfig& config) {
  std::string body = config.body;
  if (body.empty() && expects_body(config.method)) body.assign(config.request_body_bytes, 'x');
  return make_form(config.method, config.headers, std::move(body));
}

std::string url_host(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

std::string authority(const Target& target) {
  constexpr std::uint16_t kHttp = 80;
  constexpr std::uint16_t kHttps = 443;
  std::string host = url_host(target.host());
  if (target.port == (target.tls ? kHttps : kHttp)) return host;
  return fmt::format("{}:{}", host, target.port);
}

RequestText::RequestText(const ClientConfig& config, const Target& target, const FormView& form)
    : paths_(config.paths),
      host_(fmt::format("Host: {}\r\n", authority(target))),
      reuse_(config.reuse) {
  text_ = fmt::format("{} ", form.method.name());
  if (!has_listed_paths(config)) text_ += kTokenPathPrefix;
  token_at_ = text_.size();
  if (!has_listed_paths(config)) text_.append(kTokenDigits, '0');
  append_rest(form, host_, reuse_, text_);
}

std::string_view RequestText::write(std::uint64_t token, std::string_view body,
                                    std::string& out) const {
  if (paths_.data() == nullptr) {
    out = text_;
    const TokenText digits = token_text(token);
    std::ranges::copy(digits, out.begin() + static_cast<std::ptrdiff_t>(token_at_));
  } else if ((token & kOwnForm) == 0) {
    out.assign(text_, 0, token_at_);
    out += listed_path(paths_, token);
    out.append(text_, token_at_);
  } else {
    const FormView form = own_form(paths_, token);
    out.assign(form.method.name()).append(" ").append(listed_path(paths_, token));
    append_rest(form, host_, reuse_, out);
    return form.body;
  }
  return body;
}

void OutgoingRequest::begin(const RequestText& text, std::uint64_t token, std::string_view body) {
  body_ = text.write(token, body, head_);
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
