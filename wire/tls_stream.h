// TLS on a non-blocking socket, by OpenSSL, for either side: the calls of a socket with its
// errno, so that users treat plain and encrypted connections alike.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

struct ssl_st;
struct ssl_ctx_st;

namespace fanout {

struct TlsDeleter {
  void operator()(ssl_ctx_st* context) const;
  void operator()(ssl_st* stream) const;
};
using TlsContext = std::unique_ptr<ssl_ctx_st, TlsDeleter>;

enum class TlsSide : std::uint8_t { client, server };

// Makes writing to a connection that its peer has closed an error, which would else end the
// process. Whoever lets OpenSSL write to a socket needs this: OpenSSL writes without MSG_NOSIGNAL.
void ignore_broken_pipes();

// What connections of one side share: TLS 1.3 alone of a server, 1.2 too of a client, and nobody
// trusted yet. Calls ignore_broken_pipes().
TlsContext make_tls_context(TlsSide side);

// One TLS connection on a borrowed socket, used by one thread at a time.
class TlsStream {
 public:
  enum class Handshake : std::uint8_t {
    done,
    wants_read,   // call again once the socket is readable
    wants_write,  // ... writable
    failed,       // errno is the socket's error, or EPROTO: of TLS
  };

  TlsStream() = default;  // none
  // A connection on `fd`, which may still be connecting. `context` must outlive it.
  TlsStream(ssl_ctx_st* context, int fd);
  explicit operator bool() const { return ssl_ != nullptr; }
  [[nodiscard]] ssl_st* handle() const { return ssl_.get(); }

  Handshake handshake();
  // Returns what ::recv would: the number of bytes, 0 once the peer has said that it is done, or
  // -1. EAGAIN: call again once the socket is readable. ECONNRESET: the peer left without saying
  // so.
  ssize_t read(std::span<char> space);
  // Encrypts and sends some of `head` and then `body`, small ones as one record. Returns what
  // ::send would: the number of bytes, at least one, or -1. EAGAIN: call again, with the same
  // bytes, once the socket is writable.
  ssize_t write(std::string_view head, std::string_view body = {});
  // Whether nothing has come over an idle connection that its user would have to know of: neither
  // its end nor bytes to read. What TLS says to itself, such as a session to resume, is taken in.
  bool is_quiet();
  // Whether bytes were received that read() has not seen, so that the socket need not be readable.
  [[nodiscard]] bool any_pending() const;
  // What OpenSSL says of the failure of a call (an error of its queue); 0 if it has not failed, or
  // not of TLS.
  [[nodiscard]] unsigned long error() const { return error_; }
  // The protocol that the handshake chose (ALPN); empty: none.
  [[nodiscard]] std::string_view protocol() const;
  // Whether the handshake resumed an earlier session.
  [[nodiscard]] bool resumed() const;
  // Tells the peer that nothing more comes (close_notify), if the connection is in order.
  void shut_down();

 private:
  // What the failure of a call means for its caller: sets errno, returns -1.
  ssize_t fail(int reason);
  void read_alert();

  std::unique_ptr<ssl_st, TlsDeleter> ssl_;
  bool broken_ = false;  // nothing more may be sent
  unsigned long error_ = 0;
};

}  // namespace fanout
