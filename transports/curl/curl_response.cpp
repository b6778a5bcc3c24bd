// What libcurl says of a transfer, in our words.
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <cctype>

#include "base/text.h"
#include "transports/connection_notes.h"
#include "transports/curl/curl_options.h"
#include "transports/failure_sentences.h"
#include "transports/response_head.h"
#include "transports/tcp_connect.h"
#include "transports/tls_words.h"

namespace fanout {
namespace {

bool same_header(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// Whether a status line announces another one. 101 is the last word.
bool is_interim(std::string_view line) {
  line.remove_prefix(std::min(line.find(' '), line.size()));
  const std::string_view status = trimmed(line);
  return status.starts_with('1') && !status.starts_with("101");
}

}  // namespace

Response CurlExchange::end(CURLcode code) const {
  long status = 0;
  curl_easy_getinfo(handle(), CURLINFO_RESPONSE_CODE, &status);
  const auto seen = static_cast<unsigned>(status);
  if (shared_.config.follow) note_redirects();
  if (code == CURLE_OK && shared_.config.watch) note_times();
  // libcurl is content with a header cut short.
  if (code == CURLE_OK && !header_complete_) return failed(Outcome::reset);
  if (code != CURLE_OK) {
    const bool read = header_complete_ && code != CURLE_BAD_CONTENT_ENCODING;
    return failed(shared_.config, failure(code), words(code), read ? seen : 0, body_bytes_);
  }
  if (!spoke_as_wanted())
    return failed(shared_.config, Outcome::protocol, sentence::kNoHttp2Alpn, seen);
  Response response =
      verify(shared_.config, *request_, {seen, body_bytes_, token_.view(), retry_after_s_, kept_});
  if (idle_look_.is_needed()) {
    long local_port = 0;
    curl_easy_getinfo(handle(), CURLINFO_LOCAL_PORT, &local_port);
    idle_look_.note_idle(static_cast<int>(local_port));
  }
  response.connected = is_new_connection();
  return response;
}

bool CurlExchange::is_new_connection() const {
  long connections = 0;
  curl_easy_getinfo(handle(), CURLINFO_NUM_CONNECTS, &connections);
  return connections > 0;
}

// A server with TLS may choose another version than it is asked for.
bool CurlExchange::spoke_as_wanted() const {
  if (shared_.config.http == HttpVersion::http1) return true;
  long version = 0;
  curl_easy_getinfo(handle(), CURLINFO_HTTP_VERSION, &version);
  return version == CURL_HTTP_VERSION_2_0;
}

// Why the redirect that came last was not followed; "" if that is not why the transfer ended.
std::string_view CurlExchange::words_of_redirect(CURLcode code) const {
  if (!shared_.config.follow) return {};
  if (led_elsewhere_) return sentence::kRedirectElsewhere;
  if (code == CURLE_TOO_MANY_REDIRECTS) return sentence::kTooManyRedirects;
  const bool no_http = libcurl_says("redirect target") || libcurl_says("Protocol \"");
  return no_http ? sentence::kRedirectNotHttp : std::string_view();
}

void CurlExchange::note_redirects() const {
  long count = 0;
  curl_easy_getinfo(handle(), CURLINFO_REDIRECT_COUNT, &count);
  if (count > 0 && shared_.config.connection_notes != nullptr) {
    shared_.config.connection_notes->redirects += static_cast<std::uint64_t>(count);
  }
}

// Of the last request, where redirects were followed: the others are part of its queue in libcurl.
void CurlExchange::note_times() const {
  ConnectionNotes* const notes = shared_.config.connection_notes;
  if (notes == nullptr) return;
  const auto ns = [&](CURLINFO info) {
    curl_off_t microseconds = 0;
    curl_easy_getinfo(handle(), info, &microseconds);
    return std::int64_t{microseconds} * 1000;
  };
  // All count from the beginning; of what did not take place they are 0, or as the one before.
  const std::int64_t looked_up = ns(CURLINFO_NAMELOOKUP_TIME_T);
  const std::int64_t connected = std::max(ns(CURLINFO_CONNECT_TIME_T), looked_up);
  const std::int64_t secured = std::max(ns(CURLINFO_APPCONNECT_TIME_T), connected);
  const std::int64_t first = std::max(ns(CURLINFO_STARTTRANSFER_TIME_T), secured);
  notes->phases.answers += 1;
  notes->phases.connect_ns += connected;
  notes->phases.handshake_ns += secured - connected;
  notes->phases.first_byte_ns += first - secured;
  notes->phases.body_ns += std::max<std::int64_t>(ns(CURLINFO_TOTAL_TIME_T) - first, 0);
}

bool CurlExchange::libcurl_says(std::string_view part) const {
  return std::string_view(error_.data()).find(part) != std::string_view::npos;
}

std::string CurlExchange::words(CURLcode code) const {
  const Outcome outcome = failure(code);
  if (outcome == Outcome::tls) return words_of_tls(code);
  if (outcome == Outcome::bad_status) return std::string(words_of_redirect(code));
  return outcome == Outcome::protocol ? std::string(words_of_protocol(code)) : std::string();
}

// libcurl itself compares the name, and then OpenSSL has found nothing wrong.
std::string CurlExchange::words_of_tls(CURLcode code) const {
  const bool by_server = code != CURLE_PEER_FAILED_VERIFICATION;
  if (by_server && certificate_wanted_ && !is_alert(error_.data())) {
    return std::string(sentence::kCertificateWanted);
  }
  long found = X509_V_OK;
  curl_easy_getinfo(handle(), CURLINFO_SSL_VERIFYRESULT, &found);
  if (found == X509_V_ERR_UNSPECIFIED) found = X509_V_OK;  // what it is before OpenSSL says more
  if (code == CURLE_PEER_FAILED_VERIFICATION && found == X509_V_OK) {
    const bool named = !shared_.config.targets[request_->target].name.empty();
    found = named ? X509_V_ERR_HOSTNAME_MISMATCH : X509_V_ERR_IP_ADDRESS_MISMATCH;
  }
  return tls_words(found, error_.data());
}

// Why an answer cannot be read, as every transport says it (transports/failure_sentences.h), or
// else what libcurl calls the failure.
std::string_view CurlExchange::words_of_protocol(CURLcode code) const {
  if (!not_http_.empty()) return not_http_;
  if (libcurl_says("Too large response headers")) return sentence::kHeaderTooLarge;
  if (libcurl_says("without colon")) return sentence::kNoColon;
  if (libcurl_says("Nul byte")) return sentence::kNulByte;
  if (libcurl_says("Content-Length")) return sentence::kContentLength;
  constexpr int kTooLarge = 100;  // CURLE_TOO_LARGE, which libcurl 7.88 calls out of memory
  switch (static_cast<int>(code)) {
    case CURLE_UNSUPPORTED_PROTOCOL:
      return sentence::kStatusLine;
    case CURLE_BAD_CONTENT_ENCODING:
      return sentence::kTransferEncoding;
    case CURLE_OUT_OF_MEMORY:
    case kTooLarge:
      return header_complete_ ? sentence::kBadChunk : sentence::kLineTooLong;
    case CURLE_BAD_FUNCTION_ARGUMENT:
      return header_complete_ ? sentence::kBadChunk : sentence::kFoldedFirst;
    case CURLE_RECV_ERROR:
      return sentence::kBadChunk;
    case CURLE_HTTP2:
      // What was taken to speak HTTP/2, and has said nothing of it.
      if (!shared_.config.targets[request_->target].tls && !header_complete_ &&
          is_new_connection()) {
        return sentence::kNoHttp2;
      }
      return curl_easy_strerror(code);
    default:
      return curl_easy_strerror(code);
  }
}

Outcome CurlExchange::failure(CURLcode code) const {
  if (!words_of_redirect(code).empty()) return Outcome::bad_status;
  const ClientConfig& config = shared_.config;
  long error_number = 0;
  curl_easy_getinfo(handle(), CURLINFO_OS_ERRNO, &error_number);
  switch (code) {
    case CURLE_COULDNT_CONNECT:
      // libcurl keeps to itself why it got no socket, which is not to be had for want of
      // descriptors.
      return error_number == 0 ? Outcome::no_descriptor
                               : connect_failure(static_cast<int>(error_number));
    case CURLE_OPERATION_TIMEDOUT:
      return timed_out();
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
      return Outcome::tls;
    case CURLE_COULDNT_RESOLVE_HOST:
      return Outcome::dns;
    case CURLE_PARTIAL_FILE:
      return header_complete_ ? Outcome::truncated : Outcome::reset;
    case CURLE_RECV_ERROR:
      if (libcurl_says("Too large response headers")) return Outcome::protocol;
      if (config.targets[request_->target].tls && is_alert(error_.data())) return Outcome::tls;
      if (!header_complete_) return lost();
      // libcurl says the same of a malformed chunk, but then no system call has failed. None has
      // failed either when TLS ends without close_notify.
      return error_number != 0 || config.targets[request_->target].tls ? Outcome::truncated
                                                                       : Outcome::protocol;
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_HTTP2_STREAM:
      return lost();
    case CURLE_HTTP2:
      // It says nothing of a stream that was sent away, and of a lost connection what failed there.
      return libcurl_says("nghttp2") || libcurl_says("expected SETTINGS") ? Outcome::protocol
                                                                          : lost();
    default:
      return Outcome::protocol;
  }
}

// Which of the two time limits has passed.
Outcome CurlExchange::timed_out() const {
  const ClientConfig& config = shared_.config;
  const bool connect_limit =
      config.connect_timeout.count() > 0 &&
      (config.timeout.count() <= 0 || config.connect_timeout < config.timeout);
  curl_off_t connected_after = 0;
  curl_easy_getinfo(handle(), CURLINFO_PRETRANSFER_TIME_T, &connected_after);
  // Of a redirect, what came before it was connected.
  const bool connecting = connected_after == 0 || libcurl_says("Connection timed out");
  return connecting && connect_limit ? Outcome::connect_timeout : Outcome::timeout;
}

// In TLS 1.3 a server refuses a client without a certificate when that takes the handshake for done
// and sends its request. If sending fails, libcurl leaves the alert unread that says so.
Outcome CurlExchange::lost() const {
  if (header_complete_) return Outcome::truncated;
  return certificate_wanted_ ? Outcome::tls : Outcome::reset;
}

CURLcode CurlExchange::on_tls_context(CURL*, void* context, void* self) {
  auto* const tls = static_cast<SSL_CTX*>(context);
  const TlsSettings& settings = static_cast<CurlExchange*>(self)->shared_.tls;
  settings.lend_to(tls);
  if (!settings.config().certificate_file.empty()) return CURLE_OK;
  SSL_CTX_set_app_data(tls, self);
  SSL_CTX_set_client_cert_cb(tls, [](SSL* stream, X509**, EVP_PKEY**) {
    void* const owner = SSL_CTX_get_app_data(SSL_get_SSL_CTX(stream));
    static_cast<CurlExchange*>(owner)->certificate_wanted_ = true;
    return 0;  // there is none
  });
  return CURLE_OK;
}

void CurlExchange::header_line(std::string_view line) {
  if (line.starts_with("HTTP/")) {  // of an interim response too: what follows starts anew
    interim_ = is_interim(line);
    header_complete_ = false;
    token_.clear();
  } else if (trimmed(line).empty()) {
    header_complete_ = !interim_;
  } else if (const std::size_t colon = line.find(':'); colon != std::string_view::npos) {
    header_field(line.substr(0, colon), line.substr(colon + 1));
  }
}

void CurlExchange::header_field(std::string_view name, std::string_view value) {
  if (field_watch_) field_watch_(name, trimmed(value));
  if (same_header(name, kTokenHeader)) {
    token_.assign(trimmed(value));
  } else if (same_header(name, kRetryAfterHeader)) {
    retry_after_s_ = retry_after_seconds(trimmed(value));
  }
}

std::size_t CurlExchange::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  static_cast<CurlExchange*>(self)->header_line({data, size * count});
  return size * count;
}

// What is not HTTP comes here, too: as the body of HTTP/0.9, which has no header.
std::size_t CurlExchange::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  auto& exchange = *static_cast<CurlExchange*>(self);
  if (!exchange.header_complete_) {
    exchange.not_http_ = not_http({data, size * count});
    return 0;
  }
  exchange.body_bytes_ += size * count;
  if (exchange.kept_ != nullptr) exchange.kept_->append(data, size * count);
  return size * count;
}

}  // namespace fanout
