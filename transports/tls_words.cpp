#include "transports/tls_words.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <initializer_list>

#include "transports/failure_sentences.h"

namespace fanout {
namespace {

constexpr std::string_view kAlert = " alert ";

bool names_one_of(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::ranges::any_of(
      parts, [&](std::string_view part) { return text.find(part) != std::string_view::npos; });
}

// Of "error:0A00045C:SSL routines::tlsv13 alert certificate required, errno 0" what OpenSSL means.
std::string_view meaning(std::string_view reason) {
  const std::size_t colon = reason.rfind(':');
  if (colon != std::string_view::npos) reason.remove_prefix(colon + 1);
  return reason.substr(0, reason.find(", errno"));
}

}  // namespace

bool is_alert(std::string_view reason) { return reason.find(kAlert) != std::string_view::npos; }

std::string tls_words(long verify_result, std::string_view reason) {
  if (verify_result == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT) {
    return std::string(sentence::kSelfSigned);
  }
  if (verify_result != X509_V_OK) return X509_verify_cert_error_string(verify_result);
  if (reason.empty()) return {};
  if (names_one_of(reason, {"wrong version number", "packet length too long", "http request",
                            "record layer failure"})) {
    return std::string(sentence::kNoTls);
  }
  if (names_one_of(reason, {"unexpected eof", "SSL_ERROR_SYSCALL", "Connection reset"})) {
    return std::string(sentence::kHandshakeEnded);
  }
  reason = meaning(reason);
  const std::size_t alert = reason.find(kAlert);
  if (alert == std::string_view::npos) return "TLS: " + std::string(reason);
  return "TLS alert: " + std::string(reason.substr(alert + kAlert.size()));
}

std::string tls_words(const TlsStream& stream) {
  if (!stream || stream.error() == 0) return {};
  const char* reason = ERR_reason_error_string(stream.error());
  return tls_words(SSL_get_verify_result(stream.handle()), reason != nullptr ? reason : "");
}

}  // namespace fanout
