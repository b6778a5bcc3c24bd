#include "wire/tls_stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <new>

namespace fanout {

void TlsDeleter::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }
void TlsDeleter::operator()(ssl_st* stream) const { SSL_free(stream); }

void ignore_broken_pipes() { std::signal(SIGPIPE, SIG_IGN); }

TlsContext make_tls_context(TlsSide side) {
  ignore_broken_pipes();
  TlsContext context(
      SSL_CTX_new(side == TlsSide::client ? TLS_client_method() : TLS_server_method()));
  if (!context) throw std::bad_alloc();
  SSL_CTX_set_min_proto_version(context.get(),
                                side == TlsSide::client ? TLS1_2_VERSION : TLS1_3_VERSION);
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context.get(), 1);  // one system call for a record instead of two
  return context;
}

TlsStream::TlsStream(ssl_ctx_st* context, int fd) : ssl_(SSL_new(context)) {
  if (!ssl_ || SSL_set_fd(ssl_.get(), fd) != 1) throw std::bad_alloc();
  if (SSL_is_server(ssl_.get()) == 1) {
    SSL_set_accept_state(ssl_.get());
  } else {
    SSL_set_connect_state(ssl_.get());
  }
}

TlsStream::Handshake TlsStream::handshake() {
  ERR_clear_error();
  errno = 0;
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) return Handshake::done;
  const int reason = SSL_get_error(ssl_.get(), result);
  if (reason == SSL_ERROR_WANT_READ) return Handshake::wants_read;
  if (reason == SSL_ERROR_WANT_WRITE) return Handshake::wants_write;
  broken_ = true;
  error_ = ERR_peek_error();
  if (reason != SSL_ERROR_SYSCALL || errno == 0) errno = EPROTO;
  return Handshake::failed;
}

ssize_t TlsStream::fail(int reason) {
  if (reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE) {
    errno = EAGAIN;
  } else {
    broken_ = true;
    error_ = ERR_peek_error();
    if (reason != SSL_ERROR_SYSCALL || errno == 0) errno = ECONNRESET;
  }
  return -1;
}

ssize_t TlsStream::read(std::span<char> space) {
  ERR_clear_error();
  errno = 0;
  std::size_t bytes = 0;
  if (SSL_read_ex(ssl_.get(), space.data(), space.size(), &bytes) == 1) {
    return static_cast<ssize_t>(bytes);
  }
  const int reason = SSL_get_error(ssl_.get(), 0);
  return reason == SSL_ERROR_ZERO_RETURN ? 0 : fail(reason);
}

ssize_t TlsStream::write(std::string_view head, std::string_view body) {
  std::array<char, SSL3_RT_MAX_PLAIN_LENGTH> record;
  std::string_view next = head.empty() ? body : head;
  if (!head.empty() && !body.empty() && head.size() < record.size()) {
    const std::size_t part = std::min(body.size(), record.size() - head.size());
    std::ranges::copy(head, record.begin());
    std::ranges::copy(body.substr(0, part), record.begin() + std::ssize(head));
    next = {record.data(), head.size() + part};
  }
  ERR_clear_error();
  errno = 0;
  std::size_t bytes = 0;
  if (SSL_write_ex(ssl_.get(), next.data(), next.size(), &bytes) == 1) {
    return static_cast<ssize_t>(bytes);
  }
  const ssize_t failed = fail(SSL_get_error(ssl_.get(), 0));
  if (broken_) read_alert();
  return failed;
}

// What the peer said last may lie unread: in TLS 1.3 it refuses a client when that takes the
// handshake for done and sends its request.
void TlsStream::read_alert() {
  const int failure = errno;
  ERR_clear_error();
  char byte = 0;
  std::size_t bytes = 0;
  if (SSL_peek_ex(ssl_.get(), &byte, 1, &bytes) != 1 && ERR_peek_error() != 0) {
    error_ = ERR_peek_error();
  }
  errno = failure;
}

bool TlsStream::is_quiet() {
  ERR_clear_error();
  char byte = 0;
  std::size_t bytes = 0;
  if (SSL_peek_ex(ssl_.get(), &byte, 1, &bytes) == 1) return false;
  const int reason = SSL_get_error(ssl_.get(), 0);
  if (reason == SSL_ERROR_WANT_READ) return true;
  if (reason != SSL_ERROR_ZERO_RETURN) fail(reason);
  return false;
}

bool TlsStream::any_pending() const { return SSL_has_pending(ssl_.get()) == 1; }

std::string_view TlsStream::protocol() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &size);
  return {reinterpret_cast<const char*>(name), size};
}

bool TlsStream::resumed() const { return SSL_session_reused(ssl_.get()) == 1; }

void TlsStream::shut_down() {
  if (!ssl_ || broken_ || SSL_is_init_finished(ssl_.get()) == 0) return;
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

}  // namespace fanout
