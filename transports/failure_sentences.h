// Why requests fail, as every transport says it: one cause, one sentence.
#pragma once

#include <string_view>

namespace fanout::sentence {

// What came is not HTTP.
inline constexpr std::string_view kNotHttp = "not HTTP: the answer does not begin with HTTP/";
inline constexpr std::string_view kSpeaksTls =
    "not HTTP: the server speaks TLS; try https:// instead of http://";
inline constexpr std::string_view kNoTls =
    "not TLS: the server speaks another protocol; try http:// instead of https://";
inline constexpr std::string_view kHandshakeEnded =
    "the server ended the connection during the TLS handshake";
inline constexpr std::string_view kCertificateWanted =
    "the server asked for a certificate and ended the connection; show one with --cert";
inline constexpr std::string_view kSelfSigned =
    "self-signed certificate; SSL_CERT_FILE names those to trust";
inline constexpr std::string_view kStatusLine =
    "the answer begins with no status line of HTTP/1.0 or HTTP/1.1";

// The header.
inline constexpr std::string_view kHeaderTooLarge = "response header larger than 300 KiB";
inline constexpr std::string_view kLineTooLong = "response header with a line of 100 KiB or more";
inline constexpr std::string_view kNoColon = "response header with a line that has no colon";
inline constexpr std::string_view kNulByte = "response header with a NUL byte";
inline constexpr std::string_view kFoldedFirst =
    "response header whose first line continues one that is not there";
inline constexpr std::string_view kContentLength = "Content-Length is not a number";
inline constexpr std::string_view kTransferEncoding =
    "Transfer-Encoding is neither chunked nor identity";

// Where it leads.
inline constexpr std::string_view kTooManyRedirects = "more than 10 redirects";
inline constexpr std::string_view kRedirectElsewhere =
    "redirected from this machine to another one; name that URL instead";
inline constexpr std::string_view kRedirectNotHttp = "redirected to no http or https URL";

// The body.
inline constexpr std::string_view kBadChunk = "the chunks of the body are malformed";

// HTTP/2.
inline constexpr std::string_view kNoHttp2 = "not HTTP/2: the server speaks another protocol";
inline constexpr std::string_view kNoHttp2Alpn =
    "not HTTP/2: the server does not choose it in the TLS handshake (ALPN)";
inline constexpr std::string_view kBadFrames = "the server breaks the rules of HTTP/2 ";  // (which)
inline constexpr std::string_view kBadAnswer = "the answer breaks the rules of HTTP/2";
inline constexpr std::string_view kGoAway = "the server ended the connection: ";   // with this code
inline constexpr std::string_view kStreamReset = "the server reset the stream: ";  // likewise
inline constexpr std::string_view kUnprocessedTwice =
    "the server left the request unprocessed twice (REFUSED_STREAM or GOAWAY)";

}  // namespace fanout::sentence
