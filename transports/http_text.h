// The bytes of requests, for transports that write HTTP themselves: built once per target, with
// only the token (or the path) changing. All transports send the same: the request line, Host,
// without reuse "Connection: close", the fields of the form (transports/request_form.h) and, where
// there is a body, Content-Length. (cpp-httplib adds Accept and User-Agent, which no setting of it
// leaves out.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "transports/request_form.h"
#include "transports/transport.h"
#include "wire/tls_stream.h"

namespace fanout {

// The form of every request of a client that has none of its own.
RequestForm default_form(const ClientConfig& config);

// A host as URLs write it: an IPv6 address in brackets.
std::string url_host(const std::string& host);

// The target as the header Host names it: the port is left out if it is the scheme's own.
std::string authority(const Target& target);

// The head of one target's requests.
class RequestText {
 public:
  // `form` is default_form(config), not kept.
  RequestText(const ClientConfig& config, const Target& target, const FormView& form);
  // Replaces `out` by the head that carries `token`; allocates only while `out` is too small.
  // Returns the body that follows it: `body`, unless the request has a form of its own.
  std::string_view write(std::uint64_t token, std::string_view body, std::string& out) const;

 private:
  std::string text_;
  std::size_t token_at_;    // or where the path belongs
  std::string_view paths_;  // ClientConfig::paths
  std::string host_;        // the line
  bool reuse_;
};

// A request on its way into a socket.
class OutgoingRequest {
 public:
  struct Unsent {
    std::string_view head;
    std::string_view body;
  };

  // Prepares a request for sending; `body`, the one of default_form(), is borrowed until all is
  // sent.
  void begin(const RequestText& text, std::uint64_t token, std::string_view body);
  // Goes back to the first byte, so that all is sent again on another connection.
  void rewind() { sent_ = 0; }
  // Sends what the socket takes. Returns 0 once all is sent, else errno; after EAGAIN wait until
  // the socket is writable and call again.
  int send(int fd);
  int send(TlsStream& stream);
  [[nodiscard]] bool any_sent() const { return sent_ > 0; }
  // What is left to send, for a client that sends it by other means; borrowed until begin().
  [[nodiscard]] Unsent unsent() const;

 private:
  std::string head_;
  std::string_view body_;
  std::size_t sent_ = 0;
};

}  // namespace fanout
