// TLS of clients: what all of a process share, and what each has of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "transports/transport.h"
#include "wire/tls_stream.h"

struct ssl_session_st;

namespace fanout {

// Whether any target of the client speaks TLS.
bool any_tls(const ClientConfig& config);

// Makes connections of `context` fail unless their peer's certificate is trusted: by one in `pem`,
// or by the system if that is empty. Throws RunError.
void verify_peers(ssl_ctx_st* context, const std::string& pem);
// Makes connections of `context` show the client's certificate to whom demands one. Throws
// UsageError if it cannot be read, or goes with another key.
void show_certificate(ssl_ctx_st* context, const ClientConfig& config);
// Makes the handshakes of `context` note the version they agreed on
// (ClientConfig::connection_notes).
void note_versions(ssl_ctx_st* context, const ClientConfig& config);
// Throws UsageError if the environment names certificates to trust that cannot be read
// (SSL_CERT_FILE, SSL_CERT_DIR).
void check_trusted_files();

// What the TLS connections of all clients share: whom they trust, and the certificate they show.
// Made once per process, because reading the certificates of a system takes milliseconds.
class TlsSettings {
 public:
  // Prepares nothing unless a target speaks TLS, or a redirect may lead to one that does. `config`
  // is borrowed. Throws RunError and UsageError.
  explicit TlsSettings(const ClientConfig& config);

  [[nodiscard]] const ClientConfig& config() const { return config_; }
  // Null if nothing was prepared. Its sessions are those of TlsClient.
  [[nodiscard]] ssl_ctx_st* context() const { return context_.get(); }
  // Makes connections of libcurl's context trust the same, show the same, and note the same.
  void lend_to(ssl_ctx_st* context) const;

 private:
  const ClientConfig& config_;
  TlsContext context_;
};

// The TLS connections of one client, for the transports that own their sockets: it resumes the last
// session with each target.
class TlsClient {
 public:
  // `settings` is borrowed. Its connections offer these protocols, as ALPN has them; none: they
  // speak of none.
  explicit TlsClient(const TlsSettings& settings, std::string_view protocols = {})
      : settings_(settings), protocols_(protocols) {}
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  // Makes the TLS side of a connection to this target on `fd`, which may still be connecting: it
  // demands a certificate for the target and resumes the last session with it. Makes none for a
  // plain target. The stream must not outlive the client.
  TlsStream stream(std::uint32_t target, int fd);

 private:
  struct SessionDeleter {
    void operator()(ssl_session_st* session) const;
  };
  using Session = std::unique_ptr<ssl_session_st, SessionDeleter>;

  friend class TlsSettings;
  static int on_session(ssl_st* stream, ssl_session_st* session);

  const TlsSettings& settings_;
  std::string_view protocols_;
  // By target; a null one until the server has offered one.
  std::unordered_map<std::uint32_t, Session> sessions_;
};

// The name of the target as TLS has it, without the dot that ends an absolute one; empty: it is
// known by its address.
std::string tls_name(const Target& target);

// Whether the peer ended the connection by an alert.
bool ended_by_alert(const TlsStream& stream);
// Whether that alert says that the peer speaks none of the protocols it was offered.
bool refused_protocols(const TlsStream& stream);
// What became of a request whose TLS handshake failed with this errno.
Outcome handshake_failure(int error_number);

}  // namespace fanout
