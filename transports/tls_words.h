// Why a TLS connection failed, in the same words for every transport.
#pragma once

#include <string>
#include <string_view>

#include "wire/tls_stream.h"

namespace fanout {

// `verify_result` says what OpenSSL found of the certificate (X509_V_OK: nothing wrong), `reason`
// what it says of the connection, such as "tlsv13 alert certificate required", or what libcurl
// makes of that. Empty if neither says anything.
std::string tls_words(long verify_result, std::string_view reason);
// Of a connection that failed; empty for one that did not fail of TLS.
std::string tls_words(const TlsStream& stream);

// Whether the peer ended the connection by an alert, as one does that demands a certificate.
bool is_alert(std::string_view reason);

}  // namespace fanout
